#!/usr/bin/env python3
"""Writes secrets (once) and configuration (every time) of a local installation. Called by `up`; may be repeated.

Secrets are made here and nowhere else: Ed25519 keys of directory and of every service, passwords of database roles and
Redis users, the master key for citizens' data, first passwords of the demo city's people. Python's standard library and
openssl only.
"""

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys

import announcements

SERVICES = ["directory", "agent_state", "acd", "ivr", "telephony", "ticket", "sla_timer", "knowledge_base", "analytics",
            "gateway"]
# Whom each service calls (the arrows of docs/ARCHITECTURE.md) and whose events it may have to ask for again.
PEERS = {
    "directory": [],
    "agent_state": [],
    "acd": ["agent_state"],
    "ivr": ["acd", "ticket", "knowledge_base"],
    "telephony": ["ivr", "agent_state"],
    "ticket": ["directory", "telephony", "sla_timer", "knowledge_base"],
    "sla_timer": ["ticket"],
    "knowledge_base": ["directory", "ticket"],
    "analytics": ["ticket", "telephony", "sla_timer", "agent_state", "directory", "acd", "ivr"],
    "gateway": [s for s in SERVICES if s != "gateway"],
}
LOOPBACK = "127.0.0.1"
DEMO_CITIZEN = 20  # above the SIP port
# Connections to PostgreSQL beyond the default: a handler that commits waits for the disk, and others can commit with it.
POOL = {"ticket": 20}
LEAST_BUFFERS_MB, MOST_BUFFERS_MB = 256, 8192  # PostgreSQL's shared buffers
ORDER = {name: 20 + i for i, name in enumerate(SERVICES)}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Installation:
    """Where things are and who listens where: on one machine, services on Unix sockets. Containers differ (deploy/docker)."""

    def __init__(self, args):
        self.root, self.data, self.run = args.root, args.data, args.run
        self.port, self.sip_port, self.address = args.port, args.sip_port, args.address

    def path(self, *parts):
        """A path as the services see it."""
        return os.path.join(self.data, *parts)

    def place(self, *parts):
        """The same as this script sees it."""
        return self.path(*parts)

    def write(self, path, text, mode=0o600):
        temporary = path + ".new"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(temporary, path)

    def secret(self, name, make=lambda: secrets.token_urlsafe(24)):
        """The secret `name`, made on first use. The file holds it without a newline."""
        path = self.place("secrets", name)
        if not os.path.exists(path):
            self.write(path, make())
        with open(path, encoding="utf-8") as f:
            return f.read()

    def signing_key(self, name, kid):
        """A private JWK in secrets/<name>.jwk; returns its public half."""
        def make():
            def openssl(*arguments, data=None):
                return subprocess.run(["openssl", *arguments], input=data, check=True, stdout=subprocess.PIPE).stdout
            pem = openssl("genpkey", "-algorithm", "ed25519")
            seed = openssl("pkey", "-outform", "DER", data=pem)[-32:]
            public = openssl("pkey", "-pubout", "-outform", "DER", data=pem)[-32:]
            return json.dumps({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": base64url(public), "d": base64url(seed)})
        key = json.loads(self.secret(name + ".jwk", make))
        return {k: v for k, v in key.items() if k != "d"}

    def socket(self, service):
        return "unix:%s/%s.sock" % (self.run, service)

    def web_listen(self):
        """HTTP on this machine alone, HTTPS on the installation's address."""
        return {"address": LOOPBACK, "port": self.port}, {"address": self.address, "port": self.port + 443}

    def redis_listen(self):
        return ["port 0", "unixsocket %s/redis.sock" % self.run, "unixsocketperm 700"]

    def telephony_network(self):
        """Calls come over loopback. Browsers elsewhere send their audio to the installation's address."""
        media = {"rtp_port_low": 20000, "rtp_port_high": 23999, "web_addresses": [LOOPBACK]}
        if self.address != LOOPBACK:
            media.update({"bind_address": "0.0.0.0", "web_addresses": [self.address, LOOPBACK]})
        return {"sip": {"address": LOOPBACK, "udp_port": self.sip_port, "tcp_port": self.sip_port}, "media": media,
                "demo_peers": [LOOPBACK + "/32"], "demo_target": "%s:%d" % (LOOPBACK, self.sip_port + DEMO_CITIZEN)}

    def builtin_announcements(self):
        return announcements.speak(os.path.join(self.root, "services/telephony/builtin"), self.path("builtin_prompts"))

    def common(self, service):
        config = {
            "listen": self.socket(service),
            "metrics": "127.0.0.1:%d" % (self.port + 1001 + SERVICES.index(service)),
            "keys_file": self.path("config", "keys.json"),
            "service_key_file": self.path("secrets", service + ".jwk"),
            "peers": {peer: self.socket(peer) for peer in PEERS[service]},
            "redis": {"address": "unix:%s/redis.sock" % self.run, "user": service,
                      "password_file": self.path("secrets", "redis_" + service)},
        }
        if service != "gateway":
            config["postgres"] = {"conninfo": "host=%s dbname=hotline" % self.run, "role": "hotline_" + service,
                                  "password_file": self.path("secrets", "postgres_" + service)}
            if service in POOL:
                config["postgres"]["pool_size"] = POOL[service]
        return config


def write_keys(inst):
    keys = [inst.signing_key("directory_users", "directory")]
    keys += [inst.signing_key(s, "service:" + s) for s in SERVICES]
    inst.write(inst.place("config", "keys.json"), json.dumps({"keys": keys}, indent=1))


def buffers_mb():
    """A quarter of the machine's memory, as PostgreSQL's manual advises; indexes of a city's tickets want gigabytes."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    return max(LEAST_BUFFERS_MB, min(memory // 4, MOST_BUFFERS_MB))


def write_postgres(inst):
    template = open(os.path.join(inst.root, "libs/postgres/provision.sql"), encoding="utf-8").read()
    parts = ["select 'create database hotline' where not exists (select from pg_database where datname = 'hotline') \\gexec",
             "\\connect hotline"]
    for service in SERVICES[:-1]:
        password = inst.secret("postgres_" + service, lambda: secrets.token_hex(24))
        parts += ["\\set role hotline_%s" % service, "\\set schema %s" % service, "\\set password %s" % password, template]
    # Where analytics shows its views to BI tools; the service's role can make no schema.
    parts.append("create schema if not exists bi authorization hotline_analytics;")
    inst.write(inst.place("config", "provision.sql"), "\n".join(parts) + "\n")
    inst.write(inst.place("config", "postgresql.conf"), "\n".join([
        "listen_addresses = ''", "unix_socket_directories = '%s'" % inst.run, "unix_socket_permissions = 0700",
        "max_connections = 200", "shared_buffers = %dMB" % buffers_mb(), "wal_compression = on",
        # Checkpoints by time, not by what an import or a night's recomputation writes: each makes pages be logged whole again.
        "max_wal_size = 4GB", "checkpoint_timeout = 15min", "password_encryption = 'scram-sha-256'",
        "timezone = 'UTC'", "log_timezone = 'UTC'", "log_min_duration_statement = 1000", ""]))
    inst.write(inst.place("config", "pg_hba.conf"),
               "# The account that owns the cluster comes in by being that account; services by password.\n"
               "local all %s peer\nlocal all all scram-sha-256\n" % inst.user)


def write_redis(inst):
    lines = inst.redis_listen() + [
        "dir %s" % inst.path("redis"), "appendonly yes", "appendfsync everysec", "maxmemory 1gb", "maxmemory-policy noeviction", "user default off"]
    for service in SERVICES:
        password = inst.secret("redis_" + service, lambda: secrets.token_hex(24))
        # A service may have several consumers, each with dead letters of its own: "ticket", "ticket_messages".
        lines.append("user %s on >%s resetchannels ~hotline.events.%s ~hotline.dead.%s ~hotline.dead.%s_* "
                     "(+@read +@connection ~hotline.events.*) +@read +@write +@stream +@connection -@dangerous"
                     % (service, password, service, service, service))
    inst.write(inst.place("config", "redis.conf"), "\n".join(lines) + "\n")


def write_supervisor(inst, programs):
    text = ["[unix_http_server]", "file=%s/supervisor.sock" % inst.run, "chmod=0700", "[supervisord]",
            "logfile=%s" % inst.path("log", "supervisord.log"), "pidfile=%s/supervisord.pid" % inst.run,
            "childlogdir=%s" % inst.path("log"), "minfds=4096", "minprocs=200", "umask=077", "directory=%s" % inst.path("log"),
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
            "[supervisorctl]", "serverurl=unix://%s/supervisor.sock" % inst.run]
    for name, (command, priority, signal) in programs.items():
        # startsecs=0 counts a start as good at once, so supervisor never gives up on a process that is killed again and
        # again; autorestart brings it back within a second each time.
        text += ["[program:%s]" % name, "command=%s" % command, "priority=%d" % priority, "autostart=false",
                 "autorestart=true", "startsecs=0", "startretries=1000000", "stopsignal=%s" % signal, "stopwaitsecs=15",
                 "redirect_stderr=true", "stdout_logfile=%s" % inst.path("log", name + ".log"),
                 "stdout_logfile_maxbytes=50MB", "stdout_logfile_backups=3"]
    inst.write(inst.path("config", "supervisord.conf"), "\n".join(text) + "\n")


def overrides(inst, service):
    """What the operator has set: the top-level keys of overrides/<service>.json take the place of the generated ones."""
    path = inst.place("overrides", service + ".json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def write_services(inst):
    sys.path.insert(0, os.path.join(inst.root, "deploy/local"))
    import service_configs  # beside this file: what each service needs beyond the common part
    for service in SERVICES:
        config = inst.common(service)
        config.update(getattr(service_configs, service)(inst))
        config.update(overrides(inst, service))
        inst.write(inst.place("config", service + ".json"), json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def write_signins(inst):
    """First passwords of the demo city's people, made for this installation."""
    path = inst.place("secrets", "signins.json")
    if os.path.exists(path):
        return
    with open(os.path.join(inst.root, "deploy/demo/data/users.json"), encoding="utf-8") as f:
        users = json.load(f)
    signins = {u["userName"]: secrets.token_urlsafe(9) + secrets.choice("23456789") for u in users}
    signins["admin"] = inst.secret("admin_password", lambda: secrets.token_urlsafe(12))
    inst.write(path, json.dumps(signins, indent=1))
    shown = ["admin", "agent1", "agent2", "lead1", "dispatcher1", "entry1", "officer.water", "officer.market", "supervisor1",
             "leader1", "analyst1", "reviewer1"]
    names = {u["userName"]: u["displayName"] for u in users}
    rows = ["%-16s %-18s %s" % (n, signins[n], names.get(n, "")) for n in shown + [n for n in signins if n not in shown]]
    inst.write(inst.place("secrets", "signins.txt"), "\n".join(rows) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("root", "data", "run", "user", "pg-bin"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sip-port", type=int, required=True)
    parser.add_argument("--address", default="127.0.0.1")
    args = parser.parse_args()
    os.umask(0o077)
    inst = Installation(args)
    inst.user = args.user
    write_keys(inst)
    write_postgres(inst)
    write_redis(inst)
    write_signins(inst)
    write_services(inst)
    binary = inst.path("program", "bin")
    programs = {"postgres": ("%s %s %s" % (inst.path("program", "share", "hotline", "run_postgres"), inst.path("postgres"), args.pg_bin), 1, "INT"),
                "redis": ("redis-server %s" % inst.path("config", "redis.conf"), 2, "TERM")}
    for service in SERVICES:
        programs[service] = ("%s/hotline-%s --config %s" % (binary, service.replace("_", "-"), inst.path("config", service + ".json")), ORDER[service], "TERM")
    programs["demo_citizen"] = ("%s --listen 127.0.0.1:%d" % (inst.path("program", "share", "hotline", "demo", "answer"), args.sip_port + DEMO_CITIZEN), 90, "TERM")
    write_supervisor(inst, programs)


if __name__ == "__main__":
    main()
