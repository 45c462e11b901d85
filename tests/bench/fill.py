"""A city's tickets by the million, put into the suite's database as fast as the machine can."""

import json
import os
import subprocess
import time

from lib import Failed, program, say
from suite import PG_BIN

# Tables that ticket_fill writes and the columns of each line.
COLUMNS = {
    "tickets": "ticket_id, number, acceptance_number, type, state, urgency, channel, sealed, phone_hash, name_hash, title, content, category_id, area_code, unit_id,"
               " unit_path, scope, created_by, create_time, update_time, close_time, pin_hash, history_head, due_time, light",
    "ticket_keys": "ticket_id, wrapped",
    "ticket_search": "ticket_id, keys",
    "history": "ticket_id, sequence, time, actor_id, actor_name, actor_unit_id, action, note, changes, state, sealed_digest, digest",
    "limits": "ticket_id, clock_id, step, due_time, warn_time, light, version, closes",
    "acceptance_numbers": "acceptance_number, ticket_id, issue_time",
}
# What every ticket of the fill has in the columns that it does not write.
SAME = {"smallint": "0", "integer": "0", "bigint": "1", "boolean": "false", "double precision": "0", "text": "''", "jsonb": "'{}'", "ARRAY": "'{}'"}


def places(suite):
    """Units, categories, areas and agents of the demo city, for the generator."""
    def column(sql):
        return [line for line in suite.psql(sql).splitlines() if line]
    units = [dict(zip(("id", "path"), line.split("|"))) for line in column("select unit_id, path from ticket.units where path <> '' order by md5(unit_id)")]
    with open(suite.path("secrets", "ticket_master_key"), encoding="utf-8") as f:
        key = f.read().strip()
    return {"master_key": key, "units": units, "categories": column("select category_id from ticket.categories order by md5(category_id)"),
            "areas": column("select distinct area_code from ticket.units where area_code <> '' order by 1") or ["990101", "990102"],
            "agents": ["agent%d" % n for n in range(200)]}


def defaults(suite):
    """Statements that give the columns the fill does not write a default for its time, and take it away again."""
    written = set(COLUMNS["tickets"].replace(" ", "").split(","))
    rows = [line.split("|") for line in suite.psql(
        "select column_name, data_type from information_schema.columns where table_schema = 'ticket' and table_name = 'tickets'"
        " and is_nullable = 'NO' and column_default is null").splitlines()]
    names = [(name, kind) for name, kind in rows if name not in written]
    return ("".join("alter table ticket.tickets alter %s set default %s;\n" % (name, SAME[kind]) for name, kind in names),
            "".join("alter table ticket.tickets alter %s drop default;\n" % name for name, _ in names))


def without_indexes(suite):
    """Drops indexes, constraints and triggers of the tables; gives what makes them anew."""
    tables = ", ".join("'ticket.%s'" % t for t in COLUMNS)
    later = subprocess.run(suite.as_service_user([os.path.join(PG_BIN[0], "pg_dump"), "-h", suite.run, "-s", "--section=post-data", "-n", "ticket", "hotline"]),
                           stdout=subprocess.PIPE, check=True).stdout.decode()
    wanted = ["ticket.%s" % t for t in COLUMNS]
    statements = [s.strip() for s in later.split(";\n")]
    dropped = suite.psql(
        "select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname || ';' from pg_constraint where contype = 'f' and connamespace = 'ticket'::regnamespace"
        " and (conrelid::regclass::text in ({0}) or confrelid::regclass::text in ({0}))"
        " union all select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname || ' cascade;' from pg_constraint where contype in ('p', 'u')"
        " and connamespace = 'ticket'::regnamespace and conrelid::regclass::text in ({0})"
        " union all select 'drop index if exists ' || i.indexrelid::regclass || ';' from pg_index i join pg_class c on c.oid = i.indrelid"
        " where i.indrelid::regclass::text in ({0}) and not exists (select from pg_constraint k where k.conindid = i.indexrelid)"
        " union all select 'drop trigger ' || tgname || ' on ' || tgrelid::regclass || ';' from pg_trigger where not tgisinternal and tgrelid::regclass::text in ({0})"
        .format(tables))
    suite.psql(dropped)
    kept = suite.psql(
        "select conname from pg_constraint where connamespace = 'ticket'::regnamespace union all select indexname from pg_indexes where schemaname = 'ticket'"
        " union all select tgname from pg_trigger where not tgisinternal").split()
    again = []
    for statement in statements:
        lines = [line for line in statement.splitlines() if line and not line.startswith("--")]
        text = "\n".join(lines)
        name = text.split(" CONSTRAINT ")[-1].split()[0] if " ADD CONSTRAINT " in text else text.split()[3 if " UNIQUE INDEX" in text else 2] if text.startswith("CREATE") else None
        if name and name not in kept and any(w in text for w in wanted):
            again.append(text + ";")
    return again


def fill(suite, count, open_count):
    """Fills the tables of the ticket service, which must not run meanwhile."""
    began = time.monotonic()
    out = suite.path("bench", "fill")
    os.makedirs(out, exist_ok=True)
    os.chmod(suite.path("bench"), 0o755)
    suite.file("places.json", json.dumps(places(suite), ensure_ascii=False))
    suite.psql("alter system set max_wal_size = '16GB'; alter system set maintenance_work_mem = '1GB'; select pg_reload_conf();")
    set_defaults, drop_defaults = defaults(suite)
    suite.psql(set_defaults)
    again = without_indexes(suite)
    say("copying %d tickets" % count)
    copies = []
    for table, columns in COLUMNS.items():
        pipe = os.path.join(out, table)
        if os.path.exists(pipe):
            os.remove(pipe)
        os.mkfifo(pipe)
        os.chmod(pipe, 0o666)
        psql = suite.as_service_user([os.path.join(PG_BIN[0], "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", suite.run, "-d", "hotline",
                                      "-c", "copy ticket.%s (%s) from stdin" % (table, columns)])
        # The shell opens the pipe, which waits for the generator.
        copies.append(subprocess.Popen(["sh", "-c", 'pipe=$1; shift; exec "$@" < "$pipe"', "copy", pipe, *psql]))
    made = subprocess.run([program("ticket_fill"), "--count", str(count), "--open", str(open_count), "--places", suite.path("bench", "places.json"), "--out", out], check=False)
    if made.returncode != 0 or any(copy.wait() != 0 for copy in copies):
        raise Failed("the tickets could not be copied")
    say("copied in %.0f s; indexes" % (time.monotonic() - began))
    for statement in again:
        suite.psql(statement)
    suite.psql(drop_defaults)
    for table in COLUMNS:
        suite.psql("vacuum (analyze) ticket.%s" % table)
    suite.psql("alter system reset max_wal_size; alter system reset maintenance_work_mem; select pg_reload_conf(); checkpoint;")
    took = time.monotonic() - began
    say("%d tickets after %.0f s" % (count, took))
    return took
