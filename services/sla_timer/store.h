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
// Rows in the hands of a replica that does nothing any more are free for the others after this.
inline constexpr absl::Duration kTakeover = absl::Seconds(3);

struct PolicyRecord {
  std::string policy_id;
  int64_t version = 0;
  std::string json;  // The contract's JSON.
  absl::Time update_time;
  std::string updated_by;
  bool applies_to_open = false;
};

struct CalendarRecord {
  int64_t version = 0;
  std::vector<calendar::Day> days;  // By date.
  std::string hours;                // The contract's JSON of zone, weekly and make_up; empty: not known.
  absl::Time create_time;
  std::string created_by;
};

struct ClockQuery {
  std::string ticket_id = {};           // Empty: all tickets.
  std::vector<std::string> ticket_ids = {};  // Only of these; empty: all.
  std::optional<ClockState> state = {}; // Absent: running and paused, or all of a named ticket.
  std::optional<Light> light = {};
  std::string step = {};
  std::optional<std::string> unit_path = {};  // Only clocks of this unit's subtree.
  std::optional<std::string> also_unit_path = {};  // And of this one's.
  std::string area_code = {};                 // Only of areas whose code begins with it.
  int type = 0;                               // 0: all.
  int urgency = 0;
  int min_level = 0;                          // Rungs of the ladder told.
  std::string policy_id = {};
  bool working = false;                       // Only those counted in working time.
  std::optional<absl::Time> due_after = {};   // At or after.
  std::optional<absl::Time> due_before = {};
  std::optional<std::pair<absl::Time, std::string>> after = {};  // Due time and id of the last one of the page before.
  int limit = 0;
};

struct ClockCount {
  std::string step;
  Light light = Light::kGreen;
  int64_t count = 0;
  int64_t paused = 0;
};

// What FireDue did.
struct Fired {
  std::vector<absl::Time> due;  // When each row was to be fired.
  std::vector<Change> changes;
};

// Open clocks that go by rules which changed.
struct StaleGroup {
  std::string policy_id;
  int64_t policy_version = 0;  // That they follow now.
  int64_t target = 0;          // That they are to follow; 0: the same.
};
// Where a walk over a group stands.
struct StaleCursor {
  int64_t calendar_version = -1;
  std::string clock_id = "00000000-0000-0000-0000-000000000000";
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
  // With `apply_to_open` the version is also one to which the policy's open clocks are to be moved.
  virtual absl::StatusOr<PolicyRecord> PutPolicy(const std::string& policy_id, const std::string& json, int64_t expected,
                                                 const std::string& user_id, absl::Time now, bool apply_to_open = false) = 0;

  // Version 0: the latest. NOT_FOUND CALENDAR_NOT_FOUND.
  virtual absl::StatusOr<CalendarRecord> GetCalendar(int64_t version = 0) = 0;
  // Makes a new version. ABORTED ETAG_MISMATCH unless the latest is `expected`, if given.
  virtual absl::StatusOr<CalendarRecord> ImportDays(const std::vector<calendar::Day>& days, std::optional<int64_t> expected,
                                                    const std::string& user_id, absl::Time now) = 0;
  // The hours the calendar has now; makes a new version if the latest has others.
  virtual absl::Status KeepHours(const std::string& hours, absl::Time now) = 0;

  // By due time and id.
  virtual absl::StatusOr<std::vector<Clock>> ListClocks(const ClockQuery& query) = 0;
  // Open clocks by step and light. What the query says of tickets, states, lights and pages does not count.
  virtual absl::StatusOr<std::vector<ClockCount>> CountClocks(const ClockQuery& query) = 0;
  // NOT_FOUND CLOCK_NOT_FOUND; ABORTED ETAG_MISMATCH unless the version is `expected`, if given.
  virtual absl::StatusOr<Clock> ChangeClock(const std::string& clock_id, std::optional<int64_t> expected, absl::Time now,
                                            const DecideOne& decide) = 0;

  // Fires at most `limit` clocks whose next_fire has come; those that another replica has in hand are left to it.
  virtual absl::StatusOr<Fired> FireDue(absl::Time now, int limit, const DecideMany& decide) = 0;
  // The next time at which something fires; infinite if nothing does.
  virtual absl::StatusOr<absl::Time> NextFireTime() = 0;
  // Groups in which there are running or paused clocks that go by an older calendar than this, or by a version that a later one
  // is to replace.
  virtual absl::StatusOr<std::vector<StaleGroup>> StaleGroups(int64_t calendar_version) = 0;
  // Recomputes the next of a group, at most `limit`, and moves the cursor behind them. Rows that another replica has in hand are
  // left to it. Returns how many there were.
  virtual absl::StatusOr<int> Recompute(const StaleGroup& group, int64_t calendar_version, int limit, absl::Time now,
                                        StaleCursor& cursor, const DecideOne& decide) = 0;
};

}  // namespace hotline::sla_timer
