#include "services/agent_state/domain/transitions.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/agent_state/domain/errors.h"
#include "services/agent_state/domain/limits.h"

namespace hotline::agent_state {
namespace {

constexpr std::array<std::pair<State, std::string_view>, 6> kStates = {{{State::kSignedOut, "SIGNED_OUT"},
                                                                         {State::kNotReady, "NOT_READY"},
                                                                         {State::kReady, "READY"},
                                                                         {State::kReserved, "RESERVED"},
                                                                         {State::kTalking, "TALKING"},
                                                                         {State::kWrapUp, "WRAP_UP"}}};

// Enters a state and drops what belongs to others only.
void Enter(Agent& agent, State state, std::string_view reason, absl::Time now) {
  if (agent.state == state && agent.reason == reason) return;
  agent.state = state;
  agent.reason = std::string(reason);
  agent.state_time = now;
  if (state != State::kReserved) agent.reservation_deadline = absl::InfiniteFuture();
  if (state != State::kWrapUp) agent.wrap_up_end = absl::InfiniteFuture();
  if (state != State::kTalking) agent.confirm_deadline = absl::InfiniteFuture();
  if (state == State::kReserved || state == State::kTalking) return;
  if (!agent.reservation_id.empty()) agent.ended_reservation_id = std::exchange(agent.reservation_id, {});
  agent.outbound = agent.rung = false;
  if (state == State::kWrapUp) return;
  agent.contact_id.clear();
  agent.next.reset();
  agent.resume.reset();
}

void EnterTarget(Agent& agent, const Target& target, absl::Time now) {
  if (target.state == State::kReady && agent.state != State::kReady) agent.idle_since = now;
  Enter(agent, target.state, target.state == State::kNotReady ? std::string_view(target.reason) : std::string_view(), now);
}

// What follows a call that was answered, or its wrap-up.
Target AfterCall(const Agent& agent) { return agent.next.value_or(agent.resume.value_or(Target{})); }

void EndCall(Agent& agent, absl::Time now) {
  const absl::Duration wrap_up = agent.profile ? agent.profile->wrap_up : absl::ZeroDuration();
  const Target after = AfterCall(agent);
  if (wrap_up <= absl::ZeroDuration() || after.state == State::kSignedOut) return EnterTarget(agent, after, now);
  Enter(agent, State::kWrapUp, {}, now);
  agent.wrap_up_end = now + wrap_up;
}

void BackToReady(Agent& agent, absl::Time now) {
  Enter(agent, State::kReady, {}, now);  // idle_since stays: nobody talked to this agent
}

// The end of a reservation nobody answered.
void EndReservation(Agent& agent, Outcome outcome, absl::Time now) {
  const std::optional<Target> next = agent.next;
  if (agent.outbound || outcome == Outcome::kCancelled) {
    if (next) return EnterTarget(agent, *next, now);
    if (agent.resume) return EnterTarget(agent, Target(*agent.resume), now);
    return BackToReady(agent, now);
  }
  if (next && next->state != State::kReady) return EnterTarget(agent, *next, now);
  Enter(agent, State::kNotReady, outcome == Outcome::kNoAnswer ? kReasonNoAnswer : kReasonLineLost, now);
}

Outcome OutcomeOf(const Leg& leg) {
  if (leg.end_reason == "no_answer" || leg.end_reason == "rejected") return Outcome::kNoAnswer;
  return leg.end_reason == "failed" ? Outcome::kFailed : Outcome::kCancelled;
}

bool SameCall(const Agent& agent, const Leg& leg) {
  if (!leg.reservation_id.empty() && !agent.reservation_id.empty()) return leg.reservation_id == agent.reservation_id;
  return leg.contact_id == agent.contact_id;
}

// Takes a call of telephony's as the agent's, which no Reserve of ours (or none that still stands) announced.
void Adopt(Agent& agent, const Leg& leg) {
  if (!agent.InCall()) {
    if (agent.state == State::kNotReady) agent.resume = Target{State::kNotReady, agent.reason};
    if (agent.state == State::kSignedOut) agent.resume = Target{State::kSignedOut, {}};
  }
  if (!agent.reservation_id.empty()) agent.ended_reservation_id = agent.reservation_id;
  agent.contact_id = leg.contact_id;
  agent.reservation_id = leg.reservation_id;
  agent.outbound = false;
}

void LegRinging(Agent& agent, const Leg& leg, absl::Time now) {
  switch (agent.state) {
    case State::kReserved:
      if (!SameCall(agent, leg)) return;  // an older call still rings; the reservation stands
      break;
    case State::kReady:
    case State::kNotReady:
    case State::kWrapUp:
      Adopt(agent, leg);
      Enter(agent, State::kReserved, {}, now);
      break;
    case State::kSignedOut:
    case State::kTalking:
      return;
  }
  if (!agent.rung) agent.reservation_deadline = now + kMaxRing;
  agent.rung = true;
}

void LegTalking(Agent& agent, const Leg& leg, absl::Time now) {
  agent.confirm_deadline = absl::InfiniteFuture();
  if (agent.state == State::kTalking && SameCall(agent, leg)) return;
  const bool another = agent.state == State::kTalking;
  if (another || agent.state != State::kReserved || !SameCall(agent, leg)) Adopt(agent, leg);
  agent.rung = true;
  if (another) agent.state_time = now;
  Enter(agent, State::kTalking, {}, now);
}

void LegGone(Agent& agent, const Leg& leg, absl::Time now) {
  const bool ended = leg.phase == LegPhase::kEnded;
  if (ended && !leg.contact_id.empty() && !SameCall(agent, leg)) return;
  if (agent.state == State::kTalking) {
    // Telephony says that there is no call: ended, or its end got lost with a break.
    if (ended || leg.phase == LegPhase::kIdle || leg.snapshot) EndCall(agent, now);
  } else if (agent.state == State::kReserved) {
    // A reservation that telephony has not heard of yet is left alone.
    if (ended) return EndReservation(agent, OutcomeOf(leg), now);
    if (leg.snapshot && agent.rung) EndReservation(agent, Outcome::kCancelled, now);
  }
}

struct Decision {
  Agent& agent;
  absl::Time now;

  absl::Status operator()(const SignIn&) {
    if (agent.state == State::kSignedOut) Enter(agent, State::kNotReady, kReasonSignedIn, now);
    return absl::OkStatus();
  }
  absl::Status operator()(const SignOut&) {
    if (agent.InCall()) return errors::AgentInCall();
    Enter(agent, State::kSignedOut, {}, now);
    return absl::OkStatus();
  }
  absl::Status operator()(const SetState& command) { return Set(command.target); }
  absl::Status operator()(const Force& command) {
    if (agent.state == State::kSignedOut && command.target.state == State::kSignedOut) return absl::OkStatus();
    return Set(command.target);
  }
  absl::Status operator()(const PutProfile& command) {
    if (!agent.profile || *agent.profile != command.profile) {
      agent.profile = std::make_shared<const Profile>(command.profile);
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const Reserve& command) {
    if (agent.InCall() && agent.reservation_id == command.reservation_id) {
      return agent.contact_id == command.contact_id ? absl::OkStatus() : errors::ReservationReused();
    }
    if (agent.ended_reservation_id == command.reservation_id) return errors::ReservationEnded();
    const bool free = agent.state == State::kReady || (command.outbound && agent.state == State::kNotReady);
    if (!free || !agent.line_up || (!command.outbound && !agent.profile)) {
      return errors::AgentNotReady(agent.state, agent.line_up);
    }
    if (agent.state == State::kNotReady) agent.resume = Target{State::kNotReady, agent.reason};
    agent.contact_id = command.contact_id;
    agent.reservation_id = command.reservation_id;
    agent.outbound = command.outbound;
    Enter(agent, State::kReserved, {}, now);
    agent.reservation_deadline = now + command.ttl;
    return absl::OkStatus();
  }
  absl::Status operator()(const Release& command) {
    if (agent.state == State::kReserved && agent.reservation_id == command.reservation_id) {
      EndReservation(agent, command.outcome, now);
    } else if (agent.reservation_id != command.reservation_id) {
      agent.ended_reservation_id = command.reservation_id;  // its Reserve may still be under way
    }
    return absl::OkStatus();
  }
  absl::Status operator()(const Leg& leg) {
    agent.line_up = leg.line_up;
    if (!leg.owner.empty()) agent.line_owner = leg.owner;
    if (leg.snapshot) agent.line_deadline = absl::InfiniteFuture();  // telephony has spoken; Settle starts the usual grace
    if (leg.phase == LegPhase::kRinging) LegRinging(agent, leg, now);
    else if (leg.phase == LegPhase::kTalking) LegTalking(agent, leg, now);
    else LegGone(agent, leg, now);
    return absl::OkStatus();
  }
  absl::Status operator()(const Tick&) {
    if (agent.state == State::kReserved && agent.reservation_deadline <= now) EndReservation(agent, Outcome::kCancelled, now);
    if (agent.state == State::kTalking && agent.confirm_deadline <= now) EndCall(agent, now);
    if (agent.state == State::kWrapUp && agent.wrap_up_end <= now) EnterTarget(agent, AfterCall(agent), now);
    if (agent.state == State::kReady && agent.line_deadline <= now) Enter(agent, State::kNotReady, kReasonLineLost, now);
    return absl::OkStatus();
  }
  absl::Status operator()(const Recover&) {
    agent.line_up = false;
    agent.line_deadline = agent.state == State::kReady ? now + kSnapshotGrace : absl::InfiniteFuture();
    if (agent.state == State::kReserved) {
      agent.rung = true;  // telephony's snapshot knows whether it rings
      agent.reservation_deadline = now + kSnapshotGrace;
    }
    if (agent.state == State::kTalking) agent.confirm_deadline = now + kTalkConfirmGrace;
    return absl::OkStatus();
  }

  absl::Status Set(const Target& target) {
    if (agent.state == State::kSignedOut) return errors::AgentSignedOut();
    if (agent.InCall()) agent.next = target;
    else EnterTarget(agent, target, now);
    return absl::OkStatus();
  }
};

// A ready agent without a line gets the grace of a page reload; everybody else has no such deadline.
void Settle(Agent& agent, absl::Time now) {
  if (agent.state != State::kReady || agent.line_up) agent.line_deadline = absl::InfiniteFuture();
  else if (agent.line_deadline == absl::InfiniteFuture()) agent.line_deadline = now + kLineGrace;
}

}  // namespace

std::string_view StateName(State state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "SIGNED_OUT";
}

std::optional<State> StateFromName(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return std::nullopt;
}

absl::Time Agent::NextDeadline() const {
  return std::min({reservation_deadline, wrap_up_end, line_deadline, confirm_deadline});
}

absl::StatusOr<Agent> Decide(const Agent& agent, const Command& command, absl::Time now) {
  Agent after = agent;
  absl::Status status = std::visit(Decision{after, now}, command);
  if (!status.ok()) return status;
  Settle(after, now);
  if (!(after == agent)) ++after.version;
  return after;
}

}  // namespace hotline::agent_state
