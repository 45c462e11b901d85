// What happens to a clock by itself (SLA-7, SLA-8) and by hand (SLA-9, TKT-8).
#include <utility>

#include "libs/base/error.h"
#include "services/sla_timer/domain/clock_parts.h"
#include "services/sla_timer/domain/errors.h"

namespace hotline::sla_timer {
namespace {

using calendar::Calendar;
using parts::Told;

// The next rung of a clock that is over its limit.
Change Climb(Clock clock, const Policy& policy, const Calendar& calendar) {
  const size_t rung = static_cast<size_t>(clock.level);
  if (rung >= policy.ladder.size()) {
    clock.next_rung = absl::InfiniteFuture();
    return Told(ChangeKind::kUpdated, std::move(clock));
  }
  ++clock.level;
  clock.next_rung = RungTime(policy, rung + 1, calendar, clock.due_time);
  Change change = Told(ChangeKind::kEscalated, std::move(clock), policy.ladder[rung].measure);
  change.rung = policy.ladder[rung];
  return change;
}

}  // namespace

absl::Time NextFire(const Clock& clock) {
  if (clock.state != ClockState::kRunning) return absl::InfiniteFuture();
  if (clock.light == Light::kRed) return clock.next_rung;
  return clock.light == Light::kGreen && !clock.window ? clock.warn_time : clock.due_time;
}

std::vector<Change> Fire(const Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  std::vector<Change> changes;
  Clock current = clock;
  while (NextFire(current) <= now) {
    Change change;
    if (current.window) {
      change = parts::Stop(current, calendar, current.due_time, kWindowClosed);
    } else if (current.light == Light::kGreen) {
      current.light = Light::kYellow;
      change = Told(ChangeKind::kWarned, current);
    } else if (current.light == Light::kYellow) {
      current.light = Light::kRed;
      current.level = 0;
      current.next_rung = RungTime(policy, 0, calendar, current.due_time);
      change = Told(ChangeKind::kOverdue, current, policy.ladder.empty() ? std::string() : policy.ladder.front().measure);
    } else {
      change = Climb(current, policy, calendar);
    }
    current = change.clock;
    changes.push_back(std::move(change));
  }
  return changes;
}

absl::StatusOr<Change> Pause(const Clock& clock, const Calendar& calendar, absl::Time now) {
  if (clock.state != ClockState::kRunning) return errors::ClockNotRunning(clock.clock_id);
  Clock paused = clock;
  paused.state = ClockState::kPaused;
  paused.budget = parts::Between(clock.working, calendar, now, clock.due_time);
  paused.next_rung = absl::InfiniteFuture();
  return Told(ChangeKind::kMoved, std::move(paused), "paused");
}

absl::StatusOr<Change> Resume(const Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  if (clock.state != ClockState::kPaused) return errors::ClockNotPaused(clock.clock_id);
  Clock resumed = clock;
  parts::GoOn(resumed, policy, calendar, now);
  return Told(ChangeKind::kMoved, std::move(resumed), "resumed");
}

absl::StatusOr<absl::Time> LatestExtension(const Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  if (clock.state != ClockState::kRunning || clock.window) return errors::ClockNotRunning(clock.clock_id);
  if (now > clock.due_time || clock.light == Light::kRed) return errors::ClockOverdue(clock.clock_id);
  const Step* step = FindStep(policy, clock.step);
  const Rule* rule = step == nullptr ? nullptr : FindRule(*step, clock.ticket);
  const int most = rule == nullptr ? 0 : rule->max_extensions;
  if (clock.extensions >= most) return errors::ExtensionLimit(clock.clock_id, most);
  return rule->max_extension ? DueTime(*rule->max_extension, calendar, clock.due_time) : absl::InfiniteFuture();
}

absl::StatusOr<Change> Extend(const Clock& clock, const Policy& policy, absl::Time due, const Calendar& calendar, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const absl::Time latest, LatestExtension(clock, policy, calendar, now));
  if (due <= clock.due_time) return errors::Invalid("due_time", "TOO_EARLY", "later than the present limit");
  if (due > latest) return errors::ExtensionTooFar(clock.clock_id, latest);
  Clock extended = clock;
  ++extended.extensions;
  extended.basis = Basis::kPromised;
  parts::Place(extended, calendar, clock.anchor, due);
  parts::Settle(extended, policy, calendar, now);
  return Told(ChangeKind::kMoved, std::move(extended), "extended");
}

TimeLeft Left(const Clock& clock, const Calendar& calendar, absl::Time now) {
  if (clock.state == ClockState::kRunning) {
    return {calendar.WorkingDurationBetween(now, clock.due_time), clock.due_time - now};
  }
  return clock.working ? TimeLeft{clock.budget, absl::ZeroDuration()} : TimeLeft{absl::ZeroDuration(), clock.budget};
}

}  // namespace hotline::sla_timer
