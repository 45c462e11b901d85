-- Lists and searches over millions of tickets. What a ticket is found by moves from indexes of `tickets` into a table of its
-- own: a ticket changes some ten times, its keys when it is registered, dispatched and closed; and `tickets` keeps so few
-- indexes on what changes that most changes touch none of them (HOT).

-- The hash of domain/search_keys.cpp: FNV-1a, 32 bits.
CREATE FUNCTION search_key(word text) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bytes bytea := convert_to(word, 'UTF8');
  hash bigint := 2166136261;
BEGIN
  FOR i IN 0 .. length(bytes) - 1 LOOP
    hash := ((hash # get_byte(bytes, i)) * 16777619) & 4294967295;
  END LOOP;
  RETURN CASE WHEN hash >= 2147483648 THEN hash - 4294967296 ELSE hash END;
END $$;

-- Keys only propose tickets, the conditions of the list decide; hence no foreign key, whose check would cost each
-- registration a look and a row lock.
CREATE TABLE ticket_search (
  ticket_id uuid PRIMARY KEY,
  keys      integer[] NOT NULL
) WITH (fillfactor = 90, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

INSERT INTO ticket_search (ticket_id, keys)
  SELECT t.ticket_id, ARRAY(SELECT DISTINCT search_key(word) FROM unnest(
      t.words || ARRAY(SELECT '@u:' || u FROM unnest(t.scope) AS u) || ARRAY[
        '@c:' || t.category_id, '@a:' || t.area_code, '@b:' || t.created_by, '@t:' || t.type, '@h:' || t.channel, '@g:' || t.urgency,
        CASE WHEN t.state IN (8, 9, 10, 16, 17) THEN '@s:' || t.state ELSE '@s:' END, CASE WHEN t.close_time IS NULL THEN '@o:' END,
        '@y:' || to_char(at, 'FMYYYY'), '@m:' || to_char(at, 'YYYYMM'), '@d:' || to_char(at, 'YYYYMMDD')]) AS word
      WHERE word IS NOT NULL ORDER BY 1)
  FROM tickets t, LATERAL (SELECT to_timestamp(('x' || left(replace(t.ticket_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
                                  AT TIME ZONE 'UTC' AS at) made;

-- Searches read what has not been sorted in yet from front to end, so that part stays short (kB).
CREATE INDEX ticket_search_keys ON ticket_search USING gin (keys) WITH (fastupdate = on, gin_pending_list_limit = 1024);

ALTER TABLE tickets DROP COLUMN words;
ALTER TABLE tickets ADD COLUMN name_hash text NOT NULL DEFAULT '';  -- keyed, of the caller's name; empty if none is known
DROP INDEX tickets_state;
DROP INDEX tickets_create;
DROP INDEX tickets_scope;
DROP INDEX tickets_due;
DROP INDEX tickets_category;
DROP INDEX tickets_phone;
ALTER TABLE tickets SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX tickets_due ON tickets (due_time, ticket_id) WHERE close_time IS NULL AND due_time < 'infinity';
CREATE INDEX tickets_light ON tickets (light, ticket_id DESC) WHERE light >= 2;
CREATE INDEX tickets_phone ON tickets (phone_hash, ticket_id DESC) INCLUDE (close_time) WHERE phone_hash <> '';
CREATE INDEX tickets_name ON tickets (name_hash, ticket_id DESC) WHERE name_hash <> '';
CREATE INDEX tickets_earlier ON tickets (category_id, area_code, ticket_id DESC) WHERE unit_id <> '';
-- Tickets by their latest change, which is their last entry.
CREATE INDEX history_time ON history (time, ticket_id);

-- Imports of tickets (TKT-18). Files and refused rows hold personal data and are sealed; the file goes when the import is over,
-- the rest after some months.
CREATE TABLE imports (
  import_id     uuid PRIMARY KEY,
  request_id    text NOT NULL UNIQUE,
  digest        text NOT NULL UNIQUE,   -- of user, file and whether it is a trial
  format        smallint NOT NULL,
  file_name     text NOT NULL,
  dry_run       boolean NOT NULL,
  state         text NOT NULL,          -- running, done, failed
  actor         jsonb NOT NULL,         -- in whose name rows are registered
  created_by    text NOT NULL,
  create_time   timestamptz NOT NULL,
  update_time   timestamptz NOT NULL,
  total_rows    bigint NOT NULL,
  done_rows     bigint NOT NULL DEFAULT 0,
  last_row      bigint NOT NULL DEFAULT 0,  -- number of the last row that was worked on, as a spreadsheet counts
  created_rows  bigint NOT NULL DEFAULT 0,
  repeated_rows bigint NOT NULL DEFAULT 0,
  refused_rows  bigint NOT NULL DEFAULT 0,
  error         text NOT NULL DEFAULT '',
  sealed_file   bytea
);
CREATE INDEX imports_running ON imports (import_id) WHERE state = 'running';
CREATE INDEX imports_creator ON imports (created_by, import_id DESC);
CREATE TABLE import_refusals (
  import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  row       bigint NOT NULL,
  sealed    bytea NOT NULL,   -- the cells
  errors    text NOT NULL,
  PRIMARY KEY (import_id, row)
);
-- Every export (PLT-5).
CREATE TABLE export_audit (
  export_id     uuid PRIMARY KEY,
  actor_id      text NOT NULL,
  actor_unit_id text NOT NULL,
  filter        text NOT NULL,
  rows          bigint NOT NULL,
  time          timestamptz NOT NULL
);
CREATE TRIGGER export_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON export_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON export_audit FROM CURRENT_USER;
