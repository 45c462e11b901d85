#!/usr/bin/env python3
"""A citizen's telephone that a test drives: commands are lines on standard input, what happens are JSON lines on standard output.

  citizen.py --server 127.0.0.1:5060 --from 13900000001 --heard FILE [--to 12345] [--local ADDRESS] [--inband]

What is heard goes to FILE as A-law bytes while the call runs. Commands: `press KEYS`, `say FILE` (A-law bytes), `repeat FILE`, `hang-up`.
Events: {"event": "answered" | "spoken" | "ended", ...}. The end of standard input hangs up.
"""

import argparse
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy/demo"))
import sip_phone  # noqa: E402  the demo telephone

POLL_SECONDS = 0.02


def tell(event, **facts):
    try:
        print(json.dumps({"event": event, **facts}), flush=True)
    except BrokenPipeError:
        os._exit(0)  # the test is over


def keep(call, path):
    """Appends what is heard to the file until the call has ended."""
    written = 0
    with open(path, "ab", buffering=0) as out:
        while True:
            over = call.ended.wait(POLL_SECONDS)
            heard = bytes(call.media.heard[written:])
            if heard:
                out.write(heard)
                written += len(heard)
            if over:
                return


def await_spoken(call):
    while call.media.playing and not call.ended.wait(POLL_SECONDS):
        continue
    tell("spoken")


def obey(call, line):
    command, _, argument = line.strip().partition(" ")
    if command == "press":
        call.media.keys.extend(argument)
    elif command in ("say", "repeat"):
        with open(argument, "rb") as f:
            words = f.read()
        call.media.loop_speech = words + sip_phone.SILENCE * 25 if command == "repeat" else b""
        call.media.playing = words
        threading.Thread(target=await_spoken, args=(call,), daemon=True).start()
    elif command == "hang-up":
        call.hang_up()


def place(args):
    host, port = args.server.rsplit(":", 1)
    call = sip_phone.Call(sip_phone.Phone(args.local), (host, int(port)), inband=args.inband)
    call.dial(args.to, args.caller)
    return call


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--to", default="12345")
    parser.add_argument("--from", dest="caller", default="13800001111")
    parser.add_argument("--local", default="127.0.0.1")
    parser.add_argument("--heard", required=True)
    parser.add_argument("--inband", action="store_true")
    args = parser.parse_args()
    call = place(args)

    def watch():
        while not call.answered.wait(POLL_SECONDS) and not call.ended.is_set():
            continue
        if call.answered.is_set():
            tell("answered", status=call.status)
        keep(call, args.heard)
        tell("ended", by=call.ended_by, status=call.status)
        os._exit(0)  # the main thread waits for commands

    threading.Thread(target=watch, daemon=True).start()
    for line in sys.stdin:
        obey(call, line)
    call.hang_up()
    threading.Event().wait(5)  # watch ends the process


if __name__ == "__main__":
    main()
