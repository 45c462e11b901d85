#include "libs/postgres/outbox.h"

#include <absl/strings/str_cat.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libs/base/error.h"
#include "libs/postgres/error.h"
#include "libs/postgres/lease.h"

namespace hotline::postgres {
namespace {

using hotline::events::v1::Event;

absl::Status Invalid(std::string_view field) {
  return internal::MakeError(absl::StatusCode::kInvalidArgument, "EVENT_INVALID",
                             absl::StrCat("event.", std::string(field), " is missing or not allowed"));
}

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Status CheckNew(const Event& event) {
  if (event.id().empty()) return Invalid("id");
  if (event.source().empty()) return Invalid("source");
  if (event.type().empty()) return Invalid("type");
  if (!event.has_time()) return Invalid("time");
  if (event.sequence() != 0) return Invalid("sequence");
  return absl::OkStatus();
}

// The next rows whose transactions are older than every open one.
constexpr std::string_view kNumber = R"sql(
    with batch as (
      select id, xid, row_number() over (order by xid, id) as n
      from (select id, xid from outbox
            where (xid, id) > ((select numbered_xid from outbox_state), (select numbered_id from outbox_state))
              and xid < pg_snapshot_xmin(pg_current_snapshot())
            order by xid, id limit $1) as settled),
    numbers as (insert into outbox_numbers (sequence, id) select (select last_sequence from outbox_state) + n, id from batch)
    update outbox_state set last_sequence = outbox_state.last_sequence + n, numbered_xid = xid, numbered_id = id
    from (select xid, id, n from batch order by n desc limit 1) as last
    returning n as count)sql";

// What is there and settled is numbered, and all that has a number goes below every transaction id of this cluster.
constexpr std::string_view kAdopt = R"sql(
    with restored as (
      select o.id, row_number() over (order by o.xid, o.id) as n from outbox o
      where not exists (select from outbox_numbers where outbox_numbers.id = o.id)
        and (o.xid < pg_snapshot_xmin(pg_current_snapshot()) or o.xid >= pg_snapshot_xmax(pg_current_snapshot()))),
    numbers as (insert into outbox_numbers (sequence, id) select last_sequence + n, id from restored, outbox_state),
    below as (update outbox set xid = '0' where id in (select id from outbox_numbers union all select id from restored)),
    counted as (select count(*) as n from restored)
    update outbox_state set last_sequence = last_sequence + n, numbered_xid = '0', numbered_id = 9223372036854775807, cluster = system_identifier
    from counted, pg_control_system() returning n as count)sql";

// By their numbers, each event fetched by its id: whatever the planner believes of the tables' sizes.
constexpr char kNumbered[] =
    "outbox_numbers n cross join lateral (select * from outbox where outbox.id = n.id offset 0) as o";

absl::StatusOr<Assigned> Look(Transaction& tx) {
  // The order makes the planner take the index; for a mere "exists" it reads the whole table, in the hope of an early find.
  const auto rows = tx.Query(R"sql(
      select last_sequence,
             (select id from outbox where (xid, id) > (numbered_xid, numbered_id) order by xid, id limit 1) is not null as any_left
      from outbox_state)sql");
  if (!rows.ok()) return rows.status();
  return Assigned{.waiting = (*rows)[0].Get<bool>("any_left"), .last_sequence = (*rows)[0].Get<int64_t>("last_sequence")};
}

}  // namespace

absl::Status Outbox::Append(Transaction& tx, const Event& event) {
  if (absl::Status status = CheckNew(event); !status.ok()) return status;
  std::string payload = event.SerializeAsString();
  if (payload.size() > kOutboxMaxEventBytes) return Invalid("data");
  tx.NotifyOutboxOnCommit();
  return tx.Later("insert into outbox (event_id, type, subject, time, payload) values ($1, $2, $3, $4, $5)",
                  {event.id(), event.type(), event.subject(), ToTime(event.time()), Bytes{std::move(payload)}});
}

absl::Status Outbox::AppendAll(Transaction& tx, const std::vector<Event>& events) {
  if (events.empty()) return absl::OkStatus();
  if (events.size() == 1) return Append(tx, events[0]);  // the plain statement costs the server less
  std::vector<std::string> ids, types, subjects;
  std::vector<int64_t> micros, ends;
  Bytes payloads;  // One after the other: an array of bytes would travel as text.
  for (const Event& event : events) {
    if (absl::Status status = CheckNew(event); !status.ok()) return status;
    const size_t before = payloads.value.size();
    event.AppendToString(&payloads.value);
    if (payloads.value.size() - before > kOutboxMaxEventBytes) return Invalid("data");
    ids.push_back(event.id());
    types.push_back(event.type());
    subjects.push_back(event.subject());
    micros.push_back(absl::ToUnixMicros(ToTime(event.time())));
    ends.push_back(static_cast<int64_t>(payloads.value.size()));
  }
  tx.NotifyOutboxOnCommit();
  return tx.Later(R"sql(
      insert into outbox (event_id, type, subject, time, payload)
      select id::uuid, type, subject, timestamptz 'epoch' + micros * interval '1 microsecond',
             substring($6::bytea from (lag(stop, 1, 0::bigint) over (order by place) + 1)::int
                       for (stop - lag(stop, 1, 0::bigint) over (order by place))::int)
      from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) with ordinality
        as given (id, type, subject, micros, stop, place)
      order by place)sql",
                  {ids, types, subjects, micros, ends, std::move(payloads)});
}

absl::StatusOr<Assigned> Outbox::Assign(Transaction& tx, std::string_view lease, std::string_view holder, int64_t epoch,
                                        int limit) {
  // Most looks find nothing; they must not cost a transaction id or a lock.
  HOTLINE_ASSIGN_OR_RETURN(Assigned assigned, Look(tx));
  if (!assigned.waiting) return assigned;
  if (absl::Status status = CheckLease(tx, lease, holder, epoch); !status.ok()) return status;
  const auto numbered = tx.Query(kNumber, {limit});
  if (!numbered.ok()) return numbered.status();
  HOTLINE_ASSIGN_OR_RETURN(assigned, Look(tx));
  assigned.count = numbered->empty() ? 0 : static_cast<int>((*numbered)[0].Get<int64_t>("count"));
  return assigned;
}

absl::StatusOr<int64_t> Outbox::Adopt(Transaction& tx, std::string_view lease, std::string_view holder, int64_t epoch) {
  const auto look = tx.Query("select cluster is distinct from system_identifier as foreign from outbox_state, pg_control_system()");
  if (!look.ok()) return look.status();
  if (!(*look)[0].Get<bool>("foreign")) return 0;
  if (absl::Status status = CheckLease(tx, lease, holder, epoch); !status.ok()) return status;
  const auto adopted = tx.Query(kAdopt);
  if (!adopted.ok()) return adopted.status();
  return (*adopted)[0].Get<int64_t>("count");
}

absl::Status Outbox::SkipTo(Transaction& tx, int64_t sequence) {
  return tx.Execute("update outbox_state set last_sequence = $1 where last_sequence < $1", {sequence}).status();
}

absl::StatusOr<OutboxState> Outbox::State(Pool& pool) {
  const auto rows = pool.Read("select last_sequence, published_sequence from outbox_state");
  if (!rows.ok()) return rows.status();
  return OutboxState{(*rows)[0].Get<int64_t>("last_sequence"), (*rows)[0].Get<int64_t>("published_sequence")};
}

absl::StatusOr<std::vector<Event>> Outbox::ReadAfter(Pool& pool, int64_t sequence, int limit) {
  const auto rows = pool.Read(absl::StrCat("select n.sequence, o.payload from ", kNumbered, " where n.sequence > $1 order by n.sequence limit $2"),
                              {sequence, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Event> events;
  events.reserve(rows->size());
  for (const Row row : *rows) {
    Event& event = events.emplace_back();
    if (!event.ParseFromString(row.Get<Bytes>("payload").value)) {
      return internal::MakeError(absl::StatusCode::kDataLoss, "EVENT_UNREADABLE", "an outbox row is not a readable event");
    }
    event.set_sequence(row.Get<int64_t>("sequence"));
  }
  return events;
}

absl::StatusOr<OutboxSubjects> Outbox::SubjectsAfter(Transaction& tx, int64_t sequence, int limit) {
  const auto rows = tx.Query(absl::StrCat("select coalesce(min(sequence), 0) as first, coalesce(max(sequence), 0) as last, array_agg(distinct subject) as subjects"
                                          " from (select n.sequence, o.subject from ", kNumbered, " where n.sequence > $1 order by n.sequence limit $2) as next"),
                             {sequence, limit});
  if (!rows.ok()) return rows.status();
  const Row row = (*rows)[0];
  if (row.IsNull("subjects")) return OutboxSubjects{{}, sequence, false};
  return OutboxSubjects{row.Get<std::vector<std::string>>("subjects"), row.Get<int64_t>("last"), row.Get<int64_t>("first") != sequence + 1};
}

absl::StatusOr<int64_t> Outbox::LastSequence(Transaction& tx) {
  const auto rows = tx.Query("select last_sequence from outbox_state");
  if (!rows.ok()) return rows.status();
  return (*rows)[0].Get<int64_t>("last_sequence");
}

absl::Status Outbox::MarkPublished(Pool& pool, int64_t sequence) {
  return RunTransaction(
      pool,
      [&](Transaction& tx) -> absl::Status {
        // Losing the mark in a crash costs nothing: it is worked out anew from the stream.
        if (const auto set = tx.Query("set local synchronous_commit = off"); !set.ok()) return set.status();
        return tx.Execute("update outbox_state set published_sequence = $1 where published_sequence < $1", {sequence})
            .status();
      },
      {.idempotent = true});
}

absl::StatusOr<int64_t> Outbox::DeleteOld(Pool& pool, absl::Duration retention, int limit) {
  return RunTransaction(
      pool,
      [&](Transaction& tx) {
        return tx.Execute(R"sql(
            with oldest as (
              select n.sequence, n.id from
                (select sequence, id from outbox_numbers where sequence <= (select published_sequence from outbox_state) order by sequence limit $2) as n
                left join lateral (select id, time from outbox where outbox.id = n.id offset 0) as o on true
              where o.id is null or o.time < now() - $1 * interval '1 second'),
            events as (delete from outbox where id = any (array(select id from oldest)))
            delete from outbox_numbers where sequence = any (array(select sequence from oldest)))sql",
                          {absl::ToInt64Seconds(retention), limit});
      },
      {.idempotent = true});
}

absl::StatusOr<absl::Duration> Outbox::Lag(Pool& pool) {
  const auto rows = pool.Read(absl::StrCat(R"sql(
      select coalesce(extract(epoch from now() - min(time)), 0)::float8 as seconds from (
        (select time from outbox where (xid, id) > ((select numbered_xid from outbox_state), (select numbered_id from outbox_state)) order by xid, id limit 1)
        union all (select o.time from )sql", kNumbered, R"sql( where n.sequence > (select published_sequence from outbox_state) order by n.sequence limit 1)
      ) as waiting)sql"));
  if (!rows.ok()) return rows.status();
  return absl::Seconds(std::max(0.0, (*rows)[0].Get<double>("seconds")));
}

absl::StatusOr<int64_t> ConsumerOffsets::Get(Pool& pool, std::string_view consumer, std::string_view source) {
  const auto rows =
      pool.Read("select sequence from consumer_offsets where consumer = $1 and source = $2", {consumer, source});
  if (!rows.ok()) return rows.status();
  return rows->empty() ? 0 : (*rows)[0].Get<int64_t>("sequence");
}

absl::Status ConsumerOffsets::Advance(Transaction& tx, std::string_view consumer, std::string_view source, int64_t from,
                                      int64_t to) {
  const auto moved =
      from == 0 ? tx.Execute(R"sql(
          insert into consumer_offsets as o (consumer, source, sequence) values ($1, $2, $3)
          on conflict (consumer, source) do update set sequence = excluded.sequence, updated_at = now()
          where o.sequence = 0)sql",
                             {consumer, source, to})
                : tx.Execute("update consumer_offsets set sequence = $3, updated_at = now()"
                             " where consumer = $1 and source = $2 and sequence = $4",
                             {consumer, source, to, from});
  if (!moved.ok()) return moved.status();
  if (*moved == 1) return absl::OkStatus();
  return internal::MakeError(absl::StatusCode::kAborted, kReasonOffsetMoved, "another replica has moved the offset");
}

// --- OutboxSignal ---------------------------------------------------------------------------------------------------

OutboxSignal::OutboxSignal(ConnectionOptions options)
    : options_(std::move(options)),
      channel_("hotline_outbox_" + options_.schema),
      event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

OutboxSignal::~OutboxSignal() { close(event_fd_); }

void OutboxSignal::Wake() {
  // Fails only when the counter is full, which means awake.
  [[maybe_unused]] const int done = eventfd_write(event_fd_, 1);
}

absl::Status OutboxSignal::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  auto opened = Connection::Open(options_);
  if (!opened.ok()) return opened.status();
  const auto quoted = (*opened)->Query("select format('listen %I', $1::text) as sql", {channel_});
  if (!quoted.ok()) return quoted.status();
  if (absl::Status status = (*opened)->ExecuteScript((*quoted)[0].Get<std::string>("sql")); !status.ok()) return status;
  connection_ = *std::move(opened);
  return absl::OkStatus();
}

absl::StatusOr<OutboxSignal::Woken> OutboxSignal::Wait(absl::Duration timeout) {
  if (absl::Status status = Connect(); !status.ok()) return status;
  const absl::StatusOr<bool> notified = connection_->WaitForNotification(timeout, event_fd_);
  if (!notified.ok()) {
    connection_.reset();
    return notified.status();
  }
  eventfd_t wakes = 0;
  const bool woken = eventfd_read(event_fd_, &wakes) == 0;
  return woken ? Woken::kByWake : *notified ? Woken::kByNotify : Woken::kByTime;
}

absl::Status OutboxSignal::Notify() {
  if (absl::Status status = Connect(); !status.ok()) return status;
  const auto sent = connection_->Query("select pg_notify($1, '')", {channel_});
  if (!sent.ok() && IsConnectionFailure(sent.status())) connection_.reset();
  return sent.status();
}

}  // namespace hotline::postgres
