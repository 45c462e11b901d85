#include "libs/postgres/library_tables.h"

namespace hotline::postgres {
namespace {

constexpr std::string_view kEvents = R"sql(
-- Events in the transaction of the fact they tell. `xid` gives their order: row ids do not commit in order, transactions
-- that are all older than every open one do.
create table outbox (
  id        bigserial   primary key,
  xid       xid8        not null default pg_current_xact_id(),
  event_id  uuid        not null constraint outbox_event_id unique,
  type      text        not null,
  subject   text        not null,
  time      timestamptz not null,
  payload   bytea       not null,
  sequence  bigint      constraint outbox_sequence unique
);
create index outbox_unnumbered on outbox (xid, id) where sequence is null;

-- One row. Publication is a mark that moves on, not a column of every outbox row: half the writes.
create table outbox_state (
  only_one           boolean primary key default true check (only_one),
  last_sequence      bigint  not null default 0,
  published_sequence bigint  not null default 0
);
insert into outbox_state default values;

-- How far each consumer of this service has applied each source.
create table consumer_offsets (
  consumer   text        not null,
  source     text        not null,
  sequence   bigint      not null,
  updated_at timestamptz not null default now(),
  primary key (consumer, source)
);

create table leases (
  name       text        primary key,
  holder     text        not null,
  epoch      bigint      not null,
  expires_at timestamptz not null
);
)sql";

constexpr std::string_view kNumbers = R"sql(
-- Numbers in a narrow table of their own: numbering an event in place wrote its row and all its indexes a second time.
-- Numbered is what lies, by (xid, id), up to the mark in outbox_state: with all transactions below an xid over, no row can
-- appear below it any more.
create table outbox_numbers (
  sequence bigint primary key,
  id       bigint not null
);
insert into outbox_numbers (sequence, id) select sequence, id from outbox where sequence is not null order by sequence;

alter table outbox_state
  add column numbered_xid xid8   not null default '0',
  add column numbered_id  bigint not null default 0,
  add column cluster      bigint;  -- whose transaction ids they are
update outbox_state set cluster = system_identifier from pg_control_system();
update outbox_state set (numbered_xid, numbered_id) = (select xid, id from outbox where sequence is not null order by xid desc, id desc limit 1)
where exists (select from outbox where sequence is not null);

drop index outbox_unnumbered;
alter table outbox drop column sequence;
create index outbox_order on outbox (xid, id);
)sql";

}  // namespace

const std::vector<LibraryMigration>& LibraryMigrations() {
  static const std::vector<LibraryMigration> migrations = {{1, "events", kEvents}, {2, "outbox_numbers", kNumbers}};
  return migrations;
}

}  // namespace hotline::postgres
