"""The clocks of a great city: hotline-sla-timer with a PostgreSQL and a Redis of the bench's own, and rows made by SQL."""

import base64
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import time

from lib import BUILD, ROOT, Child, Failed, figure, say, wait_for

PG_BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]
PER_SECOND = 5000
RPC_WAIT = 600
EPOCH_ID = "'01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0')"


def as_postgres(command):
    return (["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []) + command


class Town:
    """A cluster with fsync as in production, a Redis, and the program; everything in /tmp, gone at the end."""

    def __init__(self):
        self.data = tempfile.mkdtemp(prefix="hotline-sla-", dir="/tmp")
        os.chmod(self.data, 0o777)
        if os.getuid() == 0:
            shutil.chown(self.data, "postgres")
        self.program = None
        run = subprocess.run(as_postgres([PG_BIN[0] + "/initdb", "-D", self.path("pg"), "-U", "admin", "-A", "trust", "-E", "UTF8", "--no-sync"]),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if run.returncode != 0:
            raise Failed("initdb: " + run.stdout.decode()[-1000:])
        settings = {"listen_addresses": "", "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "max_connections": "60",
                    "maintenance_work_mem": "512MB", "track_commit_timestamp": "on"}
        command = as_postgres([PG_BIN[0] + "/postgres", "-D", self.path("pg"), "-k", self.data])
        for key, value in settings.items():
            command += ["-c", "%s=%s" % (key, value)]
        self.postgres = Child(command, self.path("postgres.log"))
        self.redis = Child(["redis-server", "--port", "0", "--unixsocket", self.path("redis.sock"), "--save", "", "--dir", self.data], self.path("redis.log"))
        wait_for("PostgreSQL", lambda: subprocess.run([PG_BIN[0] + "/pg_isready", "-q", "-h", self.data], check=False).returncode == 0)
        self.psql("create database hotline", "postgres")
        self.psql("create role hotline_sla_timer login; create schema sla_timer authorization hotline_sla_timer;"
                  "alter role hotline_sla_timer in database hotline set search_path = sla_timer; alter role admin in database hotline set search_path = sla_timer;")
        self.configure()

    def path(self, *parts):
        return os.path.join(self.data, *parts)

    def write(self, name, value):
        with open(self.path(name), "w", encoding="utf-8") as f:
            json.dump(value, f)
        return self.path(name)

    def configure(self):
        def openssl(*arguments, data=None):
            return subprocess.run(["openssl", *arguments], input=data, check=True, stdout=subprocess.PIPE).stdout

        def text(raw):
            return base64.urlsafe_b64encode(raw[-32:]).rstrip(b"=").decode()
        pem = openssl("genpkey", "-algorithm", "ed25519")
        public = {"kty": "OKP", "crv": "Ed25519", "kid": "service:sla_timer", "x": text(openssl("pkey", "-pubout", "-outform", "DER", data=pem))}
        private = {**public, "d": text(openssl("pkey", "-outform", "DER", data=pem))}
        source = os.path.join(ROOT, "services", "sla_timer")
        self.config = self.write("sla.json", {
            "listen": "unix:" + self.path("sla.sock"), "keys_file": self.write("keys.json", {"keys": [public]}), "service_key_file": self.write("key.jwk", private),
            "peers": {"ticket": "unix:" + self.path("ticket.sock")}, "postgres": {"conninfo": "host=%s dbname=hotline" % self.data, "role": "hotline_sla_timer"},
            "redis": {"address": "unix:" + self.path("redis.sock")}, "migrations_dir": source + "/migrations", "presets_dir": source + "/presets",
            "holidays_file": os.path.join(ROOT, "deploy/demo/data/china-holidays.csv"), "log_level": "warn"})

    def start(self):
        self.program = Child([os.path.join(BUILD, "services/sla_timer/hotline-sla-timer"), "--config", self.config], self.path("sla.log"))

    def stop(self):
        if self.program is not None:
            self.program.terminate()
            self.program = None

    def high_water_mb(self):
        with open("/proc/%d/status" % self.program.process.pid, encoding="ascii") as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024

    def psql(self, sql, database="hotline"):
        done = subprocess.run([PG_BIN[0] + "/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.data, "-U", "admin", "-d", database, "-f", "-"],
                              input=sql.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Failed("psql: " + done.stderr.decode()[-2000:])
        return done.stdout.decode().strip()

    def empty(self):
        """The tables of a service that has just been set up, without rows."""
        self.stop()
        self.start()
        # The hours of the week are the last thing it writes before it serves.
        wait_for("the migrations", lambda: self.psql("select to_regclass('sla_timer.calendar_versions') is not null") == "t"
                 and self.psql("select hours <> '' from calendar_versions order by version desc limit 1") == "t")
        self.stop()
        self.psql("truncate clocks, outbox, outbox_state; insert into outbox_state default values;")

    def fill(self, count):
        """Clocks of the step reply that run, three working days each, whose warning is days away. Indexes are made afterwards, as a restore does."""
        say("making %d clocks" % count)
        indexes = self.psql("select string_agg(indexdef, ';') from pg_indexes where schemaname = 'sla_timer' and tablename = 'clocks' and indexname <> 'clocks_pkey'")
        for name in self.psql("select string_agg(indexname, ' ') from pg_indexes where schemaname = 'sla_timer' and tablename = 'clocks' and indexname <> 'clocks_pkey'").split():
            self.psql("drop index %s" % name)
        self.psql("""
            insert into clocks (clock_id, ticket_id, step, policy_id, policy_version, type, urgency, channel, category_id, unit_id, unit_path, state, light, start_time,
              due_time, warn_time, stop_reason, working, is_window, basis, anchor, budget_us, warn_lead_us, extensions, provisional, calendar_version, version, next_fire)
            select (%s)::uuid, 't-' || i, 'reply', 'standard', (select max(version) from policies where policy_id = 'standard'), 2, 1, 1, 'road.light', 'unit-' || i %% 500,
              '/city/' || i %% 20 || '/' || i %% 500 || '/', 1, 1, s, s + interval '5 days', s + interval '4 days', '', true, false, 1, s, 81000000000, 16200000000, 0, false,
              (select version from calendar), 1, s + interval '4 days'
            from (select i, now() - i %% 100000 * interval '1 second' as s from generate_series(1, %d) i) g""" % (EPOCH_ID, count))
        for definition in indexes.split(";"):
            self.psql(definition)
        self.psql("vacuum analyze clocks")
        self.psql("checkpoint")

    def due(self, count, first, begin):
        """Gives clocks `first` … a warning each, evenly, PER_SECOND of them from `begin` (seconds of Unix time; None: all an hour ago)."""
        when = "now() - interval '1 hour'" if begin is None else "to_timestamp(%f + (i - %d) / %d.0)" % (begin, first, PER_SECOND)
        self.psql("update clocks set warn_time = g.w, next_fire = g.w from (select (%s)::uuid as id, %s as w from generate_series(%d, %d) i) g where clock_id = g.id"
                  % (EPOCH_ID, when, first, first + count - 1))

    def lateness(self, first, count):
        """(told, told twice, p50, p99, most) in seconds: from the time to the commit of what was told."""
        row = self.psql("""
            select count(*), count(*) - count(distinct subject), coalesce(percentile_cont(0.5) within group (order by late), -1),
                   coalesce(percentile_cont(0.99) within group (order by late), -1), coalesce(max(late), -1)
            from (select o.subject, extract(epoch from pg_xact_commit_timestamp(o.xid::text::xid) - c.warn_time) as late from outbox o join clocks c
                  on c.clock_id = ('01900000-0000-7000-8000-' || lpad(to_hex(substr(o.subject, 3)::bigint), 12, '0'))::uuid
                  where o.type = 'hotline.events.v1.SlaClockWarned' and substr(o.subject, 3)::bigint between %d and %d) t""" % (first, first + count - 1))
        return [float(x) for x in row.split("|")]

    def told(self):
        return int(self.psql("select count(*) from outbox where type = 'hotline.events.v1.SlaClockWarned'"))

    def pgbench(self, seconds, rows):
        """Updates a second of one clock by its key, each a transaction of its own, by eight clients."""
        script = self.path("update.sql")
        with open(script, "w", encoding="utf-8") as f:
            f.write("\\set i random(1, %d)\nupdate sla_timer.clocks set version = version + 1, next_fire = next_fire + interval '1 second'"
                    " where clock_id = ('01900000-0000-7000-8000-' || lpad(to_hex(:i::bigint), 12, '0'))::uuid;\n" % rows)
        done = subprocess.run([PG_BIN[0] + "/pgbench", "-h", self.data, "-U", "admin", "-n", "-M", "prepared", "-c", "8", "-j", "1", "-T", str(seconds), "-f", script, "hotline"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        rate = re.search(r"^tps = ([\d.]+)", done.stdout.decode(), re.M)
        if done.returncode != 0 or not rate:
            raise Failed("pgbench: " + done.stderr.decode()[-1000:])
        return float(rate.group(1))

    def end(self):
        self.stop()
        self.redis.terminate()
        self.postgres.terminate()
        if not os.environ.get("KEEP_SUITE"):
            shutil.rmtree(self.data, ignore_errors=True)


def fire_for(town, seconds):
    """5,000 warnings a second for some seconds, then a backlog of as many that are late already. (lateness, backlog a second)"""
    count = PER_SECOND * seconds
    begin = time.time() + 10 + count / 2500  # the rows are changed before it
    town.due(count, 1, begin)
    town.start()
    wait_for("the warnings", lambda: town.told() >= count, begin - time.time() + seconds + RPC_WAIT)
    late = town.lateness(1, count)
    if late[0] != count or late[1] != 0:
        raise Failed("%d warnings, %d of them twice, of %d" % (late[0], late[1], count))
    return late


def backlog(town, first, count):
    town.stop()
    town.due(count, first, None)
    before = town.told()
    began = time.monotonic()
    town.start()
    wait_for("the backlog's first", lambda: town.told() > before)
    at_first = time.monotonic() - began
    wait_for("the backlog", lambda: town.told() >= before + count, RPC_WAIT)
    return at_first, count / (time.monotonic() - began - at_first)


def firing(town, quick):
    say("sla_firing")
    seconds = 5 if quick else 30
    rows = PER_SECOND * seconds * 2
    town.empty()
    town.fill(rows)
    baseline = town.pgbench(3 if quick else 10, rows)
    late = fire_for(town, seconds)
    _, rate = backlog(town, PER_SECOND * seconds + 1, PER_SECOND * seconds)
    return [figure("sla_firing", late[3] * 1000, "ms", target="p99 at most 1000 ms at 5000/s", met=late[3] <= 1, per_second=PER_SECOND, seconds=seconds,
                   p50_ms=late[2] * 1000, p99_ms=late[3] * 1000, most_ms=late[4] * 1000),
            figure("sla_firing_backlog", rate, "firings/s", baseline, "pgbench, one update each", seconds=seconds)]


def ten_million(town, quick):
    say("sla_ten_million")
    rows = 200_000 if quick else 10_000_000
    seconds = 5 if quick else 20
    town.empty()
    town.fill(rows)
    late = fire_for(town, seconds)
    first, rate = backlog(town, PER_SECOND * seconds + 1, 20_000)
    rss = town.high_water_mb()
    return [figure("sla_ten_million_start", first, "s", target="fires within 5 s of its start", met=first <= 5, clocks=rows, backlog_per_second=rate),
            figure("sla_ten_million_rss", rss, "MB", target="below 200 MB", met=rss < 200, clocks=rows),
            figure("sla_ten_million_lateness", late[3] * 1000, "ms", target="p99 at most 1000 ms at 5000/s", met=late[3] <= 1, clocks=rows, p50_ms=late[2] * 1000,
                   most_ms=late[4] * 1000)]


def recompute(town, quick):
    say("sla_recompute")
    rows = 50_000 if quick else 1_000_000
    town.empty()
    town.fill(rows)
    baseline = town.pgbench(3 if quick else 10, rows)
    town.start()
    stale = "select count(*) from clocks where state <> 3 and calendar_version < (select version from calendar)"
    wait_for("the program to be idle", lambda: town.psql(stale) == "0" and os.path.exists(town.path("sla.sock")))
    began = time.monotonic()
    # A day off for everybody: nearly every limit moves. Noticed within five seconds, which count.
    town.psql("with v as (update calendar set version = version + 1 returning version) insert into calendar_versions select v.version, o.hours, now(), 'bench' from v, "
              "calendar_versions o where o.version = v.version - 1; insert into calendar_changes select (now() + n * interval '1 day')::date, version, 0, 'bench' from calendar, "
              "generate_series(1, 3) n")
    wait_for("the recomputation", lambda: town.psql(stale) == "0", RPC_WAIT)
    took = time.monotonic() - began
    moved = int(town.psql("select count(*) from outbox where type = 'hotline.events.v1.SlaClockMoved'"))
    return [figure("sla_recompute", rows / took, "clocks/s", baseline, "pgbench, one update each", target="1,000,000 within 60 s", met=quick or took <= 60, clocks=rows,
                   seconds=took, moved=moved, rss_mb=town.high_water_mb())]


def measure(names, quick):
    town = Town()
    try:
        figures = []
        for name, run in (("sla_firing", firing), ("sla_recompute", recompute), ("sla_ten_million", ten_million)):
            if name in names:
                figures += run(town, quick)
        return figures
    finally:
        town.end()
