#include "services/sla_timer/domain/clock.h"

#include <algorithm>
#include <utility>

#include "services/sla_timer/domain/errors.h"

namespace hotline::sla_timer {
namespace {

using calendar::Calendar;

absl::Duration Between(bool working, const Calendar& calendar, absl::Time a, absl::Time b) {
  return working ? calendar.WorkingDurationBetween(a, b) : b - a;
}

absl::Time Add(bool working, const Calendar& calendar, absl::Time t, absl::Duration d) {
  if (d < absl::ZeroDuration()) d = absl::ZeroDuration();
  return working ? calendar.AddWorkingDuration(t, d) : t + d;
}

// Sets the limit and, `warn_lead` before it, the warning.
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
  clock.warn_lead = rule.warn_before > absl::ZeroDuration() ? rule.warn_before : total * (100 - rule.warn_percent) / 100;
  Place(clock, calendar, clock.start_time, due);
}

// A limit that moved away turns the light back. The other direction is Fire's, which tells it.
void LowerLight(Clock& clock, absl::Time now) {
  if (now < clock.warn_time) clock.light = Light::kGreen;
  else if (now < clock.due_time) clock.light = std::min(clock.light, Light::kYellow);
}

Change Told(ChangeKind kind, Clock clock, std::string detail = {}) {
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

// From a pause or a stop on, with what was left. A clock that was over its limit stays over it.
void GoOn(Clock& clock, const Calendar& calendar, absl::Time now) {
  clock.state = ClockState::kRunning;
  clock.stop_time.reset();
  clock.stop_reason.clear();
  if (clock.budget <= absl::ZeroDuration()) return;
  const absl::Duration left = clock.budget;
  clock.basis = Basis::kBudget;
  Place(clock, calendar, now, Add(clock.working, calendar, now, left));
  clock.budget = left;
  LowerLight(clock, now);
}

std::optional<Clock> Started(const TicketChange& change, const Step& step, const World& world) {
  const Rule* rule = FindRule(step, change.ticket);
  if (rule == nullptr || rule->limit.kind == LimitKind::kNone) return std::nullopt;
  Clock clock;
  clock.clock_id = world.new_id();
  clock.ticket_id = change.ticket_id;
  clock.step = step.step;
  clock.policy_id = world.active->policy_id;
  clock.policy_version = world.active->version;
  clock.ticket = change.ticket;
  clock.unit_id = change.unit_id;
  clock.unit_path = change.unit_path;
  clock.start_time = change.time;
  clock.window = step.window;
  clock.calendar_version = world.calendar_version;
  PlaceByRule(clock, *rule, *world.calendar);
  return clock;
}

// The ticket is of another kind now, so the step may have another limit, counted from its beginning (SLA-9).
std::optional<Change> Reclassify(Clock clock, const TicketChange& change, const Step& step, const World& world) {
  const Rule* before = FindRule(step, clock.ticket);
  const Rule* after = FindRule(step, change.ticket);
  clock.ticket = change.ticket;
  clock.unit_id = change.unit_id;
  clock.unit_path = change.unit_path;
  if (after == nullptr || after->limit.kind == LimitKind::kNone) return Stop(std::move(clock), *world.calendar, change.time, kNoLimit);
  if (after == before) return Told(ChangeKind::kUpdated, std::move(clock));
  const bool paused = clock.state == ClockState::kPaused;
  PlaceByRule(clock, *after, *world.calendar);
  if (paused) clock.budget = Between(clock.working, *world.calendar, change.time, clock.due_time);
  LowerLight(clock, change.time);
  return Told(ChangeKind::kMoved, std::move(clock), "reclassified");
}

// What the change does to one clock that runs or is paused; nothing if it does not touch it.
std::optional<Change> ApplyToOpen(const TicketChange& change, const Clock& clock, const World& world) {
  const Policy* policy = world.policy_of(clock.policy_id, clock.policy_version);
  const Step* step = policy == nullptr ? nullptr : FindStep(*policy, clock.step);
  const bool done = step != nullptr && Contains(step->stop, change.trigger);
  if (done || change.ended || step == nullptr) return Stop(clock, *world.calendar, change.time, done ? kDone : kEnded);
  if (Contains(step->pause, change.trigger) && clock.state == ClockState::kRunning) {
    return *Pause(clock, *world.calendar, change.time);
  }
  if (Contains(step->resume, change.trigger) && clock.state == ClockState::kPaused) {
    return *Resume(clock, *world.calendar, change.time);
  }
  if (change.ticket == clock.ticket && change.unit_id == clock.unit_id && change.unit_path == clock.unit_path) return std::nullopt;
  return Reclassify(clock, change, *step, world);
}

// Starts or reopens the step's clock if the change says so.
std::optional<Change> ApplyToStep(const TicketChange& change, const Step& step, const Clock* last_stopped, const World& world) {
  if (Contains(step.reopen, change.trigger) && last_stopped != nullptr && last_stopped->stop_reason == kDone) {
    Clock clock = *last_stopped;
    clock.ticket = change.ticket;
    clock.unit_id = change.unit_id;
    clock.unit_path = change.unit_path;
    GoOn(clock, *world.calendar, change.time);
    return Told(ChangeKind::kReopened, std::move(clock));
  }
  // A ticket that waits for dispatch and is of another kind now may have a limit where it had none.
  const bool late_start = change.trigger == Trigger::kNone && change.awaits_dispatch && Contains(step.start, Trigger::kCreated);
  if (!Contains(step.start, change.trigger) && !late_start) return std::nullopt;
  std::optional<Clock> clock = Started(change, step, world);
  if (!clock) return std::nullopt;
  return Told(ChangeKind::kStarted, *std::move(clock));
}

}  // namespace

std::vector<Change> Apply(const TicketChange& change, const std::vector<Clock>& clocks, const World& world) {
  std::vector<Change> changes;
  std::vector<std::string> running;
  for (const Clock& clock : clocks) {
    if (clock.state == ClockState::kStopped) continue;
    std::optional<Change> told = ApplyToOpen(change, clock, world);
    if (!told || told->kind != ChangeKind::kStopped) running.push_back(clock.step);
    if (told) changes.push_back(*std::move(told));
  }
  if (change.ended) return changes;
  for (const Step& step : world.active->steps) {
    if (std::find(running.begin(), running.end(), step.step) != running.end()) continue;
    auto stopped = std::find_if(clocks.begin(), clocks.end(), [&](const Clock& clock) {
      return clock.step == step.step && clock.state == ClockState::kStopped;
    });
    std::optional<Change> told = ApplyToStep(change, step, stopped == clocks.end() ? nullptr : &*stopped, world);
    if (told) changes.push_back(*std::move(told));
  }
  return changes;
}

absl::Time NextFire(const Clock& clock) {
  if (clock.state != ClockState::kRunning || clock.light == Light::kRed) return absl::InfiniteFuture();
  return clock.light == Light::kGreen && !clock.window ? clock.warn_time : clock.due_time;
}

std::vector<Change> Fire(const Clock& clock, const Policy& policy, const Calendar& calendar, absl::Time now) {
  std::vector<Change> changes;
  Clock current = clock;
  while (NextFire(current) <= now) {
    Change change;
    if (current.window) {
      change = Stop(current, calendar, current.due_time, kWindowClosed);
    } else if (current.light == Light::kGreen) {
      current.light = Light::kYellow;
      change = Told(ChangeKind::kWarned, current);
    } else {
      current.light = Light::kRed;
      change = Told(ChangeKind::kOverdue, current, policy.ladder.empty() ? std::string() : policy.ladder.front());
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
  paused.budget = Between(clock.working, calendar, now, clock.due_time);
  return Told(ChangeKind::kMoved, std::move(paused), "paused");
}

absl::StatusOr<Change> Resume(const Clock& clock, const Calendar& calendar, absl::Time now) {
  if (clock.state != ClockState::kPaused) return errors::ClockNotPaused(clock.clock_id);
  Clock resumed = clock;
  GoOn(resumed, calendar, now);
  return Told(ChangeKind::kMoved, std::move(resumed), "resumed");
}

absl::StatusOr<Change> Extend(const Clock& clock, const Rule* rule, absl::Time due, const Calendar& calendar, absl::Time now) {
  if (clock.state != ClockState::kRunning || clock.window) return errors::ClockNotRunning(clock.clock_id);
  if (now > clock.due_time || clock.light == Light::kRed) return errors::ClockOverdue(clock.clock_id);
  if (due <= clock.due_time) return errors::Invalid("due_time", "TOO_EARLY", "later than the present limit");
  if (rule == nullptr || clock.extensions >= rule->max_extensions) return errors::ExtensionLimit(clock.clock_id);
  if (rule->max_extension && due > DueTime(*rule->max_extension, calendar, clock.due_time)) {
    return errors::ExtensionLimit(clock.clock_id);
  }
  Clock extended = clock;
  ++extended.extensions;
  extended.basis = Basis::kPromised;
  Place(extended, calendar, clock.anchor, due);
  LowerLight(extended, now);
  return Told(ChangeKind::kMoved, std::move(extended), "extended");
}

Change Recompute(const Clock& clock, const World& world, absl::Time now) {
  Clock moved = clock;
  moved.calendar_version = world.calendar_version;
  if (clock.state == ClockState::kRunning) {
    const Policy* policy = world.policy_of(clock.policy_id, clock.policy_version);
    const Step* step = policy == nullptr ? nullptr : FindStep(*policy, clock.step);
    const Rule* rule = step == nullptr ? nullptr : FindRule(*step, clock.ticket);
    if (clock.basis == Basis::kLimit && rule != nullptr && rule->limit.kind != LimitKind::kNone) {
      PlaceByRule(moved, *rule, *world.calendar);
    } else if (clock.basis == Basis::kBudget) {
      Place(moved, *world.calendar, clock.anchor, Add(clock.working, *world.calendar, clock.anchor, clock.budget));
    } else {
      Place(moved, *world.calendar, clock.anchor, clock.due_time);
    }
    LowerLight(moved, now);
  }
  const bool same = moved.due_time == clock.due_time && moved.warn_time == clock.warn_time && moved.provisional == clock.provisional;
  return Told(same ? ChangeKind::kUpdated : ChangeKind::kMoved, std::move(moved), same ? "" : "calendar");
}

TimeLeft Left(const Clock& clock, const Calendar& calendar, absl::Time now) {
  if (clock.state == ClockState::kRunning) {
    return {calendar.WorkingDurationBetween(now, clock.due_time), clock.due_time - now};
  }
  return clock.working ? TimeLeft{clock.budget, absl::ZeroDuration()} : TimeLeft{absl::ZeroDuration(), clock.budget};
}

}  // namespace hotline::sla_timer
