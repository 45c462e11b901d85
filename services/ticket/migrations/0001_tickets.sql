-- Tickets and what belongs to them. Personal data (name, phone, addresses) lie in `sealed`, encrypted with a key per ticket;
-- destroying the row of ticket_keys destroys the data everywhere, backups of this table included.
CREATE TABLE tickets (
  ticket_id         uuid PRIMARY KEY,
  number            text NOT NULL UNIQUE,
  acceptance_number text NOT NULL,
  type              smallint NOT NULL,
  state             smallint NOT NULL,
  urgency           smallint NOT NULL,
  channel           smallint NOT NULL,
  handling          smallint NOT NULL,
  sealed            bytea NOT NULL,
  phone_hash        text NOT NULL,            -- keyed; empty if no phone is known
  caller_kind       text NOT NULL,
  anonymous         boolean NOT NULL,
  confidential      boolean NOT NULL,
  title             text NOT NULL,
  content           text NOT NULL,
  words             text[] NOT NULL,          -- of title and content, for searching
  category_id       text NOT NULL,
  tags              text[] NOT NULL,
  area_code         text NOT NULL,
  longitude         double precision NOT NULL,
  latitude          double precision NOT NULL,
  line              text NOT NULL,
  call_id           text NOT NULL,
  recording_id      text NOT NULL,
  unit_id           text NOT NULL,            -- lead unit; empty before dispatch
  unit_path         text NOT NULL,
  co_unit_ids       text[] NOT NULL,
  co_unit_paths     text[] NOT NULL,
  scope             text[] NOT NULL,          -- lead and co-units with all units above them: who sees it
  return_from       smallint NOT NULL,
  answer            text NOT NULL,
  solved            boolean NOT NULL,
  satisfaction      text NOT NULL,
  refuse_reason     text NOT NULL,
  linked            text[] NOT NULL,
  created_by        text NOT NULL,
  create_time       timestamptz NOT NULL,
  update_time       timestamptz NOT NULL,
  close_time        timestamptz,
  version           bigint NOT NULL,
  rework_count      integer NOT NULL,
  pin_hash          text NOT NULL,            -- keyed
  history_count     bigint NOT NULL,
  history_head      text NOT NULL,            -- digest of the last entry
  due_time          timestamptz NOT NULL DEFAULT 'infinity',  -- the nearest limit
  light             smallint NOT NULL DEFAULT 0               -- the worst light of its limits
);
-- ticket_id is a UUIDv7, so its order is that of registration.
CREATE INDEX tickets_state ON tickets (state, ticket_id DESC);
CREATE INDEX tickets_due ON tickets (due_time, ticket_id);
CREATE INDEX tickets_create ON tickets (create_time);
CREATE INDEX tickets_phone ON tickets (phone_hash, ticket_id DESC) WHERE phone_hash <> '';
CREATE INDEX tickets_category ON tickets (category_id, ticket_id DESC);
CREATE INDEX tickets_acceptance ON tickets (acceptance_number);
CREATE INDEX tickets_call ON tickets (call_id) WHERE call_id <> '';
CREATE INDEX tickets_unit ON tickets (unit_id) WHERE unit_id <> '';
CREATE INDEX tickets_scope ON tickets USING gin (scope);
CREATE INDEX tickets_words ON tickets USING gin (words);

CREATE TABLE ticket_keys (
  ticket_id uuid PRIMARY KEY REFERENCES tickets,
  wrapped   bytea NOT NULL   -- the data key, encrypted with the master key
);

CREATE TABLE history (
  ticket_id     uuid NOT NULL REFERENCES tickets,
  sequence      bigint NOT NULL,
  time          timestamptz NOT NULL,
  actor_id      text NOT NULL,
  actor_name    text NOT NULL,
  actor_unit_id text NOT NULL,
  action        text NOT NULL,
  note          text NOT NULL,
  changes       jsonb NOT NULL,
  state         smallint NOT NULL,
  sealed_digest text NOT NULL,   -- SHA-256 of the ticket's `sealed` then
  digest        text NOT NULL,   -- SHA-256 over the former entry's digest and this entry
  PRIMARY KEY (ticket_id, sequence)
);

CREATE TABLE limits (
  ticket_id uuid NOT NULL REFERENCES tickets,
  clock_id  text NOT NULL,
  step      text NOT NULL,
  due_time  timestamptz NOT NULL,
  warn_time timestamptz NOT NULL,
  light     smallint NOT NULL,
  version   bigint NOT NULL,
  closes    boolean NOT NULL,    -- a right that ends, not a duty that is late
  PRIMARY KEY (ticket_id, clock_id)
);

CREATE TABLE notices (
  notice_id   uuid PRIMARY KEY,
  ticket_id   uuid NOT NULL REFERENCES tickets,
  kind        text NOT NULL,
  addressee   text NOT NULL,
  text        text NOT NULL,
  status      text NOT NULL,
  create_time timestamptz NOT NULL
);
CREATE INDEX notices_ticket ON notices (ticket_id, notice_id DESC);

-- What makes repetitions harmless.
CREATE TABLE requests (
  request_id  text PRIMARY KEY,
  rpc         text NOT NULL,
  ticket_id   uuid NOT NULL,
  actor_id    text NOT NULL,
  create_time timestamptz NOT NULL
);

-- Acceptance numbers given in the last two years, and the last daily number of each day.
CREATE TABLE acceptance_numbers (
  acceptance_number text PRIMARY KEY,
  ticket_id         uuid NOT NULL,
  issue_time        timestamptz NOT NULL
);
CREATE TABLE number_days (
  day  date PRIMARY KEY,
  last bigint NOT NULL
);

CREATE TABLE attempts (
  key          text PRIMARY KEY,
  window_start timestamptz NOT NULL,
  count        integer NOT NULL
);
CREATE INDEX attempts_window ON attempts (window_start);

CREATE TABLE call_ratings (
  call_id   text PRIMARY KEY,
  agent_id  text NOT NULL,
  score     integer NOT NULL,
  ticket_id uuid,
  time      timestamptz NOT NULL
);

-- Every look at a caller's data that needed a reason (PLT-5).
CREATE TABLE caller_audit (
  audit_id      uuid PRIMARY KEY,
  ticket_id     uuid NOT NULL REFERENCES tickets,
  actor_id      text NOT NULL,
  actor_unit_id text NOT NULL,
  reason        text NOT NULL,
  time          timestamptz NOT NULL
);
CREATE INDEX caller_audit_ticket ON caller_audit (ticket_id);

CREATE TABLE units (
  unit_id   text PRIMARY KEY,
  parent_id text NOT NULL,
  path      text NOT NULL,
  name      text NOT NULL,
  active    boolean NOT NULL,
  level     integer NOT NULL,
  area_code text NOT NULL,
  tags      text[] NOT NULL
);
CREATE INDEX units_area ON units (area_code) WHERE area_code <> '';
CREATE INDEX units_tags ON units USING gin (tags);

CREATE TABLE categories (
  category_id     text PRIMARY KEY,
  parent_id       text NOT NULL,
  name            text NOT NULL,
  name_en         text NOT NULL,
  tags            text[] NOT NULL,
  default_unit_id text NOT NULL,
  script          text NOT NULL,
  sort            integer NOT NULL
);
CREATE TABLE lines (
  line         text PRIMARY KEY,
  name         text NOT NULL,
  name_en      text NOT NULL,
  mode         text NOT NULL,
  unit_id      text NOT NULL,
  expert_seats boolean NOT NULL
);

-- Nothing is overwritten (TKT-16): the service's role gives up the right, and a trigger stops whoever has it.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER caller_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON caller_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON history, caller_audit FROM CURRENT_USER;
