-- Each agent's last known state: what a restart begins from. Telephony confirms lines and calls afterwards.
create table agents (
  agent_id             text        primary key,
  version              bigint      not null,
  state                text        not null check (state in ('SIGNED_OUT', 'NOT_READY', 'READY', 'RESERVED', 'TALKING', 'WRAP_UP')),
  reason               text        not null,
  state_time           timestamptz not null,
  idle_since           timestamptz not null,
  contact_id           text        not null,
  reservation_id       text        not null,
  ended_reservation_id text        not null,
  outbound             boolean     not null,
  next_state           text,
  next_reason          text,
  resume_state         text,
  resume_reason        text,
  line_owner           text        not null,
  wrap_up_end          timestamptz not null,
  -- The profile; no skills, no group and so on while has_profile is false.
  has_profile          boolean     not null,
  skill_names          text[]      not null,
  skill_levels         bigint[]    not null,
  queue_group          text        not null,
  wrap_up_seconds      bigint      not null,
  display_name         text        not null,
  employee_number      text        not null
);

-- The newest epoch of each acd seen: a former active acd must not reserve after a restart of ours.
create table group_epochs (
  queue_group text   primary key,
  epoch       bigint not null
);

-- States that a team lead forced, with who and why (TEL-6).
create table forced_changes (
  id        bigserial   primary key,
  agent_id  text        not null,
  state     text        not null,
  forced_by text        not null,
  reason    text        not null,
  time      timestamptz not null
);
create index forced_changes_agent on forced_changes (agent_id, time);
