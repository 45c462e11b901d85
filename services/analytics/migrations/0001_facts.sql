-- Facts from the events of other services, one row each, kept by upsert so that redelivery is harmless. No personal data.
-- The views bi_* are what BI tools read; publish_bi() shows them in the schema `bi` where an administrator has made one.

create table calls (
  call_id      text        primary key,
  direction    text        not null,
  line         text        not null default '',
  trunk_id     text        not null default '',
  queue_id     text        not null default '',
  agent_id     text        not null default '',
  ticket_id    text        not null default '',
  outcome      text        not null default '',  -- empty while it runs
  end_reason   text        not null default '',
  offered_at   timestamptz not null,
  enqueued_at  timestamptz,
  connected_at timestamptz,
  ended_at     timestamptz,
  wait_ms      bigint      not null default 0,
  talk_ms      bigint      not null default 0
);
create index calls_offered on calls (offered_at);
create index calls_running on calls (offered_at) where ended_at is null;

create table tickets (
  ticket_id        text        primary key,
  history_sequence bigint      not null,  -- of the newest event applied
  type             text        not null,
  state            text        not null,
  urgency          text        not null,
  channel          text        not null,
  category_id      text        not null,
  area_code        text        not null,
  unit_id          text        not null,
  unit_path        text        not null,
  line             text        not null,
  call_id          text        not null,
  created_by       text        not null default '',
  rework_count     integer     not null,
  created_at       timestamptz not null
);
create index tickets_created on tickets (created_at);
create index tickets_open on tickets (unit_id) where state not in ('closed', 'archived', 'refused');

create table ticket_steps (
  event_id         uuid        primary key,
  ticket_id        text        not null,
  history_sequence bigint      not null,
  kind             text        not null,
  at               timestamptz not null,
  unit_id          text        not null,
  unit_path        text        not null,
  actor_id         text        not null,
  accepted         boolean,  -- of decisions and reviews
  reached          boolean,  -- of callbacks, like the next two
  solved           boolean,
  satisfaction     text        not null default ''
);
create index ticket_steps_at on ticket_steps (at);
create index ticket_steps_ticket on ticket_steps (ticket_id);

create table clocks (
  clock_id    text        primary key,
  version     bigint      not null,
  ticket_id   text        not null,
  step        text        not null,
  unit_id     text        not null,
  light       text        not null,
  paused      boolean     not null,
  is_window   boolean     not null,  -- of a right, not of a duty: never late
  started_at  timestamptz not null,
  due_at      timestamptz,           -- null while paused
  stopped_at  timestamptz,           -- null while it runs
  stop_reason text        not null default '',
  on_time     boolean,
  elapsed_working_seconds bigint
);
create index clocks_stopped on clocks (stopped_at) where stopped_at is not null;
create index clocks_running on clocks (ticket_id) where stopped_at is null;

create table ratings (
  call_id  text        primary key,
  agent_id text        not null,
  score    integer     not null,  -- 1 very satisfied to 5 very dissatisfied
  at       timestamptz not null
);
create index ratings_at on ratings (at);

create table messages (
  recording_id text        primary key,
  call_id      text        not null,
  purpose      text        not null,
  duration_ms  bigint      not null,
  at           timestamptz not null
);
create index messages_at on messages (at);

-- A stretch of time that an agent spent in one state; written when it is over.
create table agent_states (
  event_id    uuid        primary key,
  agent_id    text        not null,
  state       text        not null,
  duration_ms bigint      not null,
  ended_at    timestamptz not null
);
create index agent_states_ended on agent_states (ended_at);

create table units (
  unit_id   text    primary key,
  sequence  bigint  not null,  -- of the newest event applied
  parent_id text    not null,
  path      text    not null,
  name      text    not null,
  active    boolean not null,
  level     integer not null,
  area_code text    not null
);

create view bi_calls as
  select call_id, direction, line, trunk_id, queue_id, agent_id, ticket_id, outcome, end_reason, offered_at, enqueued_at,
         connected_at, ended_at, wait_ms, talk_ms
    from calls;
create view bi_units as select unit_id, parent_id, path, name, active, level, area_code from units;
create view bi_tickets as
  select t.ticket_id, t.type, t.state, t.urgency, t.channel, t.category_id, t.area_code, t.unit_id, u.name as unit_name,
         coalesce(u.path, t.unit_path) as unit_path, t.line, t.call_id, t.created_by, t.rework_count, t.created_at
    from tickets t left join units u on u.unit_id = t.unit_id;
create view bi_ticket_steps as
  select event_id, ticket_id, history_sequence, kind, at, unit_id, actor_id, accepted, reached, solved, satisfaction
    from ticket_steps;
create view bi_clocks as
  select clock_id, ticket_id, step, unit_id, light, paused, is_window, started_at, due_at, stopped_at, stop_reason, on_time,
         elapsed_working_seconds
    from clocks;
create view bi_ratings as select call_id, agent_id, score, at from ratings;
create view bi_messages as select recording_id, call_id, purpose, duration_ms, at from messages;
create view bi_agent_states as select agent_id, state, duration_ms, ended_at from agent_states;

-- True if the views are shown in `bi`; false if there is no such schema that this role may write to.
create function publish_bi() returns boolean language plpgsql as $$
declare
  view_name text;
begin
  if not coalesce(has_schema_privilege(to_regnamespace('bi')::oid, 'create'), false) then
    return false;
  end if;
  foreach view_name in array array['calls', 'units', 'tickets', 'ticket_steps', 'clocks', 'ratings', 'messages', 'agent_states'] loop
    execute format('create or replace view bi.%I as select * from %I.%I', view_name, current_schema(), 'bi_' || view_name);
  end loop;
  return true;
end
$$;
