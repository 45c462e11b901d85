-- Queues as administrators define them. Who waits in them is in memory only and comes back from ivr.
create table queues (
  queue_id        text     primary key,
  version         bigint   not null,   -- the etag
  name            text     not null,
  name_en         text     not null,
  queue_group     text     not null,
  required_skills text[]   not null,
  minimum_level   bigint   not null,
  strategy        bigint   not null,   -- as in the contract: 1 longest idle, 2 skill level, 3 least occupied, 4 round robin
  priority        bigint   not null,
  ring_seconds    bigint   not null,
  capacity        bigint   not null,
  target_seconds  bigint   not null,
  ring_after      bigint[] not null,
  ring_level      bigint[] not null
);
