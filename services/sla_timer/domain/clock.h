// The clocks of a ticket and everything that happens to them, as pure functions: given a clock and what happened, they
// say what the clock is then and what is to be told. Nothing here knows a database, a thread or the time of day; `now` is
// always given. Values and functions only; safe from any thread.
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
#include "services/sla_timer/domain/policy.h"

namespace hotline::sla_timer {

// Values are those of the contract and of the database.
enum class ClockState { kRunning = 1, kPaused, kStopped };
enum class Light { kGreen = 1, kYellow, kRed };

// How the limit came about, which says how it is recomputed when the calendar changes (SLA-9).
enum class Basis {
  kLimit = 1,  // The rule's limit from start_time.
  kBudget,     // `budget` from `anchor`: what was left when a pause ended; negative if it was over.
  kPromised,   // A promised date (TKT-8); no calendar moves it.
};

// Stop reasons, as in the contract.
inline constexpr char kDone[] = "done";
inline constexpr char kEnded[] = "ended";
inline constexpr char kNoLimit[] = "no_limit";
inline constexpr char kWindowClosed[] = "window_closed";
inline constexpr char kMergedAway[] = "merged";
inline constexpr char kSuperseded[] = "superseded";

// The step whose limit an extension moves (TKT-8).
inline constexpr char kReplyStep[] = "reply";

struct Clock {
  std::string clock_id;
  std::string ticket_id;
  std::string step;
  std::string policy_id;
  int64_t policy_version = 0;
  Classification ticket;
  std::string area_code;
  std::string unit_id;
  std::string unit_path;
  ClockState state = ClockState::kRunning;
  Light light = Light::kGreen;
  absl::Time start_time;
  absl::Time due_time;   // While paused: as it was when the pause began.
  absl::Time warn_time;  // Never after due_time. Windows do not warn.
  std::optional<absl::Time> stop_time;
  std::string stop_reason;
  bool working = false;  // Counted in working time.
  bool window = false;
  Basis basis = Basis::kLimit;
  absl::Time anchor;         // Where the budget begins.
  absl::Duration budget;     // From anchor to due_time; while paused or stopped: what is left, negative if over.
  absl::Duration warn_lead;  // From warn_time to due_time, in the clock's kind of time.
  int extensions = 0;
  int level = 0;                                     // Rungs of the ladder told since the limit passed.
  absl::Time next_rung = absl::InfiniteFuture();     // While running over the limit: when the next one is due.
  bool provisional = false;
  int64_t calendar_version = 0;
  int64_t version = 1;
};

// What happened to a ticket.
struct TicketChange {
  std::string ticket_id;
  Trigger trigger = Trigger::kNone;  // kNone: changed without a step.
  bool ended = false;                // Closed, refused or archived now: no clock runs.
  bool merged = false;               // Part of a group case now: no clock runs.
  bool awaits_dispatch = false;      // Registered and not dispatched.
  int state = 0;                     // As the ticket's contract numbers it; 0: not known, fits every step.
  std::optional<absl::Time> granted; // An extension was granted up to here (TKT-8).
  Classification ticket;
  std::string area_code;
  std::string unit_id;
  std::string unit_path;
  absl::Time time;
};

enum class ChangeKind {
  kStarted,
  kReopened,
  kWarned,
  kOverdue,
  kStopped,
  kMoved,
  kUpdated,  // Kept, but nothing to tell.
  kEscalated,
};

struct Change {
  ChangeKind kind = ChangeKind::kUpdated;
  Clock clock;              // After it.
  std::string detail;       // kMoved: the cause; kOverdue: the measure; kStopped: the reason.
  Rung rung;                // kEscalated; clock.level says which.
  bool on_time = false;     // kStopped.
  absl::Duration elapsed_natural;  // kStopped.
  absl::Duration elapsed_working;  // kStopped.
};

// What the functions need to know of the world.
struct World {
  const calendar::Calendar* calendar = nullptr;  // Not owned; not null.
  int64_t calendar_version = 0;
  const Policy* active = nullptr;  // New clocks follow it; not owned; not null.
  // The policy a clock was started under. Not null for a clock that was kept.
  std::function<const Policy*(const std::string& policy_id, int64_t version)> policy_of;
  std::function<std::string()> new_id;
};

// What a ticket's change does to its clocks. `clocks` are the ticket's running and paused ones and, for each step, the last
// stopped one. Changes come in the order in which they are to be told.
std::vector<Change> Apply(const TicketChange& change, const std::vector<Clock>& clocks, const World& world);

// When something is due to happen to a clock by itself; infinite if nothing is.
absl::Time NextFire(const Clock& clock);
// What has become due by `now`: a warning, the limit, both, or nothing yet. Firing twice does nothing the second time.
std::vector<Change> Fire(const Clock& clock, const Policy& policy, const calendar::Calendar& calendar, absl::Time now);

absl::StatusOr<Change> Pause(const Clock& clock, const calendar::Calendar& calendar, absl::Time now);
absl::StatusOr<Change> Resume(const Clock& clock, const Policy& policy, const calendar::Calendar& calendar, absl::Time now);
// The latest date that may be promised now; infinite if the policy sets none. Errors as Extend's.
absl::StatusOr<absl::Time> LatestExtension(const Clock& clock, const Policy& policy, const calendar::Calendar& calendar, absl::Time now);
// Moves the limit to a promised date within what the policy allows (TKT-8).
absl::StatusOr<Change> Extend(const Clock& clock, const Policy& policy, absl::Time due, const calendar::Calendar& calendar, absl::Time now);
// After the rules changed: kMoved if the limit did, otherwise kUpdated. `target` is the version of its policy that the clock
// is to follow from now on; null: the one it has. A clock whose step has no limit any more is stopped (SLA-9).
Change Recompute(const Clock& clock, const Policy* target, const World& world, absl::Time now);

// Time to the limit; negative when over it.
struct TimeLeft {
  absl::Duration working;
  absl::Duration natural;
};
TimeLeft Left(const Clock& clock, const calendar::Calendar& calendar, absl::Time now);

}  // namespace hotline::sla_timer
