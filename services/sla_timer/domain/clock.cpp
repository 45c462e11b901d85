#include "services/sla_timer/domain/clock.h"

#include <algorithm>
#include <utility>

#include "services/sla_timer/domain/clock_parts.h"

namespace hotline::sla_timer {
namespace {

using parts::Stop;
using parts::Told;

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
  clock.area_code = change.area_code;
  clock.unit_id = change.unit_id;
  clock.unit_path = change.unit_path;
  clock.start_time = change.time;
  clock.window = step.window;
  clock.calendar_version = world.calendar_version;
  parts::PlaceByRule(clock, *rule, *world.calendar);
  return clock;
}

// What events say of the ticket, whatever else they do to its clocks.
void TakeFacts(Clock& clock, const TicketChange& change) {
  clock.ticket = change.ticket;
  clock.area_code = change.area_code;
  clock.unit_id = change.unit_id;
  clock.unit_path = change.unit_path;
}

bool SameFacts(const Clock& clock, const TicketChange& change) {
  return change.ticket == clock.ticket && change.area_code == clock.area_code && change.unit_id == clock.unit_id &&
         change.unit_path == clock.unit_path;
}

bool FitsState(const Step& step, int state) {
  return step.states.empty() || state == 0 || std::find(step.states.begin(), step.states.end(), state) != step.states.end();
}

// Another unit, and not one below the first: those dispatch on within the limit they were given (TKT-6).
bool TakenOver(const Clock& clock, const TicketChange& change) {
  return !clock.unit_id.empty() && !change.unit_id.empty() && clock.unit_id != change.unit_id &&
         (clock.unit_path.empty() || change.unit_path.rfind(clock.unit_path, 0) != 0);
}

// The ticket is of another kind now, so the step may have another limit, counted from its beginning (SLA-9).
std::optional<Change> Reclassify(Clock clock, const TicketChange& change, const Policy& policy, const Step& step, const World& world) {
  const Rule* before = FindRule(step, clock.ticket);
  const Rule* after = FindRule(step, change.ticket);
  TakeFacts(clock, change);
  if (after == nullptr || after->limit.kind == LimitKind::kNone) return Stop(std::move(clock), *world.calendar, change.time, kNoLimit);
  if (after == before) return Told(ChangeKind::kUpdated, std::move(clock));
  const bool paused = clock.state == ClockState::kPaused;
  parts::PlaceByRule(clock, *after, *world.calendar);
  if (paused) clock.budget = parts::Between(clock.working, *world.calendar, change.time, clock.due_time);
  parts::Settle(clock, policy, *world.calendar, change.time);
  return Told(ChangeKind::kMoved, std::move(clock), "reclassified");
}

// The decider has granted it: a fact, whatever the limit is meanwhile. An event that comes again moves nothing (TKT-8).
std::optional<Change> Grant(Clock clock, const TicketChange& change, const Policy& policy, const World& world) {
  if (*change.granted <= clock.due_time) return std::nullopt;
  TakeFacts(clock, change);
  ++clock.extensions;
  clock.basis = Basis::kPromised;
  const bool paused = clock.state == ClockState::kPaused;
  parts::Place(clock, *world.calendar, clock.anchor, *change.granted);
  if (paused) clock.budget = parts::Between(clock.working, *world.calendar, change.time, clock.due_time);
  parts::Settle(clock, policy, *world.calendar, change.time);
  return Told(ChangeKind::kMoved, std::move(clock), "extended");
}

// What the change does to one clock that runs or is paused; nothing if it does not touch it.
std::optional<Change> ApplyToOpen(const TicketChange& change, const Clock& clock, const World& world) {
  const Policy* policy = world.policy_of(clock.policy_id, clock.policy_version);
  const Step* step = policy == nullptr ? nullptr : FindStep(*policy, clock.step);
  if (change.merged) return Stop(clock, *world.calendar, change.time, kMergedAway);
  const bool done = step != nullptr && (Contains(step->stop, change.trigger) || !FitsState(*step, change.state));
  if (step == nullptr || change.ended) {
    return Stop(clock, *world.calendar, change.time, step != nullptr && Contains(step->stop, change.trigger) ? kDone : kEnded);
  }
  if (done) return Stop(clock, *world.calendar, change.time, kDone);
  const bool start = Contains(step->start, change.trigger);
  if (start && TakenOver(clock, change)) return Stop(clock, *world.calendar, change.time, kSuperseded);
  if (change.granted && clock.step == kReplyStep) return Grant(clock, change, *policy, world);
  if (Contains(step->pause, change.trigger) && clock.state == ClockState::kRunning) {
    return *Pause(clock, *world.calendar, change.time);
  }
  if ((start || Contains(step->resume, change.trigger)) && clock.state == ClockState::kPaused) {
    return *Resume(clock, *policy, *world.calendar, change.time);
  }
  if (SameFacts(clock, change)) return std::nullopt;
  return Reclassify(clock, change, *policy, *step, world);
}

// Starts or reopens the step's clock if the change says so.
std::optional<Change> ApplyToStep(const TicketChange& change, const Step& step, const Clock* last_stopped, const World& world) {
  if (!FitsState(step, change.state)) return std::nullopt;
  if (Contains(step.reopen, change.trigger) && last_stopped != nullptr && last_stopped->stop_reason == kDone) {
    Clock clock = *last_stopped;
    TakeFacts(clock, change);
    const Policy* policy = world.policy_of(clock.policy_id, clock.policy_version);
    parts::GoOn(clock, policy == nullptr ? *world.active : *policy, *world.calendar, change.time);
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
  if (change.ended || change.merged) return changes;
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

}  // namespace hotline::sla_timer
