-- Files of tickets: their bytes lie encrypted outside the database (attachments_dir), here is what they are. Names may tell
-- who somebody is, so they are sealed with the ticket's key like the bytes.
CREATE TABLE attachments (
  attachment_id    uuid PRIMARY KEY,
  ticket_id        uuid NOT NULL REFERENCES tickets,
  request_id       text UNIQUE,            -- null: none
  name_sealed      bytea NOT NULL,
  media_type       text NOT NULL,
  size             bigint NOT NULL,
  sha256           text NOT NULL,
  stored_as        text NOT NULL,          -- below attachments_dir
  from_caller      boolean NOT NULL,
  released         boolean NOT NULL DEFAULT false,
  scan             smallint NOT NULL,      -- 1 pending, 2 clean, 3 infected, 4 skipped
  scan_after       timestamptz NOT NULL DEFAULT '-infinity',  -- a pending one is not tried again before this
  used             boolean NOT NULL DEFAULT false,
  uploaded_by      text NOT NULL,
  uploader_unit_id text NOT NULL,
  create_time      timestamptz NOT NULL,
  delete_time      timestamptz             -- taken back: the bytes are gone
);
CREATE INDEX attachments_ticket ON attachments (ticket_id, attachment_id);
CREATE INDEX attachments_pending ON attachments (scan_after) WHERE scan = 1 AND delete_time IS NULL;

-- Who did what with a file: uploaded, read, released, taken back, found infected (PLT-5).
CREATE TABLE file_audit (
  audit_id      uuid PRIMARY KEY,
  file_id       uuid NOT NULL,
  ticket_id     uuid NOT NULL REFERENCES tickets,
  actor_id      text NOT NULL,
  actor_unit_id text NOT NULL,
  action        text NOT NULL,
  note          text NOT NULL,
  time          timestamptz NOT NULL
);
CREATE INDEX file_audit_file ON file_audit (file_id, actor_id, time);
CREATE TRIGGER file_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON file_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON file_audit FROM CURRENT_USER;

-- How documents look, in versions; the newest is used.
CREATE TABLE document_templates (
  template_id text NOT NULL,
  version     bigint NOT NULL,
  body        text NOT NULL,               -- JSON, as checked
  updated_by  text NOT NULL,
  update_time timestamptz NOT NULL,
  PRIMARY KEY (template_id, version)
);

-- The last number of each template and year; taken in the transaction that keeps the document, so that none is missing.
CREATE TABLE document_numbers (
  template_id text NOT NULL,
  year        integer NOT NULL,
  last        integer NOT NULL,
  PRIMARY KEY (template_id, year)
);

CREATE TABLE documents (
  document_id      uuid PRIMARY KEY,
  ticket_id        uuid NOT NULL REFERENCES tickets,
  request_id       text UNIQUE,
  template_id      text NOT NULL,
  template_version bigint NOT NULL,
  number           text NOT NULL,          -- as printed
  year             integer NOT NULL,
  sequence         integer NOT NULL,
  title            text NOT NULL,          -- of the template: what kind of document it is
  pages            integer NOT NULL,
  size             bigint NOT NULL,
  sha256           text NOT NULL,
  stored_as        text NOT NULL,
  shows_caller     boolean NOT NULL,       -- holds the caller's data unmasked
  created_by       text NOT NULL,
  create_time      timestamptz NOT NULL,
  UNIQUE (template_id, year, sequence),
  FOREIGN KEY (template_id, template_version) REFERENCES document_templates (template_id, version)
);
CREATE INDEX documents_ticket ON documents (ticket_id, document_id);
