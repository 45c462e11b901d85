#include "services/sla_timer/domain/clock_parts.h"

#include <algorithm>
#include <string>
#include <utility>

namespace hotline::sla_timer::parts {

using calendar::Calendar;

absl::Duration Between(bool working, const Calendar& calendar, absl::Time a, absl::Time b) {
  return working ? calendar.WorkingDurationBetween(a, b) : b - a;
}

absl::Time Add(bool working, const Calendar& calendar, absl::Time t, absl::Duration d) {
  if (!working) return t + d;
  return d < absl::ZeroDuration() ? calendar.SubtractWorkingDuration(t, -d) : calendar.AddWorkingDuration(t, d);
}

void Place(Clock& clock, const Calendar& calendar, absl::Time anchor, absl::Time due) {
  clock.anchor = anchor;
  clock.due_time = due;
  clock.budget = Between(clock.working, calendar, anchor, due);
  clock.warn_time = std::min(due, Add(clock.working, calendar, anchor, clock.budget - clock.warn_lead));
  clock.provisional = clock.working && calendar.FirstYearWithoutNotice(clock.start_time, due).has_value();
}

void PlaceByRule(Clock& clock, const Rule& rule, const Calendar& calendar) {
  clock.working = CountsWorkingTime(rule.limit);
  clock.basis = Basis::kLimit;
  const absl::Time due = DueTime(rule.limit, calendar, clock.start_time);
  const absl::Duration total = Between(clock.working, calendar, clock.start_time, due);
  clock.warn_lead = rule.warn_before > absl::ZeroDuration() ? std::min(rule.warn_before, total) : total * (100 - rule.warn_percent) / 100;
  Place(clock, calendar, clock.start_time, due);
}

void Settle(Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  if (now < clock.warn_time) clock.light = Light::kGreen;
  else if (now < clock.due_time) clock.light = std::min(clock.light, Light::kYellow);
  if (clock.light != Light::kRed) clock.level = 0;
  const bool climbs = clock.light == Light::kRed && clock.state == ClockState::kRunning && !clock.window;
  clock.next_rung = climbs ? RungTime(policy, static_cast<size_t>(clock.level), calendar, clock.due_time) : absl::InfiniteFuture();
}

void GoOn(Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  clock.state = ClockState::kRunning;
  clock.stop_time.reset();
  clock.stop_reason.clear();
  const absl::Duration left = clock.budget;
  clock.basis = Basis::kBudget;
  Place(clock, calendar, now, Add(clock.working, calendar, now, left));
  clock.budget = left;
  Settle(clock, policy, calendar, now);
}

Change Told(ChangeKind kind, Clock clock, std::string detail) {
  if (kind != ChangeKind::kStarted) ++clock.version;
  Change change;
  change.kind = kind;
  change.clock = std::move(clock);
  change.detail = std::move(detail);
  return change;
}

Change Stop(Clock clock, const Calendar& calendar, absl::Time time, const char* reason) {
  const absl::Time stop = std::max(time, clock.start_time);
  const bool paused = clock.state == ClockState::kPaused;
  if (!paused) clock.budget = Between(clock.working, calendar, stop, clock.due_time);
  clock.state = ClockState::kStopped;
  clock.stop_time = stop;
  clock.stop_reason = reason;
  clock.next_rung = absl::InfiniteFuture();
  const bool on_time = clock.window || reason == std::string(kNoLimit) || (paused ? clock.light != Light::kRed : stop <= clock.due_time);
  // The light is the last word too: a clock found overdue before the news of its end came was on time after all.
  if (on_time && clock.light == Light::kRed) clock.light = Light::kYellow;
  if (!on_time) clock.light = Light::kRed;
  Change change = Told(ChangeKind::kStopped, std::move(clock), reason);
  change.on_time = on_time;
  change.elapsed_natural = stop - change.clock.start_time;
  change.elapsed_working = calendar.WorkingDurationBetween(change.clock.start_time, stop);
  return change;
}

}  // namespace hotline::sla_timer::parts
