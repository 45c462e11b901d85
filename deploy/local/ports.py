#!/usr/bin/env python3
"""Checks that the ports of a local installation can be had, before anything is started.

  ports.py --port N --sip-port M [--address ADDRESS]     names each port that is taken; exit status 1 if any is

Beside PORT and SIP_PORT: HTTPS on PORT + 443, metrics on PORT + 1001 to PORT + 1010, the demo citizen on SIP_PORT + 20. The
RTP range is not checked: telephony takes what is free of it.
"""

import argparse
import errno
import socket
import sys

METRICS_PORTS = 10
LOOPBACK = "127.0.0.1"


def wanted(port, sip_port, address):
    yield "web client and API (--port)", socket.SOCK_STREAM, LOOPBACK, port
    yield "HTTPS (--port + 443)", socket.SOCK_STREAM, address, port + 443
    for i in range(METRICS_PORTS):
        yield "metrics (--port + %d)" % (1001 + i), socket.SOCK_STREAM, LOOPBACK, port + 1001 + i
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        yield "SIP (--sip-port)", kind, LOOPBACK, sip_port
    yield "the demo citizen (--sip-port + 20)", socket.SOCK_DGRAM, LOOPBACK, sip_port + 20


def why_not(kind, address, port):
    """None when it can be had. Connections that just ended do not count, as they do not for the services."""
    with socket.socket(socket.AF_INET, kind) as s:
        if kind == socket.SOCK_STREAM:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind((address, port))
            if kind == socket.SOCK_STREAM:
                s.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "in use by another program"
            return "not for this account" if error.errno == errno.EACCES else error.strerror
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sip-port", type=int, required=True)
    parser.add_argument("--address", default=LOOPBACK)
    args = parser.parse_args()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((args.address, 0))
    except OSError:
        sys.exit("--address: %s is not an IPv4 address of this machine" % args.address)
    if args.address == "0.0.0.0":
        sys.exit("--address: one address of this machine is needed, as browsers are told it")
    seen, bad = {}, []
    for what, kind, address, port in wanted(args.port, args.sip_port, args.address):
        name = "%s port %d, %s" % ("TCP" if kind == socket.SOCK_STREAM else "UDP", port, what)
        reason = "is also %s" % seen[kind, port] if (kind, port) in seen else why_not(kind, address, port)
        seen[kind, port] = what
        if reason:
            bad.append("%s: %s" % (name, reason))
    print("\n".join(bad), end="\n" if bad else "", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
