-- Ladders as data (SLA-8), versions of the calendar, and what the supervision desk asks for.

-- A ladder was a list of names of which only the first was ever told: it stays at once, and each following rung waits a
-- working day longer than the one above it.
update policies set body = jsonb_set(body, '{ladder}', (
  select jsonb_agg(
    case when n = 1 then jsonb_build_object('measure', measure, 'addressees', jsonb_build_array('unit', 'unit_head'))
         else jsonb_build_object('measure', measure, 'addressees', jsonb_build_array('unit', 'unit_head', 'supervision'),
           'after', jsonb_build_object('kind', 'LIMIT_KIND_WORKING', 'amount', n - 1, 'unit', 'LIMIT_UNIT_DAY', 'sameTime', true))
    end order by n)
  from jsonb_array_elements_text(body -> 'ladder') with ordinality as old (measure, n)))
where jsonb_typeof(body -> 'ladder' -> 0) = 'string';

-- A version that was made to move the clocks that were open then.
alter table policies add column applies_to_open boolean not null default false;

-- Every version of the calendar: its hours, and the days that changed with it.
create table calendar_versions (
  version    bigint      primary key,
  hours      text        not null,  -- the contract's Calendar as JSON: zone, weekly, make_up; empty: not known yet
  created_at timestamptz not null,
  created_by text        not null
);
create table calendar_changes (
  day     date     not null,
  version bigint   not null references calendar_versions,
  kind    smallint not null check (kind in (0, 1)),  -- 0 off, 1 work
  name    text     not null,
  primary key (day, version)
);
insert into calendar_versions select version, '', now(), '' from calendar;
insert into calendar_changes select day, (select version from calendar), kind, name from calendar_days;
drop table calendar_days;

alter table clocks
  add column area_code text        not null default '',
  add column level     integer     not null default 0,
  add column next_rung timestamptz;  -- while over the limit: when the next rung is due; null: none
-- Clocks that are over their limit begin to climb now.
update clocks set next_rung = due_time, next_fire = due_time where state = 1 and light = 3 and not is_window;

-- The queue of clocks to recompute: those of a policy's version that were computed with an older calendar, in an order that
-- never passes the same row twice.
drop index clocks_stale;
create index clocks_rules on clocks (policy_id, policy_version, calendar_version, clock_id) where state <> 3;

-- Rows are written some six times in their life and read by where they stand: dead ones must not pile up in front.
alter table clocks set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
