"""Tickets by REST and gRPC against pgbench doing the same inserts, a unary call through the gateway, the outbox."""

import json
import os
import re
import subprocess

from lib import CLIENTS, Child, Failed, figure, program, run_json, say
from suite import PG_BIN

BODY = {"ticket": {"type": "TICKET_TYPE_HELP", "channel": "CHANNEL_PHONE", "title": "人民路12号路灯不亮",
                   "content": "人民路与中山路交叉口往东第三盏路灯从上周五起不亮，晚上行人看不清台阶，请尽快派人维修。", "categoryId": "urban.lamp",
                   "areaCode": "990102", "caller": {"name": "王小明", "phone": "13800001234"}},
        "requestId": "@ID@"}
TARGETS = {"rest": 1 / 3, "grpc": 1 / 2}  # of pgbench
FOLLOWERS = ("sla_timer", "analytics")  # of tickets


def load(kind, seconds, **arguments):
    command = [program("bench_load"), "--kind", kind, "--clients", str(CLIENTS), "--seconds", str(seconds), "--warm-up", "2"]
    for name, value in arguments.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    result = run_json(command, seconds + 60)
    if result["failed"]:
        raise Failed("%s: %d failed, first: %s" % (kind, result["failed"], result["first_error"]))
    return result


# ---- the same inserts by pgbench

def literal(value):
    """A value of row_to_json as an SQL literal. A colon would begin a variable of pgbench."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return "array[%s]::text[]" % ", ".join(literal(v) for v in value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return "now()"
    if re.search(r":\w", text):
        return "(%s)" % " || chr(58) || ".join(literal(part) for part in text.split(":"))
    return "'%s'" % text.replace("'", "''")


def insert(table, row, replaced):
    values = {**{column: literal(value) for column, value in row.items()}, **replaced}
    return "INSERT INTO %s (%s) VALUES (%s)" % (table, ", ".join(values), ", ".join(values.values()))


def ident(k):
    """The k-th id of a transaction of pgbench. In order of making, as UUIDv7 are, and never twice: a counter of each client and the client's number."""
    return "(lpad(to_hex(:n::bigint), 8, '0') || '-%04x-7000-8000-' || lpad(to_hex(:client_id::bigint), 12, '0'))::uuid" % k


IDENT = ident(0)  # of the ticket


def written(suite, ticket):
    """Without the columns that PostgreSQL makes of the others."""
    made = suite.psql("select column_name from information_schema.columns where table_schema = 'ticket' and table_name = 'tickets' and is_generated = 'ALWAYS'").split()
    return {column: value for column, value in ticket.items() if column not in made}


def pgbench_script(suite):
    """What the service's store does in the transaction of a create (bulk_store.cpp), with the values of a ticket that was made."""
    def row(sql):
        return json.loads(suite.psql("select row_to_json(r) from (%s) r" % sql))
    ticket = written(suite, row("select t.* from ticket.tickets t join ticket.requests r using (ticket_id) where not exists"
                                " (select from ticket.requests q where q.ticket_id = t.ticket_id and q.rpc <> 'CreateTicket') order by t.create_time desc limit 1"))
    of_it = "where ticket_id = '%s'" % ticket["ticket_id"]
    def rows(sql):
        return [json.loads(line) for line in suite.psql("select row_to_json(r) from (%s) r" % sql).splitlines()]
    history = rows("select * from ticket.history %s order by sequence" % of_it)
    notices = rows("select * from ticket.notices " + of_it)
    events = rows("select event_id, type, subject, time, payload from ticket.outbox where subject = '%s' and type like '%%TicketCreated'" % ticket["ticket_id"])
    key = row("select * from ticket.ticket_keys " + of_it)
    request = row("select * from ticket.requests " + of_it)
    keys = suite.psql("select keys from ticket.ticket_search " + of_it).strip()
    number = "lpad((:n::bigint * 1000 + :client_id::bigint)::text, 14, '0')"
    lines = ["\\set n :n + 1", "BEGIN;",
             insert("requests", request, {"request_id": IDENT + "::text", "ticket_id": IDENT}) + " ON CONFLICT DO NOTHING;",
             "INSERT INTO acceptance_numbers AS a (acceptance_number, ticket_id, issue_time) VALUES (%s, %s, now()) ON CONFLICT (acceptance_number)"
             " DO UPDATE SET ticket_id = excluded.ticket_id, issue_time = excluded.issue_time WHERE a.issue_time < now() - interval '730 days';" % (number, IDENT),
             "WITH made AS (%s RETURNING ticket_id), found AS (INSERT INTO ticket_search (ticket_id, keys) VALUES (%s, '%s'))"
             " INSERT INTO ticket_keys (ticket_id, wrapped) SELECT ticket_id, %s FROM made;"
             % (insert("tickets", ticket, {"ticket_id": IDENT, "number": number, "acceptance_number": number, "due_time": "'infinity'", "light": "0"}), IDENT, keys, literal(key["wrapped"]))]
    lines += [insert("history", entry, {"ticket_id": IDENT}) + ";" for entry in history]
    lines += [insert("notices", notice, {"notice_id": ident(0xf00 + i), "ticket_id": IDENT}) + ";" for i, notice in enumerate(notices)]
    lines += [insert("outbox", event, {"event_id": ident(0xe00 + i), "subject": IDENT + "::text"}) + ";" for i, event in enumerate(events)]
    return "\n".join(lines + ["END;", ""])


def pgbench(suite, seconds):
    """Transactions a second, in a database of its own in the same cluster, with the tables of the service."""
    return run_pgbench(suite, pgbench_script(suite), ["-T", str(seconds)])


def run_pgbench(suite, script, much, before=None):
    """Of the script; `before` is run first, as many transactions of each client as given with it."""
    name = "bench%d" % len(os.listdir(suite.scratch))
    suite.psql("create database %s" % name, "postgres")
    dump = subprocess.run(suite.as_service_user([os.path.join(PG_BIN[0], "pg_dump"), "-h", suite.run, "-s", "-n", "ticket", "hotline"]),
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    suite.psql(dump, name)
    suite.psql("checkpoint", name)
    def transactions(what, text, much):
        path = suite.file("%s-%s.sql" % (name, what), text)
        os.chmod(path, 0o644)
        command = suite.as_service_user(["env", "PGOPTIONS=-c search_path=ticket", os.path.join(PG_BIN[0], "pgbench"), "-h", suite.run, "-n", "-M", "prepared",
                                         "-c", str(CLIENTS), "-j", "1", *much, "-D", "n=0", "-f", path, name])
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        out = done.stdout.decode()
        rate = re.search(r"^tps = ([\d.]+)", out, re.M)
        if done.returncode != 0 or not rate or "number of failed transactions: 0 " not in out:
            raise Failed("pgbench: " + out[-1000:] + done.stderr.decode()[-1000:])
        return float(rate.group(1))
    if before:
        transactions("before", *before)
        suite.psql("checkpoint", name)
    rate = transactions("measured", script, much)
    suite.psql("drop database %s" % name, "postgres")
    return rate


def create_once(suite, name, seconds, body, caught_up=True):
    suite.psql("checkpoint")
    token = suite.token("agent3")
    if name == "ticket_create_rest":
        result = load("rest", seconds, port=suite.port, method="POST", path="/v1/tickets", token=token, body=body)
    else:
        result = load("grpc_create", seconds, address=suite.socket("ticket"), key=suite.path("secrets", "gateway.jwk"), token=token, body=body)
    if caught_up:
        suite.wait_caught_up()
    return result


def create(suite, quick, wanted):
    """Figures of those of ticket_create_rest and ticket_create_grpc that are wanted, each with and without the services that
    follow tickets: pgbench has nobody who follows, and one machine carries them all."""
    seconds = 3 if quick else 8
    body = suite.file("ticket.json", json.dumps(BODY, ensure_ascii=False))
    whole, alone = {}, {}
    for name in wanted:
        say(name)
        whole[name] = create_once(suite, name, seconds, body)
    say("pgbench, the same inserts")
    baseline = pgbench(suite, seconds)
    suite.control("stop", *FOLLOWERS)
    for name in wanted:
        say(name + "_alone")
        alone[name] = create_once(suite, name, seconds, body, caught_up=False)
    suite.control("start", *FOLLOWERS)
    suite.wait_caught_up()
    out = []
    for name in wanted:
        for row, result in ((name, whole[name]), (name + "_alone", alone[name])):
            out.append(against_pgbench(row, result, "tickets/s", baseline, "pgbench, the same inserts"))
    return out


def against_pgbench(name, result, unit, baseline, baseline_is):
    way = "rest" if "rest" in name else "grpc"
    share = TARGETS[way]
    return figure(name, result["per_second"], unit, baseline, baseline_is, target="at least 1/%d of pgbench" % round(1 / share),
                  met=result["per_second"] >= share * baseline, clients=CLIENTS, failed=result["failed"], p50_ms=result["p50_ms"], p99_ms=result["p99_ms"])


def gateway_unary(suite, quick):
    seconds = 3 if quick else 8
    say("gateway_unary")
    token = suite.token("agent1")
    through = load("rest", seconds, port=suite.port, method="GET", path="/v1/agents/me", token=token)
    inside = load("grpc_agent", seconds, address=suite.socket("agent_state"), key=suite.path("secrets", "gateway.jwk"), token=token)
    address = "unix:%s/echo.sock" % suite.scratch
    echo = Child([program("bench_echo"), address], os.path.join(suite.scratch, "echo.log"), "ready")
    try:
        bare = load("echo", seconds, address=address)
    finally:
        echo.end()
    return [figure("gateway_unary", through["per_second"], "calls/s", bare["per_second"], "bare gRPC echo", clients=CLIENTS, failed=through["failed"],
                   p50_ms=through["p50_ms"], p99_ms=through["p99_ms"], echo_p50_ms=bare["p50_ms"], echo_p99_ms=bare["p99_ms"],
                   without_gateway_per_second=inside["per_second"], without_gateway_p50_ms=inside["p50_ms"])]


def outbox_latency(suite, quick):
    say("outbox_latency")
    count = 100 if quick else 500
    body = suite.file("outbox-ticket.json", json.dumps({**BODY, "requestId": ""}, ensure_ascii=False))
    result = run_json([program("bench_outbox"), "--address", suite.socket("ticket"), "--key", suite.path("secrets", "gateway.jwk"), "--token", suite.token("agent3"),
                       "--body", body, "--redis", suite.socket("redis"), "--redis-user", "gateway", "--redis-password", suite.path("secrets", "redis_gateway"),
                       "--count", str(count), "--per-second", "50"], 120)
    return [figure("outbox_latency_p50", result["p50_ms"], "ms", result["plain_p50_ms"], "XADD to XREADGROUP", events=result["heard"]),
            figure("outbox_latency_p99", result["p99_ms"], "ms", result["plain_p99_ms"], "XADD to XREADGROUP", events=result["heard"])]
