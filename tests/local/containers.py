#!/usr/bin/env python3
"""Checks what can be checked of the containers without an engine, in a copy of the tree: configuration and compose file.

  containers.py DIRECTORY [PROGRAM]    DIRECTORY: an empty one for the copy; PROGRAM: an installed suite, to find its files in

Prints `ok` and `not ok` lines. With a Compose client, its `config` judges docker-compose.yml; without one its text is read.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ADDRESS = "192.0.2.7"  # TEST-NET-1
MADE_WITH_IMAGE = "/opt/hotline/share/hotline/telephony/builtin_prompts"
SERVICES = ["directory", "agent_state", "acd", "ivr", "telephony", "ticket", "sla_timer", "knowledge_base", "analytics", "gateway"]


def check(what, good, detail=""):
    print("%s %s" % ("ok" if good else "not ok", what), flush=True)
    if not good:
        print("".join("    %s\n" % line for line in str(detail).splitlines()[-20:]), end="", flush=True)
    return good


def copy_tree(tree):
    for name in ("docker-compose.yml", "deploy/demo", "deploy/local", "deploy/docker/configure", "deploy/docker/Dockerfile",
                 "libs/postgres/provision.sql"):
        target = os.path.join(tree, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        copy = shutil.copytree if os.path.isdir(os.path.join(ROOT, name)) else shutil.copy2
        copy(os.path.join(ROOT, name), target)


def configure(tree, *options):
    return subprocess.run([os.path.join(tree, "deploy/docker/configure"), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def digest(directory):
    sums = hashlib.sha256()
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), "rb") as f:
            sums.update(name.encode() + f.read())
    return sums.hexdigest()


def paths_in(value):
    if isinstance(value, dict):
        return [p for v in value.values() for p in paths_in(v)]
    if isinstance(value, list):
        return [p for v in value for p in paths_in(v)]
    return [value] if isinstance(value, str) and value.startswith("/") else []


def missing(path, docker, program):
    """Whether a file that a service is told of will not be in its container."""
    for inside, place in (("/etc/hotline/", os.path.join(docker, "config")), ("/run/hotline/secrets/", os.path.join(docker, "secrets")),
                          ("/opt/hotline/", program)):
        if path.startswith(inside):
            return place != "" and path != MADE_WITH_IMAGE and not os.path.exists(os.path.join(place, path[len(inside):]))
    return not path.startswith("/var/lib/hotline/")


def compose_client():
    for client in (["docker", "compose"], ["docker-compose"]):
        try:
            if subprocess.run([*client, "version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                return client
        except OSError:
            pass
    return None


def check_compose(tree, environment):
    client = compose_client()
    if client:
        done = subprocess.run([*client, "--project-directory", tree, "-f", os.path.join(tree, "docker-compose.yml"), "config"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        check("%s config accepts docker-compose.yml" % " ".join(client), done.returncode == 0, done.stdout)
        text = done.stdout
    else:
        with open(os.path.join(tree, "docker-compose.yml"), encoding="utf-8") as f:
            text = re.sub(r"\$\{(\w+)[^}]*\}", lambda m: environment.get(m[1], ""), f.read())
        check("docker-compose.yml knows every variable of .env", "${" not in text)
    wanted = [s.replace("_", "-") for s in SERVICES] + ["postgres", "provision", "redis"]
    absent = [s for s in wanted if not re.search(r"^  %s:" % s, text, re.M)]
    check("docker-compose.yml starts every service", not absent, absent)
    check("telephony's address in the network is the one it is told", environment["HOTLINE_NETWORK"] + ".10" in text, text)


def main():
    tree, program = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    copy_tree(tree)
    docker = os.path.join(tree, "deploy/docker")
    refused = configure(tree, "--sip-address", "127.0.0.1")
    check("containers are refused a loopback address", refused.returncode == 2 and "loopback" in refused.stdout, refused.stdout)
    done = configure(tree, "--sip-address", ADDRESS, "--rtp-ports", "21000-21099")
    if not check("deploy/docker/configure writes everything", done.returncode == 0, done.stdout):
        return
    with open(os.path.join(tree, ".env"), encoding="utf-8") as f:
        environment = dict(line.strip().split("=", 1) for line in f)
    config = {}
    for service in SERVICES:
        with open(os.path.join(docker, "config", service + ".json"), encoding="utf-8") as f:
            config[service] = json.load(f)
    absent = [(s, p) for s in SERVICES for p in paths_in(config[s]) if missing(p, docker, program)]
    check("every file that a service is told of is mounted or in the image", not absent, absent)
    check("the gateway can be reached from outside its container", config["gateway"]["http"]["address"] == "0.0.0.0")
    media = config["telephony"]["media"]
    check("RTP ports are those that are published", environment["HOTLINE_RTP_PORTS"] == "%d-%d" % (media["rtp_port_low"], media["rtp_port_high"]))
    check("peers and browsers are told the machine's address",
          (config["telephony"]["sip"]["public_address"], media["address"], media["web_addresses"]) == (ADDRESS, ADDRESS, [ADDRESS]), media)
    secrets = os.path.join(docker, "secrets")
    owner = os.stat(os.path.join(secrets, "server.key"))
    check("secrets belong to the image's account alone", owner.st_uid == int(environment["HOTLINE_UID"]) and owner.st_mode & 0o077 == 0, oct(owner.st_mode))
    before = digest(secrets)
    again = configure(tree, "--sip-address", ADDRESS, "--rtp-ports", "21000-21099")
    check("configuring again keeps the secrets", again.returncode == 0 and digest(secrets) == before, again.stdout)
    check_compose(tree, environment)


if __name__ == "__main__":
    main()
