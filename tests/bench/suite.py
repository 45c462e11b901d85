"""A suite of the bench's own, started by deploy/local/up in a directory of its own and stopped at the end."""

import glob
import json
import os
import shutil
import socket
import subprocess
import tempfile
import urllib.error

from lib import ROOT, Child, Failed, http, say, wait_for

PG_BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]
CATCH_UP_SECONDS = 120


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Suite:
    def __init__(self):
        self.data = tempfile.mkdtemp(prefix="hotline-bench-", dir="/tmp")
        os.chmod(self.data, 0o755)
        self.port, self.sip_port = free_port(), free_port()
        self.tokens = {}
        say("starting a suite in %s" % self.data)
        # The gateway wants a directory of pages; what is in it plays no part here.
        os.makedirs(os.path.join(ROOT, "web", "dist"), exist_ok=True)
        page = os.path.join(ROOT, "web", "dist", "index.html")
        if not os.path.exists(page):
            with open(page, "w", encoding="utf-8") as f:
                f.write("<!doctype html>\n")
        # One generator stands for a city of users; the limits themselves stay in force, only higher.
        plenty = {"per_second": 100000, "burst": 100000}
        os.makedirs(self.path("overrides"))
        with open(self.path("overrides", "gateway.json"), "w", encoding="utf-8") as f:
            json.dump({"limits": {"per_address": plenty, "per_user": plenty}}, f)
        up = subprocess.run([os.path.join(ROOT, "deploy/local/up"), "--data", self.data, "--port", str(self.port), "--sip-port", str(self.sip_port),
                             "--preset", "release", "--no-build", "--no-check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if up.returncode != 0:
            self.stop()
            raise Failed("the suite did not start:\n" + up.stdout.decode()[-3000:])
        with open(self.path("settings"), encoding="utf-8") as f:
            self.run = dict(line.strip().split("=", 1) for line in f if "=" in line)["RUN"]
        # Whoever places load reads secrets and logs here; services run under an account of their own.
        self.scratch = self.path("bench")
        os.makedirs(self.scratch, exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.data, *parts)

    def socket(self, service):
        return "unix:%s/%s.sock" % (self.run, service)

    def file(self, name, text):
        path = os.path.join(self.scratch, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def stop(self):
        subprocess.run([os.path.join(ROOT, "deploy/local/down"), "--data", self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if not os.environ.get("KEEP_SUITE"):
            shutil.rmtree(self.data, ignore_errors=True)

    def as_service_user(self, command):
        return (["runuser", "-u", "hotline", "--"] if os.getuid() == 0 else []) + command

    def control(self, *arguments):
        subprocess.run(self.as_service_user(["supervisorctl", "-c", self.path("config", "supervisord.conf"), *arguments]),
                       stdout=subprocess.DEVNULL, check=False)

    def pid(self, service):
        command = self.as_service_user(["supervisorctl", "-c", self.path("config", "supervisord.conf"), "pid", service])
        return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    def ready(self):
        """Waits until every service says it is ready."""
        def answers():
            try:
                return http("http://127.0.0.1:%d/readyz" % self.port) or True
            except (OSError, ValueError):
                return False
        wait_for("all services to be ready", answers)

    def token(self, user):
        """A file with a fresh access token of one of the demo city's people."""
        with open(self.path("secrets", "signins.json"), encoding="utf-8") as f:
            password = json.load(f)[user]
        url = "http://127.0.0.1:%d/v1/auth:signIn" % self.port
        try:
            answer = http(url, {"userName": user, "password": password})
        except urllib.error.HTTPError as error:
            raise Failed("cannot sign in: %s" % error.read()) from error
        return self.file("token-" + user, answer["accessToken"])

    def psql(self, sql, database="hotline"):
        """What a query prints, as the owner of the cluster."""
        command = [os.path.join(PG_BIN[0], "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.run, "-d", database, "-f", "-"]
        done = subprocess.run(self.as_service_user(command), input=sql.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Failed("psql: " + done.stderr.decode())
        return done.stdout.decode().strip()

    def wait_caught_up(self):
        """Until every consumer has applied every event of tickets and of their clocks: what one measurement left must not burden the next."""
        schemas = self.psql("select string_agg(table_schema, ' ') from information_schema.tables where table_name = 'consumer_offsets'").split()
        offsets = " union all ".join("select sequence, source from %s.consumer_offsets" % s for s in schemas)
        # In one statement, that it sees all of one moment: whoever has applied an event has told its own with it.
        query = " and ".join("not exists (select from {0}.outbox o, {0}.outbox_state s where (o.xid, o.id) > (s.numbered_xid, s.numbered_id))"
                             " and not exists (select from ({1}) o where o.source = '{0}' and o.sequence < (select last_sequence from {0}.outbox_state))".format(s, offsets)
                             for s in ("ticket", "sla_timer"))
        wait_for("consumers to catch up", lambda: self.psql("select " + query) == "t", CATCH_UP_SECONDS)


class Lazy:
    """The suite, started when the first benchmark needs it."""

    def __init__(self):
        self.suite = None

    def get(self):
        if self.suite is None:
            self.suite = Suite()
        return self.suite

    def stop(self):
        for child in list(Child.running):
            child.terminate()
        if self.suite is not None:
            self.suite.stop()
            self.suite = None
