// The state machine of one agent, pure: Decide(agent, command, now) gives the agent after it, or why it may not be.
//
// | from \ command | SignIn    | SignOut   | SetState / Force        | Reserve in | Reserve out | leg RINGING | leg TALKING | leg ENDED, Release    | Tick                     |
// |----------------|-----------|-----------|-------------------------|------------|-------------|-------------|-------------|-----------------------|--------------------------|
// | SIGNED_OUT     | NOT_READY | -         | AGENT_SIGNED_OUT        | refused    | refused     | -           | TALKING (3) | -                     | -                        |
// | NOT_READY      | -         | SIGNED_OUT| as asked                | refused    | RESERVED    | RESERVED    | TALKING     | -                     | -                        |
// | READY          | -         | SIGNED_OUT| as asked                | RESERVED(1)| RESERVED(1) | RESERVED    | TALKING     | -                     | line down: NOT_READY     |
// | RESERVED       | -         | refused   | remembered as next      | refused (2)| refused (2) | rung        | TALKING     | (4)                   | expiry: as cancelled     |
// | TALKING        | -         | refused   | remembered as next      | refused (2)| refused (2) | -           | (5)         | WRAP_UP or next       | unconfirmed: WRAP_UP     |
// | WRAP_UP        | -         | SIGNED_OUT| as asked                | refused    | refused     | RESERVED    | TALKING     | -                     | end: next                |
//
// (1) Only with the line up, and inbound only with a profile. (2) But the same reservation again is answered with the same.
// (3) Telephony's word counts whoever else is dead (TEL-1); the agent is signed out again afterwards. (4) Inbound: no_answer
// and rejected give NOT_READY "no_answer" (ACD-4), failed gives NOT_READY "line_lost", all else READY with the old idle time.
// Outbound: back to where the call found the agent. (5) The same contact: nothing; another contact: telephony knows better.
// "next" is what was chosen during the call, else where the call found the agent, else READY. A forced sign-out skips WRAP_UP.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <variant>

#include "services/agent_state/domain/agent.h"

namespace hotline::agent_state {

struct SignIn {};
struct SignOut {};
struct SetState {
  Target target;  // READY or NOT_READY
};
struct Force {
  Target target;  // READY, NOT_READY or SIGNED_OUT
};
struct PutProfile {
  Profile profile;
};
struct Reserve {
  std::string contact_id;
  std::string reservation_id;
  absl::Duration ttl;
  bool outbound = false;
};
// How a reservation ends before an answer.
enum class Outcome { kCancelled, kFailed, kNoAnswer };
struct Release {
  std::string reservation_id;
  Outcome outcome = Outcome::kCancelled;
};
enum class LegPhase { kUnknown, kIdle, kRinging, kTalking, kEnded };
struct Leg {
  LegPhase phase = LegPhase::kUnknown;
  bool line_up = false;
  std::string contact_id;
  std::string reservation_id;
  std::string end_reason;   // hangup, caller_hangup, no_answer, rejected, failed, transferred
  std::string owner;        // telephony instance, without its start
  bool snapshot = false;    // the whole truth of `owner`: a call that is not in it is over
};
struct Tick {};
// After loading from the store: what only telephony can know has to be confirmed by it.
struct Recover {};

using Command = std::variant<SignIn, SignOut, SetState, Force, PutProfile, Reserve, Release, Leg, Tick, Recover>;

// The version grows by one if anything changed. Errors: errors.h.
absl::StatusOr<Agent> Decide(const Agent& agent, const Command& command, absl::Time now);

}  // namespace hotline::agent_state
