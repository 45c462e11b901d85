#!/usr/bin/env python3
"""The check call behind `check`. Python's standard library and the demo telephone."""

import argparse
import json
import os
import random
import socket
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "demo"))
import sip_phone  # noqa: E402  beside the demo city

TICKET_SECONDS = 30   # until the message must be a ticket
PROMPT_SECONDS = 30   # until a prompt must have been heard
AUDIBLE_DBFS = -45


def done(text):
    print("  ✓ " + text, flush=True)


def fail(text):
    print("  ✗ " + text, flush=True)
    sys.exit(1)


class Api:
    def __init__(self, url):
        self.url, self.token = url, ""

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def wait_prompt_end(call, since):
    """Until something was heard after `since` bytes and then 0.8 s of silence followed."""
    deadline = time.monotonic() + PROMPT_SECONDS
    while time.monotonic() < deadline and not call.ended.is_set():
        heard = bytes(call.media.heard[since:])
        if len(heard) > 8000 and sip_phone.level_dbfs(heard) > AUDIBLE_DBFS and sip_phone.level_dbfs(heard[-6400:]) < -55:
            return True
        call.ended.wait(0.1)
    return False


def own_address(host, port):
    """Which of this machine's addresses talks to the server."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((host, port))
        return s.getsockname()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("url", "sip", "data"):
        parser.add_argument("--" + option, required=True)
    args = parser.parse_args()
    with open(os.path.join(args.data, "secrets", "signins.json"), encoding="utf-8") as f:
        signins = json.load(f)
    api = Api(args.url)
    api.token = api.call("POST", "/v1/auth:signIn", {"userName": "entry1", "password": signins["entry1"]})["accessToken"]

    host, port = args.sip.rsplit(":", 1)
    caller = "139%08d" % random.randrange(10 ** 8)
    phone = sip_phone.Phone(own_address(host, int(port)))
    call = sip_phone.Call(phone, (host, int(port)))
    with tempfile.TemporaryDirectory() as directory:
        words = sip_phone.speech("这是一次自动检查留言。", directory)
    call.dial("12345", caller)
    if not call.answered.wait(20):
        fail("the call was not answered (SIP %d); see deploy/local/logs telephony" % call.status)
    done("SIP call answered")
    if not wait_prompt_end(call, 0):
        fail("no welcome was heard; see deploy/local/logs ivr")
    done("welcome heard at %.0f dBFS" % sip_phone.level_dbfs(bytes(call.media.heard)))
    for key in "21":
        mark = len(call.media.heard)
        call.media.keys.append(key)
        wait_prompt_end(call, mark + 4000)
    call.media.playing = words
    call.ended.wait(len(words) / 8000 + 1.0)
    call.media.keys.append("#")
    mark = len(call.media.heard)
    wait_prompt_end(call, mark + 4000)
    call.hang_up()
    done("message left by key and ended with #")

    deadline = time.monotonic() + TICKET_SECONDS
    while True:
        found = api.call("GET", "/v1/tickets?query=" + urllib.parse.quote(caller)).get("tickets", [])
        if found:
            break
        if time.monotonic() > deadline:
            fail("the message did not become a ticket within %d s; see deploy/local/logs ticket" % TICKET_SECONDS)
        time.sleep(0.2)
    ticket = found[0]
    done("ticket %s is there" % ticket["number"])
    recordings = api.call("GET", "/v1/recordings?recordingId=" + ticket["recordingId"]).get("recordings", [])
    if not recordings or recordings[0].get("levelLeftDbfs", -100) < AUDIBLE_DBFS:
        fail("its recording is missing or silent")
    done("with its recording of %.1f s at %.0f dBFS" % (recordings[0]["durationMs"] / 1000, recordings[0]["levelLeftDbfs"]))


if __name__ == "__main__":
    main()
