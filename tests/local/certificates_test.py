#!/usr/bin/env python3
"""When the installation's certificates are made, kept and made anew. Prints `ok` and `not ok` lines."""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "deploy", "local"))
import certificates  # noqa: E402

DAY = 86400


def check(what, good):
    print("%s %s" % ("ok" if good else "not ok", what), flush=True)


def read(directory, *names):
    texts = []
    for name in names:
        with open(os.path.join(directory, name), encoding="utf-8") as f:
            texts.append(f.read())
    return texts


def main():
    os.umask(0o077)
    with tempfile.TemporaryDirectory() as directory:
        def write(address="127.0.0.1"):
            return certificates.write_certificates(directory, address)

        def server():
            return read(directory, "server.crt", "server.key")

        def authority():
            return read(directory, "ca.crt", "ca.key")

        write()
        first, ca = server(), authority()
        text = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", os.path.join(directory, "server.crt")], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        check("the server's key is P-256", "prime256v1" in text)
        check("the certificate names localhost, loopback and this machine",
              certificates.names_of(os.path.join(directory, "server.crt")) == certificates.wanted_names("127.0.0.1"))
        write()
        check("a good certificate is kept", server() == first)
        write("192.0.2.7")
        check("another address makes another certificate, by the same authority", server() != first and authority() == ca)
        certificates.SERVER_DAYS = certificates.RENEW_SECONDS // DAY - 1
        write()
        short = server()
        certificates.SERVER_DAYS = 825
        write()
        check("a certificate near its end is renewed, by the same authority", server() != short and authority() == ca)
        os.unlink(os.path.join(directory, "server.key"))
        write()
        check("a certificate without its key is made anew", len(server()) == 2)
        os.unlink(os.path.join(directory, "ca.key"))
        write()
        check("a lost authority is made anew, and vouches for the server", authority() != ca and certificates.openssl(
            "verify", "-CAfile", os.path.join(directory, "ca.crt"), os.path.join(directory, "server.crt"), check=False))
        with open(os.path.join(directory, "https.crt"), "w", encoding="utf-8") as f:
            f.write("an operator's")
        try:
            write()
            check("half of an operator's certificate is refused", False)
        except SystemExit as error:
            check("half of an operator's certificate is refused", "https.crt alone" in str(error.code))
        with open(os.path.join(directory, "https.key"), "w", encoding="utf-8") as f:
            f.write("an operator's")
        check("an operator's certificate is served and left alone",
              write() == ("https.crt", "https.key") and read(directory, "https.crt", "https.key") == ["an operator's"] * 2)


if __name__ == "__main__":
    main()
