"""What each service's configuration holds beyond the part that all share: one function per service, given the Installation
of provision.py. The keys are documented in each service's README."""

import os
import secrets
import subprocess

import certificates

LOOPBACK = "127.0.0.1"


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


def builtin_announcements(inst):
    """telephony's own announcements, spoken once by espeak-ng: they must be there when nothing else is. Where it is not
    installed, telephony uses tones."""
    texts, out = os.path.join(inst.root, "services/telephony/builtin"), inst.path("builtin_prompts")
    os.makedirs(out, exist_ok=True)
    for text in sorted(os.listdir(texts)):
        source, target = os.path.join(texts, text), os.path.join(out, os.path.splitext(text)[0] + ".wav")
        if os.path.exists(target) and os.path.getmtime(target) >= os.path.getmtime(source):
            continue
        spoken = target + ".raw.wav"
        try:
            subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-f", source, "-w", spoken], check=True, stdout=subprocess.DEVNULL)
            subprocess.run(["sox", "-V1", spoken, "-r", "8000", "-c", "1", "-b", "16", target + ".new.wav"], check=True)
            os.replace(target + ".new.wav", target)
            os.unlink(spoken)
        except (OSError, subprocess.CalledProcessError) as error:
            print("no built-in announcement %s: %s" % (text, error))
    return out


def telephony(inst):
    # Calls come over loopback. Browsers elsewhere send their audio to the installation's address.
    address = LOOPBACK
    media = {"rtp_port_low": 20000, "rtp_port_high": 23999, "threads": 1, "web_addresses": [address]}
    if inst.address != LOOPBACK:
        media.update({"bind_address": "0.0.0.0", "web_addresses": [inst.address, address]})
    return {**migrations(inst, "telephony"), "instance": "tel-1",
            "sip": {"address": address, "udp_port": inst.sip_port, "tcp_port": inst.sip_port},
            "media": media,
            "trunks": [{"id": "demo", "name": "演示中继", "peers": ["127.0.0.1/32"], "target": "%s:%d" % (address, inst.sip_port + 20),
                        "transport": "udp", "capacity": 500, "caller_id": "12345"}],
            "dial": {"trunk": "demo", "allowed_prefixes": [str(d) for d in range(10)], "per_agent_per_hour": 120, "ring": "45s"},
            "dirs": {"recordings": inst.path("recordings"), "spool": inst.path("spool"), "prompts": inst.path("telephony_prompts"),
                     "builtin": builtin_announcements(inst)}}


def ticket(inst):
    inst.secret("ticket_master_key", lambda: secrets.token_hex(32))
    return {**migrations(inst, "ticket"), "master_key_file": inst.path("secrets", "ticket_master_key")}


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
    """HTTP on this machine alone, HTTPS on the installation's address."""
    # One machine's load tests and all of the demo city's desks come from a single address.
    certificate, key = certificates.write_certificates(inst.path("secrets"), inst.address)
    config = {"http": {"address": LOOPBACK, "port": inst.port},
              "https": {"address": inst.address, "port": inst.port + 443, "certificate_file": inst.path("secrets", certificate),
                        "key_file": inst.path("secrets", key)}, "web_dir": inst.path("program", "share", "hotline", "web"),
              "limits": {"per_address": {"per_second": 5000, "burst": 10000}}}
    return config
