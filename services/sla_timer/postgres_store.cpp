#include "services/sla_timer/postgres_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/error.h"
#include "libs/postgres/error.h"
#include "libs/postgres/outbox.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/events.h"

namespace hotline::sla_timer {
namespace {

using postgres::Params;
using postgres::Row;
using postgres::RunTransaction;
using postgres::Transaction;

constexpr char kSelectClock[] =
    "SELECT clock_id, ticket_id, step, policy_id, policy_version, type, urgency, channel, category_id, unit_id, unit_path, "
    "state, light, start_time, due_time, warn_time, stop_time, stop_reason, working, is_window, basis, anchor, budget_us, "
    "warn_lead_us, extensions, provisional, calendar_version, version FROM clocks ";

constexpr char kUpsertClock[] =
    "INSERT INTO clocks (clock_id, ticket_id, step, policy_id, policy_version, type, urgency, channel, category_id, unit_id, "
    "unit_path, state, light, start_time, due_time, warn_time, stop_time, stop_reason, working, is_window, basis, anchor, "
    "budget_us, warn_lead_us, extensions, provisional, calendar_version, version, next_fire) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
    "$25, $26, $27, $28, $29) "
    "ON CONFLICT (clock_id) DO UPDATE SET type = excluded.type, urgency = excluded.urgency, channel = excluded.channel, "
    "category_id = excluded.category_id, unit_id = excluded.unit_id, unit_path = excluded.unit_path, state = excluded.state, "
    "light = excluded.light, due_time = excluded.due_time, warn_time = excluded.warn_time, stop_time = excluded.stop_time, "
    "stop_reason = excluded.stop_reason, working = excluded.working, basis = excluded.basis, anchor = excluded.anchor, "
    "budget_us = excluded.budget_us, warn_lead_us = excluded.warn_lead_us, extensions = excluded.extensions, "
    "provisional = excluded.provisional, calendar_version = excluded.calendar_version, version = excluded.version, "
    "next_fire = excluded.next_fire";

Clock ClockOf(const Row& row) {
  Clock clock;
  clock.clock_id = row.Get<std::string>("clock_id");
  clock.ticket_id = row.Get<std::string>("ticket_id");
  clock.step = row.Get<std::string>("step");
  clock.policy_id = row.Get<std::string>("policy_id");
  clock.policy_version = row.Get<int64_t>("policy_version");
  clock.ticket = {row.Get<int32_t>("type"), row.Get<int32_t>("urgency"), row.Get<int32_t>("channel"),
                  row.Get<std::string>("category_id")};
  clock.unit_id = row.Get<std::string>("unit_id");
  clock.unit_path = row.Get<std::string>("unit_path");
  clock.state = static_cast<ClockState>(row.Get<int32_t>("state"));
  clock.light = static_cast<Light>(row.Get<int32_t>("light"));
  clock.start_time = row.Get<absl::Time>("start_time");
  clock.due_time = row.Get<absl::Time>("due_time");
  clock.warn_time = row.Get<absl::Time>("warn_time");
  clock.stop_time = row.Get<std::optional<absl::Time>>("stop_time");
  clock.stop_reason = row.Get<std::string>("stop_reason");
  clock.working = row.Get<bool>("working");
  clock.window = row.Get<bool>("is_window");
  clock.basis = static_cast<Basis>(row.Get<int32_t>("basis"));
  clock.anchor = row.Get<absl::Time>("anchor");
  clock.budget = absl::Microseconds(row.Get<int64_t>("budget_us"));
  clock.warn_lead = absl::Microseconds(row.Get<int64_t>("warn_lead_us"));
  clock.extensions = row.Get<int32_t>("extensions");
  clock.provisional = row.Get<bool>("provisional");
  clock.calendar_version = row.Get<int64_t>("calendar_version");
  clock.version = row.Get<int64_t>("version");
  return clock;
}

absl::Status Write(Transaction& tx, const Clock& clock) {
  const absl::Time fire = NextFire(clock);
  const std::optional<absl::Time> next_fire = fire == absl::InfiniteFuture() ? std::nullopt : std::optional(fire);
  return tx
      .Execute(kUpsertClock,
               {clock.clock_id, clock.ticket_id, clock.step, clock.policy_id, clock.policy_version, clock.ticket.type,
                clock.ticket.urgency, clock.ticket.channel, clock.ticket.category_id, clock.unit_id, clock.unit_path,
                static_cast<int>(clock.state), static_cast<int>(clock.light), clock.start_time, clock.due_time,
                clock.warn_time, clock.stop_time, clock.stop_reason, clock.working, clock.window,
                static_cast<int>(clock.basis), clock.anchor, absl::ToInt64Microseconds(clock.budget),
                absl::ToInt64Microseconds(clock.warn_lead), clock.extensions, clock.provisional, clock.calendar_version,
                clock.version, next_fire})
      .status();
}

PolicyRecord PolicyOf(const Row& row) {
  return {row.Get<std::string>("policy_id"), row.Get<int64_t>("version"), row.Get<std::string>("body"),
          row.Get<absl::Time>("updated_at"), row.Get<std::string>("updated_by")};
}

absl::StatusOr<CalendarRecord> ReadCalendar(Transaction& tx) {
  CalendarRecord record;
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result version, tx.Query("SELECT version FROM calendar"));
  record.version = version[0].Get<int64_t>("version");
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, tx.Query("SELECT day, kind, name FROM calendar_days ORDER BY day"));
  for (const Row row : rows) {
    record.days.push_back({row.Get<absl::CivilDay>("day"), static_cast<calendar::DayKind>(row.Get<int32_t>("kind")),
                           row.Get<std::string>("name")});
  }
  return record;
}

}  // namespace

absl::Status PostgresStore::Keep(Transaction& tx, const std::vector<Change>& changes, absl::Time now) {
  std::map<std::string, const Clock*> last;  // Several changes of one clock are one row.
  // A clock that stops must be written before the one that starts for the same step (clocks_open).
  std::vector<const Clock*> order;
  for (const Change& change : changes) {
    auto [it, fresh] = last.emplace(change.clock.clock_id, &change.clock);
    if (!fresh) std::replace(order.begin(), order.end(), it->second, &change.clock), it->second = &change.clock;
    else order.push_back(&change.clock);
  }
  for (const Clock* clock : order) HOTLINE_RETURN_IF_ERROR(Write(tx, *clock));
  for (const Change& change : changes) {
    const std::optional<events::v1::Event> event = ToEvent(change, now);
    if (event) HOTLINE_RETURN_IF_ERROR(postgres::Outbox::Append(tx, *event));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PolicyRecord>> PostgresStore::ListPolicies() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT DISTINCT ON (policy_id) policy_id, version, body, updated_at, updated_by "
                                      "FROM policies ORDER BY policy_id, version DESC"));
  std::vector<PolicyRecord> policies;
  for (const Row row : rows) policies.push_back(PolicyOf(row));
  return policies;
}

absl::StatusOr<PolicyRecord> PostgresStore::GetPolicy(const std::string& policy_id, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT policy_id, version, body, updated_at, updated_by FROM policies "
                                      "WHERE policy_id = $1 AND ($2 = 0 OR version = $2) ORDER BY version DESC LIMIT 1",
                                      {policy_id, version}));
  if (rows.empty()) return errors::PolicyNotFound(policy_id);
  return PolicyOf(rows[0]);
}

absl::StatusOr<PolicyRecord> PostgresStore::PutPolicy(const std::string& policy_id, const std::string& json, int64_t expected,
                                                      const std::string& user_id, absl::Time now) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<PolicyRecord> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("policies"));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result latest,
                             tx.Query("SELECT coalesce(max(version), 0) AS version FROM policies WHERE policy_id = $1", {policy_id}));
    if (latest[0].Get<int64_t>("version") != expected) return errors::EtagMismatch("policy", policy_id);
    if (expected == 0) {
      HOTLINE_ASSIGN_OR_RETURN(const postgres::Result count, tx.Query("SELECT count(DISTINCT policy_id) AS n FROM policies"));
      if (count[0].Get<int64_t>("n") >= kMaxPolicies) return errors::TooManyPolicies();
    }
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO policies (policy_id, version, body, updated_at, updated_by) "
                                       "VALUES ($1, $2, $3, $4, $5)",
                                       {policy_id, expected + 1, json, now, user_id})
                                .status());
    return PolicyRecord{policy_id, expected + 1, json, now, user_id};
  });
}

absl::StatusOr<CalendarRecord> PostgresStore::GetCalendar() {
  return RunTransaction(pool_, [](Transaction& tx) { return ReadCalendar(tx); },
                        {.isolation = postgres::Isolation::kRepeatableRead, .read_only = true});
}

absl::StatusOr<CalendarRecord> PostgresStore::ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<CalendarRecord> {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, tx.Query("SELECT version FROM calendar FOR UPDATE"));
    if (expected && rows[0].Get<int64_t>("version") != *expected) return errors::EtagMismatch("calendar", "calendar");
    for (const calendar::Day& day : days) {
      HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO calendar_days (day, kind, name) VALUES ($1, $2, $3) "
                                         "ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name = excluded.name",
                                         {day.date, static_cast<int>(day.kind), day.name})
                                  .status());
    }
    HOTLINE_RETURN_IF_ERROR(tx.Execute("UPDATE calendar SET version = version + 1").status());
    return ReadCalendar(tx);
  });
}

absl::StatusOr<std::vector<Clock>> PostgresStore::ListClocks(const ClockQuery& query) {
  std::string sql = kSelectClock;
  // Two texts, so that each is planned with its own index.
  sql += query.ticket_id.empty() ? "WHERE ($1 = '' AND state <> 3 AND $2 <> 3) " : "WHERE ticket_id = $1 ";
  if (query.state == ClockState::kStopped && query.ticket_id.empty()) sql = std::string(kSelectClock) + "WHERE $1 = '' ";
  sql +=
      "AND ($2 = 0 OR state = $2) AND ($3 = 0 OR light = $3) AND ($4 = '' OR (unit_path <> '' AND starts_with(unit_path, $4))) "
      "AND ($5 = '' OR (due_time, clock_id) > ($6, $5::text::uuid)) ORDER BY due_time, clock_id LIMIT $7";
  const std::string after_id = query.after ? query.after->second : "";
  const absl::Time after_time = query.after ? query.after->first : absl::UnixEpoch();
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result rows,
      pool_.Read(sql, {query.ticket_id, query.state ? static_cast<int>(*query.state) : 0,
                       query.light ? static_cast<int>(*query.light) : 0, query.unit_path.value_or(""), after_id, after_time,
                       query.limit}));
  std::vector<Clock> clocks;
  for (const Row row : rows) clocks.push_back(ClockOf(row));
  return clocks;
}

absl::StatusOr<Clock> PostgresStore::ChangeClock(const std::string& clock_id, std::optional<int64_t> expected, absl::Time now,
                                                 const DecideOne& decide) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Clock> {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query(std::string(kSelectClock) + "WHERE clock_id = $1 FOR UPDATE", {clock_id}));
    if (rows.empty()) return errors::ClockNotFound(clock_id);
    const Clock clock = ClockOf(rows[0]);
    if (expected && clock.version != *expected) return errors::EtagMismatch("clock", clock_id);
    HOTLINE_ASSIGN_OR_RETURN(const Change change, decide(clock));
    HOTLINE_RETURN_IF_ERROR(Keep(tx, {change}, now));
    return change.clock;
  });
}

absl::StatusOr<std::vector<Clock>> PostgresStore::FireDue(absl::Time now, int limit, const DecideMany& decide) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<std::vector<Clock>> {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query(std::string(kSelectClock) +
                                          "WHERE next_fire <= $1 ORDER BY next_fire, clock_id LIMIT $2 FOR UPDATE SKIP LOCKED",
                                      {now, limit}));
    std::vector<Clock> fired;
    for (const Row row : rows) {
      fired.push_back(ClockOf(row));
      HOTLINE_ASSIGN_OR_RETURN(const std::vector<Change> changes, decide(fired.back()));
      HOTLINE_RETURN_IF_ERROR(Keep(tx, changes, now));
    }
    return fired;
  });
}

absl::StatusOr<std::vector<absl::Time>> PostgresStore::UpcomingTimes(absl::Time until, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT next_fire FROM clocks WHERE next_fire <= $1 ORDER BY next_fire LIMIT $2", {until, limit}));
  std::vector<absl::Time> times;
  for (const Row row : rows) times.push_back(row.Get<absl::Time>("next_fire"));
  return times;
}

absl::StatusOr<int> PostgresStore::RecomputeStale(int64_t calendar_version, int limit, absl::Time now, const DecideOne& decide) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<int> {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query(std::string(kSelectClock) +
                                          "WHERE state <> 3 AND calendar_version < $1 LIMIT $2 FOR UPDATE SKIP LOCKED",
                                      {calendar_version, limit}));
    for (const Row row : rows) {
      HOTLINE_ASSIGN_OR_RETURN(const Change change, decide(ClockOf(row)));
      HOTLINE_RETURN_IF_ERROR(Keep(tx, {change}, now));
    }
    return static_cast<int>(rows.size());
  });
}

absl::StatusOr<std::vector<Change>> PostgresStore::ApplyTicket(Transaction& tx, const std::string& ticket_id, absl::Time now,
                                                               const DecideTicket& decide) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           tx.Query(std::string(kSelectClock) + "WHERE ticket_id = $1 ORDER BY start_time, clock_id FOR UPDATE",
                                    {ticket_id}));
  std::map<std::string, size_t> last_stopped;
  std::vector<Clock> all;
  for (const Row row : rows) {
    all.push_back(ClockOf(row));
    if (all.back().state == ClockState::kStopped) last_stopped[all.back().step] = all.size() - 1;
  }
  std::vector<Clock> clocks;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].state != ClockState::kStopped || last_stopped[all[i].step] == i) clocks.push_back(std::move(all[i]));
  }
  HOTLINE_ASSIGN_OR_RETURN(std::vector<Change> changes, decide(clocks));
  HOTLINE_RETURN_IF_ERROR(Keep(tx, changes, now));
  return changes;
}

}  // namespace hotline::sla_timer
