// Open clocks after the calendar or their policy changed (SLA-9).
#include <utility>

#include "services/sla_timer/domain/clock_parts.h"

namespace hotline::sla_timer {
namespace {

using calendar::Calendar;
using parts::Told;

const Rule* RuleOf(const Policy* policy, const Clock& clock) {
  const Step* step = policy == nullptr ? nullptr : FindStep(*policy, clock.step);
  const Rule* rule = step == nullptr ? nullptr : FindRule(*step, clock.ticket);
  return rule != nullptr && rule->limit.kind != LimitKind::kNone ? rule : nullptr;
}

// What a clock that stood still at times gets more or less when another rule sets its limit: the difference of the two
// limits, each counted from the beginning. Natural and working time cannot be set off against each other.
void ChangeBudget(Clock& clock, const Rule& before, const Rule& after, const Calendar& calendar) {
  Clock old = clock, fresh = clock;
  parts::PlaceByRule(old, before, calendar);
  parts::PlaceByRule(fresh, after, calendar);
  if (old.working != fresh.working) return;
  clock.budget += fresh.budget - old.budget;
  clock.warn_lead = fresh.warn_lead;
}

}  // namespace

Change Recompute(const Clock& clock, const Policy* target, const World& world, absl::Time now) {
  const Calendar& calendar = *world.calendar;
  const Policy* own = world.policy_of(clock.policy_id, clock.policy_version);
  const Policy* policy = target == nullptr ? own : target;
  const Rule* rule = RuleOf(policy, clock);
  Clock moved = clock;
  moved.calendar_version = world.calendar_version;
  if (target != nullptr) {
    moved.policy_version = target->version;
    if (rule == nullptr) return parts::Stop(std::move(moved), calendar, now, kNoLimit);
    const Rule* before = RuleOf(own, clock);
    const bool counted = clock.basis == Basis::kBudget || clock.state == ClockState::kPaused;
    if (counted && before != nullptr) ChangeBudget(moved, *before, *rule, calendar);
  }
  if (clock.state == ClockState::kRunning) {
    if (clock.basis == Basis::kLimit && rule != nullptr) {
      parts::PlaceByRule(moved, *rule, calendar);
    } else if (clock.basis == Basis::kBudget) {
      parts::Place(moved, calendar, clock.anchor, parts::Add(clock.working, calendar, clock.anchor, moved.budget));
    } else {
      parts::Place(moved, calendar, clock.anchor, clock.due_time);
    }
    if (policy != nullptr) parts::Settle(moved, *policy, calendar, now);
  }
  const bool same = moved.due_time == clock.due_time && moved.warn_time == clock.warn_time && moved.provisional == clock.provisional &&
                    (clock.state == ClockState::kRunning || moved.budget == clock.budget);
  return Told(same ? ChangeKind::kUpdated : ChangeKind::kMoved, std::move(moved), same ? "" : target == nullptr ? "calendar" : "policy");
}

}  // namespace hotline::sla_timer
