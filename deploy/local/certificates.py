"""The installation's own certificate authority and the gateway's server certificate, in secrets/: ca.crt, ca.key, server.crt,
server.key. Made once; made anew near their end, and the server's also when its names have changed. An operator's own
https.crt and https.key beside them take their place and are never touched."""

import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile

CA_DAYS = 7300
SERVER_DAYS = 825          # Apple's clients trust no longer ones, whoever signed them.
RENEW_SECONDS = 90 * 86400  # this long before the end

CA_CONFIG = """[req]
distinguished_name = name
x509_extensions = ca
prompt = no
[name]
CN = Hotline CA of %s (%s)
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
SERVER_CONFIG = """[req]
distinguished_name = name
prompt = no
[name]
CN = %s
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = %s
"""


def openssl(*arguments, check=True):
    done = subprocess.run(["openssl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if check and done.returncode != 0:
        sys.exit("openssl %s: %s" % (arguments[0], done.stderr.strip()))
    return done.stdout if check else done.returncode == 0


def host_name():
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?", name) else "localhost"


def wanted_names(address):
    return sorted({"DNS:localhost", "DNS:" + host_name(), "IP:127.0.0.1", "IP:" + address})


def names_of(certificate):
    text = openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName")
    return sorted(n.strip().replace("IP Address:", "IP:") for n in ",".join(text.splitlines()[1:]).split(","))


def lasts(certificate):
    return openssl("x509", "-in", certificate, "-noout", "-checkend", str(RENEW_SECONDS), check=False)


def pair(certificate, key):
    """Whether both are there and belong together: a crash may have left the one without the other."""
    if not (os.path.exists(certificate) and os.path.exists(key)):
        return False
    return openssl("x509", "-in", certificate, "-noout", "-pubkey") == openssl("pkey", "-in", key, "-pubout")


def new_key(path):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)


def make_ca(directory, certificate, key):
    config = os.path.join(directory, "ca.cnf")
    with open(config, "w", encoding="utf-8") as f:
        # The random part keeps browsers from taking one installation's authority for another's of the same host.
        f.write(CA_CONFIG % (host_name()[:30], secrets.token_hex(4)))
    new_key(os.path.join(directory, "ca.key"))
    openssl("req", "-new", "-x509", "-config", config, "-key", os.path.join(directory, "ca.key"), "-days", str(CA_DAYS),
            "-set_serial", "0x" + secrets.token_hex(15), "-sha256", "-out", os.path.join(directory, "ca.crt"))
    os.replace(os.path.join(directory, "ca.key"), key)
    os.replace(os.path.join(directory, "ca.crt"), certificate)


def make_server(directory, names, ca, ca_key, certificate, key):
    def here(name):
        return os.path.join(directory, name)
    with open(here("server.cnf"), "w", encoding="utf-8") as f:
        f.write(SERVER_CONFIG % (host_name(), ", ".join(names)))
    new_key(here("server.key"))
    openssl("req", "-new", "-config", here("server.cnf"), "-key", here("server.key"), "-out", here("server.csr"))
    openssl("x509", "-req", "-in", here("server.csr"), "-CA", ca, "-CAkey", ca_key, "-days", str(SERVER_DAYS), "-sha256",
            "-set_serial", "0x" + secrets.token_hex(15), "-extfile", here("server.cnf"), "-extensions", "server",
            "-out", here("server.crt"))
    os.replace(here("server.key"), key)
    os.replace(here("server.crt"), certificate)


def write_certificates(secrets_dir, address):
    """Returns the file names of the certificate and the key that the gateway serves with."""
    own = [name for name in ("https.crt", "https.key") if os.path.exists(os.path.join(secrets_dir, name))]
    if len(own) == 2:
        return "https.crt", "https.key"
    if own:
        sys.exit("secrets holds %s alone: an own certificate needs https.crt and https.key" % own[0])
    ca, ca_key, server, key = (os.path.join(secrets_dir, n) for n in ("ca.crt", "ca.key", "server.crt", "server.key"))
    with tempfile.TemporaryDirectory(dir=secrets_dir) as directory:
        if not (pair(ca, ca_key) and lasts(ca)):
            make_ca(directory, ca, ca_key)
        names = wanted_names(address)
        good = (pair(server, key) and lasts(server) and names_of(server) == names
                and openssl("verify", "-CAfile", ca, server, check=False))
        if not good:
            make_server(directory, names, ca, ca_key, server, key)
    return "server.crt", "server.key"
