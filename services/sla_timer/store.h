// What sla_timer keeps. Implementations are thread-safe; calls block, so they run on pool threads.
//
// Every change of a clock, its new next_fire and the events that tell it are one transaction. Decisions are made by the
// functions given, on rows that are locked until the transaction ends; they may be called again after a conflict, so they
// must be pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "libs/calendar/calendar.h"
#include "services/sla_timer/domain/clock.h"

namespace hotline::sla_timer {

inline constexpr int kMaxPolicies = 50;

struct PolicyRecord {
  std::string policy_id;
  int64_t version = 0;
  std::string json;  // The contract's JSON.
  absl::Time update_time;
  std::string updated_by;
};

struct CalendarRecord {
  int64_t version = 0;
  std::vector<calendar::Day> days;  // By date.
};

struct ClockQuery {
  std::string ticket_id = {};           // Empty: all tickets.
  std::optional<ClockState> state = {}; // Absent: running and paused, or all of a named ticket.
  std::optional<Light> light = {};
  std::optional<std::string> unit_path = {};  // Only clocks of this unit's subtree.
  std::optional<std::pair<absl::Time, std::string>> after = {};  // Due time and id of the last one of the page before.
  int limit = 0;
};

using DecideOne = std::function<absl::StatusOr<Change>(const Clock&)>;
using DecideMany = std::function<absl::StatusOr<std::vector<Change>>(const Clock&)>;

class Store {
 public:
  virtual ~Store() = default;

  // Latest versions, by id.
  virtual absl::StatusOr<std::vector<PolicyRecord>> ListPolicies() = 0;
  // Version 0: the latest. NOT_FOUND POLICY_NOT_FOUND.
  virtual absl::StatusOr<PolicyRecord> GetPolicy(const std::string& policy_id, int64_t version) = 0;
  // Makes version `expected` + 1; ABORTED ETAG_MISMATCH unless `expected` is the latest (0: there is none).
  virtual absl::StatusOr<PolicyRecord> PutPolicy(const std::string& policy_id, const std::string& json, int64_t expected,
                                                 const std::string& user_id, absl::Time now) = 0;

  virtual absl::StatusOr<CalendarRecord> GetCalendar() = 0;
  // ABORTED ETAG_MISMATCH unless the version is `expected`, if given.
  virtual absl::StatusOr<CalendarRecord> ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected) = 0;

  // By due time and id.
  virtual absl::StatusOr<std::vector<Clock>> ListClocks(const ClockQuery& query) = 0;
  // NOT_FOUND CLOCK_NOT_FOUND; ABORTED ETAG_MISMATCH unless the version is `expected`, if given.
  virtual absl::StatusOr<Clock> ChangeClock(const std::string& clock_id, std::optional<int64_t> expected, absl::Time now,
                                            const DecideOne& decide) = 0;

  // At most `limit` clocks whose next_fire has come; those that another replica has in hand are left to it. Returns the
  // clocks as they were before, so that the caller sees how late it was.
  virtual absl::StatusOr<std::vector<Clock>> FireDue(absl::Time now, int limit, const DecideMany& decide) = 0;
  // The next times at which something fires, up to `until`, in order.
  virtual absl::StatusOr<std::vector<absl::Time>> UpcomingTimes(absl::Time until, int limit) = 0;
  // At most `limit` running or paused clocks that were computed with an older calendar; returns how many there were.
  virtual absl::StatusOr<int> RecomputeStale(int64_t calendar_version, int limit, absl::Time now, const DecideOne& decide) = 0;
};

}  // namespace hotline::sla_timer
