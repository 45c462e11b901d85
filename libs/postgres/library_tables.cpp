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

}  // namespace

const std::vector<LibraryMigration>& LibraryMigrations() {
  static const std::vector<LibraryMigration> migrations = {{1, "events", kEvents}};
  return migrations;
}

}  // namespace hotline::postgres
