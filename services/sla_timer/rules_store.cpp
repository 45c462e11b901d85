// The store's policies and calendar, every version of them.
#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/postgres/error.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/postgres_store.h"

namespace hotline::sla_timer {
namespace {

using postgres::Row;
using postgres::RunTransaction;
using postgres::Transaction;

PolicyRecord PolicyOf(const Row& row) {
  return {row.Get<std::string>("policy_id"), row.Get<int64_t>("version"),         row.Get<std::string>("body"),
          row.Get<absl::Time>("updated_at"), row.Get<std::string>("updated_by"), row.Get<bool>("applies_to_open")};
}

absl::StatusOr<CalendarRecord> ReadCalendar(Transaction& tx, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           tx.Query("SELECT version, hours, created_at, created_by FROM calendar_versions "
                                    "WHERE version = CASE WHEN $1 = 0 THEN (SELECT version FROM calendar) ELSE $1 END",
                                    {version}));
  if (rows.empty()) return errors::CalendarNotFound(absl::StrCat(version));
  CalendarRecord record{rows[0].Get<int64_t>("version"), {}, rows[0].Get<std::string>("hours"), rows[0].Get<absl::Time>("created_at"),
                        rows[0].Get<std::string>("created_by")};
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result days,
                           tx.Query("SELECT DISTINCT ON (day) day, kind, name FROM calendar_changes WHERE version <= $1 "
                                    "ORDER BY day, version DESC",
                                    {record.version}));
  for (const Row row : days) {
    record.days.push_back({row.Get<absl::CivilDay>("day"), static_cast<calendar::DayKind>(row.Get<int32_t>("kind")),
                           row.Get<std::string>("name")});
  }
  return record;
}

// The version after the latest, with the same hours unless others are given.
absl::StatusOr<int64_t> NewVersion(Transaction& tx, const std::optional<std::string>& hours, const std::string& user_id, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           tx.Query("WITH next AS (UPDATE calendar SET version = version + 1 RETURNING version) "
                                    "INSERT INTO calendar_versions (version, hours, created_at, created_by) "
                                    "SELECT next.version, coalesce($1::text, old.hours), $2, $3 FROM next, calendar_versions old "
                                    "WHERE old.version = next.version - 1 RETURNING version",
                                    {hours, now, user_id}));
  return rows[0].Get<int64_t>("version");
}

}  // namespace

absl::StatusOr<std::vector<PolicyRecord>> PostgresStore::ListPolicies() {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT DISTINCT ON (policy_id) policy_id, version, body, updated_at, updated_by, applies_to_open "
                                      "FROM policies ORDER BY policy_id, version DESC"));
  std::vector<PolicyRecord> policies;
  for (const Row row : rows) policies.push_back(PolicyOf(row));
  return policies;
}

absl::StatusOr<PolicyRecord> PostgresStore::GetPolicy(const std::string& policy_id, int64_t version) {
  HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                           pool_.Read("SELECT policy_id, version, body, updated_at, updated_by, applies_to_open FROM policies "
                                      "WHERE policy_id = $1 AND ($2 = 0 OR version = $2) ORDER BY version DESC LIMIT 1",
                                      {policy_id, version}));
  if (rows.empty()) return errors::PolicyNotFound(policy_id);
  return PolicyOf(rows[0]);
}

absl::StatusOr<PolicyRecord> PostgresStore::PutPolicy(const std::string& policy_id, const std::string& json, int64_t expected,
                                                      const std::string& user_id, absl::Time now, bool apply_to_open) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<PolicyRecord> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("policies"));
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result latest,
                             tx.Query("SELECT coalesce(max(version), 0) AS version FROM policies WHERE policy_id = $1", {policy_id}));
    if (latest[0].Get<int64_t>("version") != expected) return errors::EtagMismatch("policy", policy_id);
    if (expected == 0) {
      HOTLINE_ASSIGN_OR_RETURN(const postgres::Result count, tx.Query("SELECT count(DISTINCT policy_id) AS n FROM policies"));
      if (count[0].Get<int64_t>("n") >= kMaxPolicies) return errors::TooManyPolicies();
    }
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO policies (policy_id, version, body, updated_at, updated_by, applies_to_open) "
                                       "VALUES ($1, $2, $3, $4, $5, $6)",
                                       {policy_id, expected + 1, json, now, user_id, apply_to_open})
                                .status());
    return PolicyRecord{policy_id, expected + 1, json, now, user_id, apply_to_open};
  });
}

absl::StatusOr<CalendarRecord> PostgresStore::GetCalendar(int64_t version) {
  return RunTransaction(pool_, [&](Transaction& tx) { return ReadCalendar(tx, version); },
                        {.isolation = postgres::Isolation::kRepeatableRead, .read_only = true});
}

absl::StatusOr<CalendarRecord> PostgresStore::ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected,
                                                         const std::string& user_id, absl::Time now) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<CalendarRecord> {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows, tx.Query("SELECT version FROM calendar FOR UPDATE"));
    if (expected && rows[0].Get<int64_t>("version") != *expected) return errors::EtagMismatch("calendar", "calendar");
    HOTLINE_ASSIGN_OR_RETURN(const int64_t version, NewVersion(tx, std::nullopt, user_id, now));
    for (const calendar::Day& day : days) {
      HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO calendar_changes (day, version, kind, name) VALUES ($1, $2, $3, $4) "
                                         "ON CONFLICT (day, version) DO UPDATE SET kind = excluded.kind, name = excluded.name",
                                         {day.date, version, static_cast<int>(day.kind), day.name})
                                  .status());
    }
    return ReadCalendar(tx, version);
  });
}

absl::Status PostgresStore::KeepHours(const std::string& hours, absl::Time now) {
  return RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const postgres::Result rows,
                             tx.Query("SELECT v.version, v.hours FROM calendar c JOIN calendar_versions v USING (version) FOR UPDATE OF c"));
    const std::string kept = rows[0].Get<std::string>("hours");
    if (kept == hours) return absl::OkStatus();
    if (!kept.empty()) return NewVersion(tx, hours, "", now).status();
    return tx.Execute("UPDATE calendar_versions SET hours = $1 WHERE version = $2", {hours, rows[0].Get<int64_t>("version")}).status();
  });
}

}  // namespace hotline::sla_timer
