#include "services/sla_timer/postgres_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
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
    "warn_lead_us, extensions, provisional, calendar_version, version, area_code, level, next_rung FROM clocks ";

constexpr char kUpsertClock[] =
    "INSERT INTO clocks (clock_id, ticket_id, step, policy_id, policy_version, type, urgency, channel, category_id, unit_id, "
    "unit_path, state, light, start_time, due_time, warn_time, stop_time, stop_reason, working, is_window, basis, anchor, "
    "budget_us, warn_lead_us, extensions, provisional, calendar_version, version, next_fire, area_code, level, next_rung) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
    "$25, $26, $27, $28, $29, $30, $31, $32) "
    "ON CONFLICT (clock_id) DO UPDATE SET type = excluded.type, urgency = excluded.urgency, channel = excluded.channel, "
    "category_id = excluded.category_id, unit_id = excluded.unit_id, unit_path = excluded.unit_path, state = excluded.state, "
    "light = excluded.light, due_time = excluded.due_time, warn_time = excluded.warn_time, stop_time = excluded.stop_time, "
    "stop_reason = excluded.stop_reason, working = excluded.working, basis = excluded.basis, anchor = excluded.anchor, "
    "budget_us = excluded.budget_us, warn_lead_us = excluded.warn_lead_us, extensions = excluded.extensions, "
    "provisional = excluded.provisional, calendar_version = excluded.calendar_version, version = excluded.version, "
    "next_fire = excluded.next_fire, area_code = excluded.area_code, level = excluded.level, next_rung = excluded.next_rung";

// Many clocks that were locked before: what firing or recomputing changes of them.
constexpr char kUpdateClocks[] =
    "UPDATE clocks SET policy_version = n.policy_version, state = n.state, light = n.light, due_time = n.due_time, "
    "warn_time = n.warn_time, stop_time = n.stop_time, stop_reason = n.stop_reason, working = n.working, basis = n.basis, "
    "anchor = n.anchor, budget_us = n.budget_us, warn_lead_us = n.warn_lead_us, provisional = n.provisional, "
    "calendar_version = n.calendar_version, version = n.version, next_fire = n.next_fire, level = n.level, next_rung = n.next_rung "
    "FROM (SELECT id::uuid AS clock_id, policy_version, state, light, "
    "timestamptz 'epoch' + due * interval '1 microsecond' AS due_time, "
    "timestamptz 'epoch' + warn * interval '1 microsecond' AS warn_time, "
    "timestamptz 'epoch' + nullif(stop, 0) * interval '1 microsecond' AS stop_time, stop_reason, working <> 0 AS working, basis, "
    "timestamptz 'epoch' + anchor * interval '1 microsecond' AS anchor, budget_us, warn_lead_us, provisional <> 0 AS provisional, "
    "calendar_version, version, timestamptz 'epoch' + nullif(fire, 0) * interval '1 microsecond' AS next_fire, level, "
    "timestamptz 'epoch' + nullif(rung, 0) * interval '1 microsecond' AS next_rung "
    "FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], "
    "$9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], "
    "$17::bigint[], $18::bigint[], $19::bigint[]) AS given (id, policy_version, state, light, due, warn, stop, stop_reason, working, "
    "basis, anchor, budget_us, warn_lead_us, provisional, calendar_version, version, fire, level, rung)) AS n "
    "WHERE clocks.clock_id = n.clock_id";

Clock ClockOf(const Row& row) {
  Clock clock;
  clock.clock_id = row.Get<std::string>("clock_id");
  clock.ticket_id = row.Get<std::string>("ticket_id");
  clock.step = row.Get<std::string>("step");
  clock.policy_id = row.Get<std::string>("policy_id");
  clock.policy_version = row.Get<int64_t>("policy_version");
  clock.ticket = {row.Get<int32_t>("type"), row.Get<int32_t>("urgency"), row.Get<int32_t>("channel"),
                  row.Get<std::string>("category_id")};
  clock.area_code = row.Get<std::string>("area_code");
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
  clock.level = row.Get<int32_t>("level");
  clock.next_rung = row.Get<std::optional<absl::Time>>("next_rung").value_or(absl::InfiniteFuture());
  clock.provisional = row.Get<bool>("provisional");
  clock.calendar_version = row.Get<int64_t>("calendar_version");
  clock.version = row.Get<int64_t>("version");
  return clock;
}

std::optional<absl::Time> Finite(absl::Time t) { return t == absl::InfiniteFuture() ? std::nullopt : std::optional(t); }

absl::Status Write(Transaction& tx, const Clock& clock) {
  return tx.Later(kUpsertClock,
                  {clock.clock_id, clock.ticket_id, clock.step, clock.policy_id, clock.policy_version, clock.ticket.type,
                clock.ticket.urgency, clock.ticket.channel, clock.ticket.category_id, clock.unit_id, clock.unit_path,
                static_cast<int>(clock.state), static_cast<int>(clock.light), clock.start_time, clock.due_time,
                clock.warn_time, clock.stop_time, clock.stop_reason, clock.working, clock.window,
                static_cast<int>(clock.basis), clock.anchor, absl::ToInt64Microseconds(clock.budget),
                absl::ToInt64Microseconds(clock.warn_lead), clock.extensions, clock.provisional, clock.calendar_version,
                clock.version, Finite(NextFire(clock)), clock.area_code, clock.level, Finite(clock.next_rung)});
}

// 0 for what is not there: no clock is of 1970.
int64_t MicrosOf(absl::Time t) { return t == absl::InfiniteFuture() ? 0 : absl::ToUnixMicros(t); }

// In one statement. Each clock at most once.
absl::Status WriteAll(Transaction& tx, const std::vector<const Clock*>& clocks) {
  if (clocks.empty()) return absl::OkStatus();
  std::vector<std::string> ids, reasons;
  std::vector<int64_t> columns[17];
  for (std::vector<int64_t>& column : columns) column.reserve(clocks.size());
  for (const Clock* clock : clocks) {
    ids.push_back(clock->clock_id);
    reasons.push_back(clock->stop_reason);
    const int64_t values[] = {clock->policy_version, static_cast<int64_t>(clock->state), static_cast<int64_t>(clock->light),
                              absl::ToUnixMicros(clock->due_time), absl::ToUnixMicros(clock->warn_time),
                              MicrosOf(clock->stop_time.value_or(absl::InfiniteFuture())), clock->working ? 1 : 0,
                              static_cast<int64_t>(clock->basis), absl::ToUnixMicros(clock->anchor),
                              absl::ToInt64Microseconds(clock->budget), absl::ToInt64Microseconds(clock->warn_lead),
                              clock->provisional ? 1 : 0, clock->calendar_version, clock->version, MicrosOf(NextFire(*clock)),
                              clock->level, MicrosOf(clock->next_rung)};
    static_assert(std::size(values) == std::size(columns));
    for (size_t i = 0; i < std::size(values); ++i) columns[i].push_back(values[i]);
  }
  Params params = {ids};
  for (size_t i = 0; i < std::size(columns); ++i) {
    if (i == 6) params.emplace_back(reasons);
    params.emplace_back(columns[i]);
  }
  return tx.Execute(kUpdateClocks, params).status();
}

absl::Status Tell(Transaction& tx, const std::vector<Change>& changes, absl::Time now) {
  std::vector<events::v1::Event> events;
  for (const Change& change : changes) {
    if (std::optional<events::v1::Event> event = ToEvent(change, now)) events.push_back(*std::move(event));
  }
  return postgres::Outbox::AppendAll(tx, events);
}

absl::Status Keep(Transaction& tx, const std::vector<Change>& changes, absl::Time now) {
  std::map<std::string, const Clock*> last;  // Several changes of one clock are one row.
  // A clock that stops must be written before the one that starts for the same step (clocks_open).
  std::vector<const Clock*> order;
  for (const Change& change : changes) {
    auto [it, fresh] = last.emplace(change.clock.clock_id, &change.clock);
    if (!fresh) std::replace(order.begin(), order.end(), it->second, &change.clock), it->second = &change.clock;
    else order.push_back(&change.clock);
  }
  for (const Clock* clock : order) HOTLINE_RETURN_IF_ERROR(Write(tx, *clock));
  return Tell(tx, changes, now);
}

// A replica that stands still in the middle of a batch gives its rows up to the others, as a dead one does (kTakeover).
absl::Status GiveUpSoon(Transaction& tx) {
  return tx.Query(absl::StrCat("SET LOCAL idle_in_transaction_session_timeout = ", absl::ToInt64Milliseconds(kTakeover))).status();
}

// Conditions of a query, each with its parameters.
class Where {
 public:
  template <class T>
  void Add(const std::string& before, const T& value, const std::string& after = "") {
    params.emplace_back(value);
    absl::StrAppend(&sql, sql.empty() ? "WHERE " : "AND ", before, "$", params.size(), after, " ");
  }
  // Both halves, each with an index of its own.
  void AddTicket(const std::string& ticket_id) {
    params.emplace_back(ticket_id);
    Add(absl::StrCat("((ticket_id = $", params.size(), " AND state <> 3) OR (ticket_id = $", params.size(), " AND state = 3))"));
  }
  void Add(const std::string& condition) { absl::StrAppend(&sql, sql.empty() ? "WHERE " : "AND ", condition, " "); }
  std::string sql;
  Params params;
};

// What listing and counting have in common. Conditions that are not asked for are not there, so that each query is planned by
// its own.
void AddFilters(const ClockQuery& query, Where& where) {
  if (!query.step.empty()) where.Add("step = ", query.step);
  for (const auto& path : {query.unit_path, query.also_unit_path}) {
    if (path) where.Add("unit_path <> '' AND starts_with(unit_path, ", *path, ")");
  }
  if (!query.area_code.empty()) where.Add("starts_with(area_code, ", query.area_code, ")");
  if (query.type != 0) where.Add("type = ", query.type);
  if (query.urgency != 0) where.Add("urgency = ", query.urgency);
  if (query.min_level != 0) where.Add("level >= ", query.min_level);
  if (!query.policy_id.empty()) where.Add("policy_id = ", query.policy_id);
  if (query.working) where.Add("working");
  if (query.due_after) where.Add("due_time >= ", *query.due_after);
  if (query.due_before) where.Add("due_time < ", *query.due_before);
}

}  // namespace

absl::StatusOr<std::vector<Clock>> PostgresStore::ListClocks(const ClockQuery& query) {
  Where where;
  if (!query.ticket_id.empty()) where.AddTicket(query.ticket_id);
  if (!query.ticket_ids.empty()) where.Add("ticket_id = ANY(", query.ticket_ids, "::text[])");
  if (query.state) where.Add("state = ", static_cast<int>(*query.state));
  if (query.ticket_id.empty() && query.state != ClockState::kStopped) where.Add("state <> 3");  // As the index says it.
  if (query.light) where.Add("light = ", static_cast<int>(*query.light));
  AddFilters(query, where);
  if (query.after) {
    where.params.emplace_back(query.after->first);
    where.Add(absl::StrCat("(due_time, clock_id) > ($", where.params.size(), ", "), query.after->second, "::uuid)");
  }
  where.params.emplace_back(query.limit);
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read(absl::StrCat(kSelectClock, where.sql, "ORDER BY due_time, clock_id LIMIT $", where.params.size()), where.params));
  std::vector<Clock> clocks;
  clocks.reserve(rows.size());
  for (const Row row : rows) clocks.push_back(ClockOf(row));
  return clocks;
}

absl::StatusOr<std::vector<ClockCount>> PostgresStore::CountClocks(const ClockQuery& query) {
  Where where;
  where.Add("state <> 3");
  AddFilters(query, where);
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT step, light, count(*) AS n, count(*) FILTER (WHERE state = 2) AS paused FROM clocks " + where.sql +
                                          "GROUP BY step, light ORDER BY step, light",
                                      where.params));
  std::vector<ClockCount> counts;
  for (const Row row : rows) {
    counts.push_back({row.Get<std::string>("step"), static_cast<Light>(row.Get<int32_t>("light")), row.Get<int64_t>("n"), row.Get<int64_t>("paused")});
  }
  return counts;
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

absl::StatusOr<Fired> PostgresStore::FireDue(absl::Time now, int limit, const DecideMany& decide) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Fired> {
    HOTLINE_RETURN_IF_ERROR(GiveUpSoon(tx));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query(std::string(kSelectClock) + "WHERE next_fire <= $1 ORDER BY next_fire LIMIT $2 FOR UPDATE SKIP LOCKED",
                                      {now, limit}));
    Fired fired;
    std::vector<Clock> kept;
    kept.reserve(rows.size());
    for (const Row row : rows) {
      const Clock clock = ClockOf(row);
      HOTLINE_ASSIGN_OR_RETURN(std::vector<Change> changes, decide(clock));
      fired.due.push_back(NextFire(clock));
      if (changes.empty()) continue;
      kept.push_back(changes.back().clock);
      std::move(changes.begin(), changes.end(), std::back_inserter(fired.changes));
    }
    std::vector<const Clock*> written;
    for (const Clock& clock : kept) written.push_back(&clock);
    HOTLINE_RETURN_IF_ERROR(WriteAll(tx, written));
    HOTLINE_RETURN_IF_ERROR(Tell(tx, fired.changes, now));
    return fired;
  });
}

absl::StatusOr<absl::Time> PostgresStore::NextFireTime() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, pool_.Read("SELECT min(next_fire) AS next FROM clocks"));
  return rows[0].Get<std::optional<absl::Time>>("next").value_or(absl::InfiniteFuture());
}

absl::StatusOr<std::vector<StaleGroup>> PostgresStore::StaleGroups(int64_t calendar_version) {
  HOTLINE_ASSIGN_OR_RETURN(
      const postgres::Result rows,
      pool_.Read("SELECT p.policy_id, p.version, coalesce(t.version, 0) AS target FROM policies p LEFT JOIN "
                 "(SELECT policy_id, max(version) AS version FROM policies WHERE applies_to_open GROUP BY policy_id) t "
                 "ON t.policy_id = p.policy_id AND t.version > p.version "
                 "WHERE EXISTS (SELECT FROM clocks c WHERE c.policy_id = p.policy_id AND c.policy_version = p.version AND c.state <> 3 "
                 "AND c.calendar_version < CASE WHEN t.version IS NULL THEN $1 ELSE $2 END) ORDER BY p.policy_id, p.version",
                 {calendar_version, std::numeric_limits<int64_t>::max()}));
  std::vector<StaleGroup> groups;
  for (const Row row : rows) {
    groups.push_back({row.Get<std::string>("policy_id"), row.Get<int64_t>("version"), row.Get<int64_t>("target")});
  }
  return groups;
}

absl::StatusOr<int> PostgresStore::Recompute(const StaleGroup& group, int64_t calendar_version, int limit, absl::Time now,
                                             StaleCursor& cursor, const DecideOne& decide) {
  const int64_t before = group.target == 0 ? calendar_version : std::numeric_limits<int64_t>::max();
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<int> {
    HOTLINE_RETURN_IF_ERROR(GiveUpSoon(tx));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query(std::string(kSelectClock) +
                                          "WHERE policy_id = $1 AND policy_version = $2 AND state <> 3 AND calendar_version < $3 "
                                          "AND (calendar_version, clock_id) > ($4, $5::text::uuid) "
                                          "ORDER BY calendar_version, clock_id LIMIT $6 FOR UPDATE SKIP LOCKED",
                                      {group.policy_id, group.policy_version, before, cursor.calendar_version, cursor.clock_id, limit}));
    std::vector<Change> changes;
    std::vector<const Clock*> written;
    StaleCursor behind = cursor;
    for (const Row row : rows) {
      const Clock clock = ClockOf(row);
      behind = {clock.calendar_version, clock.clock_id};
      HOTLINE_ASSIGN_OR_RETURN(Change change, decide(clock));
      changes.push_back(std::move(change));
    }
    for (const Change& change : changes) written.push_back(&change.clock);
    HOTLINE_RETURN_IF_ERROR(WriteAll(tx, written));
    HOTLINE_RETURN_IF_ERROR(Tell(tx, changes, now));
    cursor = behind;
    return static_cast<int>(rows.size());
  });
}

absl::StatusOr<std::vector<Change>> PostgresStore::ApplyTicket(Transaction& tx, const std::string& ticket_id, absl::Time now,
                                                               const DecideTicket& decide) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           tx.Query(std::string(kSelectClock) + "WHERE ((ticket_id = $1 AND state <> 3) OR (ticket_id = $1 AND state = 3)) ORDER BY start_time, clock_id FOR UPDATE",
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
