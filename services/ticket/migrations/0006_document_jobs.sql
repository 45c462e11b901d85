-- Documents that the ladder asked for and that are not made yet (SLA-8): written with the rung, taken by one replica at a time,
-- deleted once made. request_id is the rung's, as in `requests` and `documents`.
CREATE TABLE document_jobs (
  request_id  text PRIMARY KEY,
  ticket_id   uuid NOT NULL REFERENCES tickets,
  template_id text NOT NULL,
  addressees  text[] NOT NULL,
  due_time    timestamptz NOT NULL,   -- the limit that has passed
  tries       integer NOT NULL,
  next_time   timestamptz NOT NULL,   -- nobody takes it before
  create_time timestamptz NOT NULL
);
CREATE INDEX document_jobs_next ON document_jobs (next_time, request_id);
