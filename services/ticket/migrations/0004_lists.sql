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
ALTER TABLE tickets SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX tickets_due ON tickets (due_time, ticket_id) WHERE close_time IS NULL AND due_time < 'infinity';
CREATE INDEX tickets_light ON tickets (light, ticket_id DESC) WHERE light >= 2;
CREATE INDEX tickets_name ON tickets (name_hash, ticket_id DESC) WHERE name_hash <> '';
CREATE INDEX tickets_earlier ON tickets (category_id, area_code, ticket_id DESC) WHERE unit_id <> '';
-- Tickets by their latest change, which is their last entry.
CREATE INDEX history_time ON history (time, ticket_id);
