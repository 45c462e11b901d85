-- The full life of a ticket. What has no column of its own lies in `more`, by the names of domain/fields.h; what lists and
-- workers look for in it are generated columns.
ALTER TABLE tickets
  ADD COLUMN more jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN group_id text GENERATED ALWAYS AS (coalesce(more ->> 'group_id', '')) STORED,
  ADD COLUMN leader_instructed boolean GENERATED ALWAYS AS (coalesce((more ->> 'leader_instructed')::boolean, false)) STORED,
  ADD COLUMN supervised boolean GENERATED ALWAYS AS (coalesce((more ->> 'supervised')::boolean, false)) STORED,
  ADD COLUMN extension_asked boolean GENERATED ALWAYS AS (coalesce(more ->> 'extension_due', '') <> '') STORED,
  ADD COLUMN is_published boolean GENERATED ALWAYS AS (coalesce(more ->> 'published', '') <> '') STORED;
UPDATE tickets SET more = jsonb_build_object('links', (SELECT string_agg(id || '=related', ',') FROM unnest(linked) id)) WHERE linked <> '{}';
UPDATE tickets SET more = more || jsonb_build_object('responsible_unit_id', unit_id, 'responsible_unit_path', unit_path) WHERE unit_id <> '';
ALTER TABLE tickets DROP COLUMN linked;
CREATE INDEX tickets_group ON tickets (group_id, state) WHERE group_id <> '';

-- Entries of format 2 say every field that they changed, and hold the encrypted part where it changed: played from the
-- start they make the ticket. Those of format 1 were made before and only chain.
ALTER TABLE history
  ADD COLUMN version bigint NOT NULL DEFAULT 0,
  ADD COLUMN sealed bytea,
  ADD COLUMN format smallint NOT NULL DEFAULT 1;
