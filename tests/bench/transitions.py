"""A step of a ticket's life by REST and gRPC, a unit's signing, against pgbench doing the same statements."""

import json

from lib import CLIENTS, Failed, say
from tickets import BODY, FOLLOWERS, IDENT, against_pgbench, ident, insert, literal, load, pgbench_script, run_pgbench, written

UNIT, OFFICER = "water-company", "officer.water"
NAMES = ("ticket_transition_rest", "ticket_transition_grpc")
SPARE = 3  # tickets are made for so many times the seconds that are measured: signing is quicker than making
DISPATCHED, SIGNED = 3, 4  # domain::State


def dispatched(suite, seconds, caught_up):
    """Tickets that wait for the unit's signature; their ids in a file."""
    body = suite.file("dispatched.json", json.dumps({**BODY, "dispatchUnitId": UNIT}, ensure_ascii=False))
    load("rest", seconds * SPARE, port=suite.port, method="POST", path="/v1/tickets", token=suite.token("agent3"), body=body)
    if caught_up:
        suite.wait_caught_up()
    return suite.file("dispatched.ids", suite.psql("select ticket_id from ticket.tickets where state = %d and unit_id = '%s'" % (DISPATCHED, UNIT)) + "\n")


def once(suite, name, seconds, caught_up=True):
    ids = dispatched(suite, seconds, caught_up)
    suite.psql("checkpoint")
    token = suite.token(OFFICER)
    if name == "ticket_transition_rest":
        body = suite.file("sign.json", json.dumps({"requestId": "@ID@"}))
        result = load("rest", seconds, port=suite.port, method="POST", path="/v1/tickets/@ITEM@:sign", token=token, body=body, items=ids)
    else:
        result = load("grpc_sign", seconds, address=suite.socket("ticket"), key=suite.path("secrets", "gateway.jwk"), token=token, items=ids)
    if caught_up:
        suite.wait_caught_up()
    return result


def signing_script(suite):
    """What the service's store does in the transaction of a step (postgres_store.cpp), with the values of a ticket that was signed."""
    def rows(sql):
        return [json.loads(line) for line in suite.psql("select row_to_json(r) from (%s) r" % sql).splitlines()]
    ticket = rows("select t.* from ticket.tickets t join ticket.requests r using (ticket_id) where t.state = %d and r.rpc = 'SignTicket' order by t.update_time desc limit 1" % SIGNED)
    if not ticket:
        raise Failed("no ticket was signed")
    ticket = written(suite, ticket[0])
    of_it = "where ticket_id = '%s'" % ticket["ticket_id"]
    last = rows("select * from ticket.history %s order by sequence desc limit 1" % of_it)[0]
    request = rows("select * from ticket.requests %s and rpc = 'SignTicket'" % of_it)[0]
    events = rows("select event_id, type, subject, time, payload from ticket.outbox where subject = '%s' and type like '%%TicketSigned'" % ticket["ticket_id"])
    look = rows("select * from ticket.caller_audit %s and kind = 'shown'" % of_it)[0]
    keys = suite.psql("select keys from ticket.ticket_search " + of_it).strip()
    kept = ("ticket_id", "number", "acceptance_number", "create_time", "created_by", "pin_hash", "due_time", "light", "channel", "line", "call_id", "recording_id",
            "caller_kind", "anonymous")
    changed = ", ".join("%s = %s" % (column, literal(value)) for column, value in ticket.items() if column not in kept)
    lines = ["\\set n :n + 1", "BEGIN;",
             insert("requests", request, {"request_id": ident(0xd00) + "::text", "ticket_id": IDENT}) + " ON CONFLICT DO NOTHING;",
             "SELECT t.*, k.wrapped, (SELECT jsonb_agg(l.*) FROM limits l WHERE l.ticket_id = t.ticket_id)::text AS limits FROM tickets t"
             " JOIN ticket_keys k USING (ticket_id) WHERE t.ticket_id = %s FOR UPDATE OF t;" % IDENT,
             insert("history", last, {"ticket_id": IDENT}) + ";"]
    lines += [insert("outbox", event, {"event_id": ident(0xd10 + i), "subject": IDENT + "::text"}) + ";" for i, event in enumerate(events)]
    lines.append(insert("caller_audit", look, {"audit_id": ident(0xd20), "ticket_id": IDENT}) + " ON CONFLICT (actor_id, ticket_id, hour) WHERE kind = 'shown' DO NOTHING;")
    lines += ["UPDATE tickets SET %s WHERE ticket_id = %s;" % (changed, IDENT),
              "UPDATE ticket_search SET keys = '%s' WHERE ticket_id = %s;" % (keys, IDENT)]
    return "\n".join(lines + ["END;", ""])


def transitions(suite, quick, wanted):
    """Figures of those of NAMES that are wanted, each with and without the services that follow tickets."""
    seconds = 3 if quick else 8
    whole, alone = {}, {}
    for name in wanted:
        say(name)
        whole[name] = once(suite, name, seconds)
    say("pgbench, the same statements")
    making, signing = pgbench_script(suite), signing_script(suite)
    each = max(200, int(max(result["per_second"] for result in whole.values()) * SPARE * seconds / CLIENTS))
    baseline = run_pgbench(suite, signing, ["-t", str(each)], before=(making, ["-t", str(each)]))
    suite.control("stop", *FOLLOWERS)
    for name in wanted:
        say(name + "_alone")
        alone[name] = once(suite, name, seconds, caught_up=False)
    suite.control("start", *FOLLOWERS)
    suite.wait_caught_up()
    return [against_pgbench(row, result, "steps/s", baseline, "pgbench, the same statements")
            for name in wanted for row, result in ((name, whole[name]), (name + "_alone", alone[name]))]
