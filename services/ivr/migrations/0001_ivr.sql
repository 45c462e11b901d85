-- Flows in versions, and counts of polls (IVR-7, IVR-8).
create table flows (
  flow_id text primary key,
  name text not null,
  draft text not null,
  draft_version bigint not null,        -- the etag
  published_version integer not null,   -- 0: never published
  publish_time timestamptz
);
create table flow_versions (
  flow_id text not null references flows,
  version integer not null,
  definition text not null,
  publish_time timestamptz not null,
  primary key (flow_id, version)
);
-- One answer of one call; a repeated answer of the same call replaces the earlier one.
create table poll_answers (
  poll_id text not null,
  question_id text not null,
  call_id text not null,
  answer text not null,
  time timestamptz not null,
  primary key (poll_id, question_id, call_id)
);
