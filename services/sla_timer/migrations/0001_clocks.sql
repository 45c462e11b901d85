-- Policies in versions, the calendar, and the clocks. Numbers are those of the contract's enums.

create table policies (
  policy_id  text        not null,
  version    bigint      not null check (version >= 1),
  body       jsonb       not null,  -- the contract's JSON without its output fields
  updated_at timestamptz not null,
  updated_by text        not null,
  primary key (policy_id, version)
);

create table calendar (
  one     boolean primary key default true check (one),
  version bigint  not null check (version >= 1)
);
insert into calendar (version) values (1);

create table calendar_days (
  day  date     primary key,
  kind smallint not null check (kind in (0, 1)),  -- 0 off, 1 work
  name text     not null
);

create table clocks (
  clock_id         uuid        primary key,
  ticket_id        text        not null,
  step             text        not null,
  policy_id        text        not null,
  policy_version   bigint      not null,
  type             smallint    not null,
  urgency          smallint    not null,
  channel          smallint    not null,
  category_id      text        not null,
  unit_id          text        not null,
  unit_path        text        not null,
  state            smallint    not null check (state between 1 and 3),
  light            smallint    not null check (light between 1 and 3),
  start_time       timestamptz not null,
  due_time         timestamptz not null,
  warn_time        timestamptz not null,
  stop_time        timestamptz,
  stop_reason      text        not null,
  working          boolean     not null,
  is_window        boolean     not null,
  basis            smallint    not null check (basis between 1 and 3),
  anchor           timestamptz not null,
  budget_us        bigint      not null,
  warn_lead_us     bigint      not null,
  extensions       integer     not null,
  provisional      boolean     not null,
  calendar_version bigint      not null,
  version          bigint      not null,
  next_fire        timestamptz,  -- null: nothing happens by itself
  foreign key (policy_id, policy_version) references policies
);

-- At most one clock of a step runs or is paused.
create unique index clocks_open on clocks (ticket_id, step) where state <> 3;
create index clocks_of_ticket on clocks (ticket_id, start_time);
create index clocks_next_fire on clocks (next_fire) where next_fire is not null;
create index clocks_due on clocks (due_time, clock_id) where state <> 3;
create index clocks_stale on clocks (calendar_version) where state <> 3;
