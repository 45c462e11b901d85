"""What each service's configuration holds beyond the part that all share: one function per service, given the Installation
of provision.py. The keys are documented in each service's README."""

import os
import secrets

import certificates


def migrations(inst, service):
    return {"migrations_dir": inst.path("program", "share", "hotline", service, "migrations")}


def directory(inst):
    return {**migrations(inst, "directory"), "signing_key_file": inst.path("secrets", "directory_users.jwk"),
            "bootstrap": {"root_unit_id": "city", "root_unit_name": "云州市政务服务热线中心",
                          "root_unit_name_en": "Yunzhou City Hotline Centre",
                          "admin_password_file": inst.path("secrets", "admin_password")}}


def agent_state(inst):
    return {**migrations(inst, "agent_state")}


def acd(inst):
    return {**migrations(inst, "acd")}


def ivr(inst):
    demo = inst.path("program", "share", "hotline", "demo")
    return {**migrations(inst, "ivr"), "flows_dir": os.path.join(demo, "flows"),
            "prompts": {"texts_file": os.path.join(demo, "prompts", "zh-CN.json"), "cache_dir": inst.path("prompts"),
                        "recordings_dir": inst.path("prompt_recordings")}}


def telephony(inst):
    network = inst.telephony_network()
    return {**migrations(inst, "telephony"), "instance": "tel-1", "sip": network["sip"], "media": {**network["media"], "threads": 1},
            "trunks": [{"id": "demo", "name": "演示中继", "peers": network["demo_peers"], "target": network["demo_target"],
                        "transport": "udp", "capacity": 500, "caller_id": "12345"}],
            "dial": {"trunk": "demo", "allowed_prefixes": [str(d) for d in range(10)], "per_agent_per_hour": 120, "ring": "45s"},
            "dirs": {"recordings": inst.path("recordings"), "spool": inst.path("spool"), "prompts": inst.path("telephony_prompts"),
                     "builtin": inst.builtin_announcements()}}


def ticket(inst):
    inst.secret("ticket_master_key", lambda: secrets.token_hex(32))
    inst.secret("ticket_history_key", lambda: secrets.token_hex(32))
    # Fewer threads than connections: consumers and the relay need some too.
    return {**migrations(inst, "ticket"), "master_key_file": inst.path("secrets", "ticket_master_key"), "handler_threads": 16,
            "history_heads_dir": inst.path("history_heads"), "history_key_file": inst.path("secrets", "ticket_history_key"),
            "attachments_dir": inst.path("attachments"), "templates_dir": inst.path("program", "share", "hotline", "ticket", "templates"),
            "centre_name": "云州市12345政务服务便民热线中心"}


def sla_timer(inst):
    share = inst.path("program", "share", "hotline")
    return {**migrations(inst, "sla_timer"), "presets_dir": os.path.join(share, "sla_timer", "presets"),
            "holidays_file": os.path.join(share, "demo", "data", "china-holidays.csv"), "zone": "Asia/Shanghai"}


def knowledge_base(inst):
    return {**migrations(inst, "knowledge_base"),
            "synonyms_file": inst.path("program", "share", "hotline", "demo", "data", "synonyms.json")}


def analytics(inst):
    return {**migrations(inst, "analytics"), "time_zone": "Asia/Shanghai", "answer_target": "15s"}


def gateway(inst):
    certificate, key = certificates.write_certificates(inst.place("secrets"), inst.address)
    http, https = inst.web_listen()
    # One machine's load tests and all of the demo city's desks come from a single address.
    return {"http": http, "https": {**https, "certificate_file": inst.path("secrets", certificate), "key_file": inst.path("secrets", key)},
            "web_dir": inst.path("program", "share", "hotline", "web"), "limits": {"per_address": {"per_second": 5000, "burst": 10000}},
            "map": {"longitude": 113.65, "latitude": 34.76, "zoom": 12}}  # where the demo city would lie
