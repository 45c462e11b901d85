-- What a city configures: the dispatch catalogue (STD-6), forms and steps (PLT-6), scripts (TKT-22), the rule about repeats
-- and bans (TKT-11), and the audit of looks at callers' data (PLT-5).

-- The one draft of the catalogue; its revision grows with every edit.
CREATE TABLE catalogue_state (
  one       boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision  bigint NOT NULL DEFAULT 1,
  published bigint NOT NULL DEFAULT 0   -- the version that counts; 0: none yet
);
INSERT INTO catalogue_state DEFAULT VALUES;

CREATE TABLE catalogue_drafts (
  entry_id       text PRIMARY KEY,
  category_id    text NOT NULL,
  area_code      text NOT NULL,
  type           smallint NOT NULL,
  unit_id        text NOT NULL,
  co_unit_ids    text[] NOT NULL,
  sure           boolean NOT NULL,
  effective_from date,
  effective_to   date,
  note           text NOT NULL,
  version        bigint NOT NULL,      -- the catalogue's revision that wrote it: its etag
  updated_by     text NOT NULL,
  update_time    timestamptz NOT NULL
);

CREATE TABLE catalogue_versions (
  version      bigint PRIMARY KEY,
  publish_time timestamptz NOT NULL,
  published_by text NOT NULL,
  note         text NOT NULL,
  entries      integer NOT NULL,
  added        integer NOT NULL,
  changed      integer NOT NULL,
  removed      integer NOT NULL
);

-- An entry as it stood in the versions from `since` to before `until`: what did not change is kept once.
CREATE TABLE catalogue_entries (
  entry_id       text NOT NULL,
  since          bigint NOT NULL REFERENCES catalogue_versions,
  until          bigint REFERENCES catalogue_versions,
  category_id    text NOT NULL,
  area_code      text NOT NULL,
  type           smallint NOT NULL,
  unit_id        text NOT NULL,
  co_unit_ids    text[] NOT NULL,
  sure           boolean NOT NULL,
  effective_from date,
  effective_to   date,
  note           text NOT NULL,
  PRIMARY KEY (entry_id, since)
);
CREATE INDEX catalogue_entries_current ON catalogue_entries (entry_id) WHERE until IS NULL;

CREATE TABLE process_drafts (
  type        smallint PRIMARY KEY,
  body        jsonb NOT NULL,
  version     bigint NOT NULL,      -- the draft's etag
  updated_by  text NOT NULL,
  update_time timestamptz NOT NULL
);
CREATE TABLE process_versions (
  type         smallint NOT NULL,
  version      bigint NOT NULL,
  body         jsonb NOT NULL,
  note         text NOT NULL,
  published_by text NOT NULL,
  publish_time timestamptz NOT NULL,
  PRIMARY KEY (type, version)
);

CREATE TABLE scripts (
  script_id   text PRIMARY KEY,
  type        smallint NOT NULL,
  category_id text NOT NULL,
  sort        integer NOT NULL,
  title       text NOT NULL,
  steps       jsonb NOT NULL,       -- [{kind, text, field}]
  version     bigint NOT NULL       -- its etag
);
CREATE INDEX scripts_category ON scripts (category_id);

-- The newest one counts.
CREATE TABLE repeat_rules (
  version       bigint PRIMARY KEY,
  enabled       boolean NOT NULL,
  count         integer NOT NULL,
  days          integer NOT NULL,
  same_category boolean NOT NULL,
  only_handled  boolean NOT NULL,
  set_by        text NOT NULL,
  set_time      timestamptz NOT NULL
);

CREATE TABLE caller_bans (
  ban_id      uuid PRIMARY KEY,
  phone_hash  text NOT NULL,         -- keyed; the phone itself is nowhere but in the ticket
  until_time  timestamptz NOT NULL,
  reason      text NOT NULL,
  ticket_id   uuid NOT NULL REFERENCES tickets,
  created_by  text NOT NULL,
  create_time timestamptz NOT NULL,
  lifted_by   text NOT NULL DEFAULT '',
  lift_time   timestamptz,
  lift_reason text NOT NULL DEFAULT ''
);
CREATE INDEX caller_bans_phone ON caller_bans (phone_hash, until_time);
CREATE TABLE caller_ban_log (
  ban_id   uuid NOT NULL REFERENCES caller_bans,
  action   text NOT NULL,            -- put, lifted
  actor_id text NOT NULL,
  reason   text NOT NULL,
  time     timestamptz NOT NULL,
  PRIMARY KEY (ban_id, action)
);

-- Looks at callers' data: those asked for with a reason, and those that came unmasked with a ticket, one an hour.
ALTER TABLE caller_audit
  ADD COLUMN kind text NOT NULL DEFAULT 'revealed',
  ADD COLUMN hour timestamptz;
CREATE UNIQUE INDEX caller_audit_shown ON caller_audit (actor_id, ticket_id, hour) WHERE kind = 'shown';
CREATE INDEX caller_audit_time ON caller_audit (time DESC, audit_id DESC);
CREATE INDEX caller_audit_actor ON caller_audit (actor_id, time DESC, audit_id DESC);

-- Where like matters are looked for: of one category and area, and in squares of the map of a 200th of a degree.
ALTER TABLE tickets ADD COLUMN place_cell bigint GENERATED ALWAYS AS (
  CASE WHEN longitude = 0 AND latitude = 0 THEN 0 ELSE floor(latitude * 200)::bigint * 100000 + floor(longitude * 200)::bigint END) STORED;
CREATE INDEX tickets_category_area ON tickets (category_id, area_code, ticket_id DESC) WHERE category_id <> '';
CREATE INDEX tickets_place ON tickets (place_cell, ticket_id DESC) WHERE place_cell <> 0;

-- Published versions, rules and the log of bans are never changed; refuse_change() stands in 0001.
CREATE TRIGGER catalogue_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON catalogue_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER process_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON process_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER repeat_rules_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON repeat_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER caller_ban_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON caller_ban_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
