-- Calls that are over (TEL-3), their legs, recordings (TEL-4), and which facts of the spool have been applied.
create table calls (
  call_id           uuid        primary key,
  direction         text        not null,
  trunk_id          text        not null,
  caller_number     text        not null,
  called_number     text        not null,
  start_time        timestamptz not null,
  answer_time       timestamptz,
  enqueue_time      timestamptz,
  agent_answer_time timestamptz,
  end_time          timestamptz not null,
  queue_id          text        not null,
  agent_id          text        not null,
  end_reason        text        not null,
  sip_code          bigint      not null,
  outcome           text        not null,
  wait_ms           bigint      not null,
  talk_ms           bigint      not null,
  billable_ms       bigint      not null,
  ticket_id         text        not null,
  sip_call_id       text        not null
);
create index calls_by_start on calls (start_time desc, call_id desc);
create index calls_by_agent on calls (agent_id, start_time desc, call_id desc);
create index calls_by_caller on calls (caller_number, start_time desc);
create index calls_by_called on calls (called_number, start_time desc) where direction = 'outbound';

create table legs (
  leg_id       uuid        primary key,
  call_id      uuid        not null references calls,
  position     bigint      not null,
  kind         text        not null,
  agent_id     text        not null,
  start_time   timestamptz not null,
  answer_time  timestamptz,
  end_time     timestamptz,
  end_reason   text        not null,
  packets_in   bigint      not null,
  packets_out  bigint      not null,
  packets_lost bigint      not null,
  jitter_ms    bigint      not null
);
create index legs_by_call on legs (call_id, position);

-- A recording may be here before its call, whose record is written at the end.
create table recordings (
  recording_id uuid             primary key,
  call_id      uuid             not null,
  agent_id     text             not null,   -- who talked; empty for a caller's message
  kind         text             not null,
  purpose      text             not null,
  start_time   timestamptz      not null,
  duration_ms  bigint           not null,
  size_bytes   bigint           not null,
  digest       text             not null,
  level_left   double precision not null,
  level_right  double precision not null,
  path         text             not null    -- relative to the directory of recordings
);
create index recordings_by_call on recordings (call_id, start_time);

create table applied_facts (
  fact_id    uuid        primary key,
  apply_time timestamptz not null
);
create index applied_facts_by_time on applied_facts (apply_time);
