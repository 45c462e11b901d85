#include "services/agent_state/domain/errors.h"

#include "libs/base/error.h"

namespace hotline::agent_state::errors {

absl::Status AgentNotFound(std::string_view id) { return base::NotFound("agent", id); }

absl::Status AgentNotReady(State state, bool line_up) {
  return base::FailedPrecondition("AGENT_NOT_READY", "The agent cannot take this call now.",
                                  {{"state", std::string(StateName(state))}, {"line_up", line_up ? "true" : "false"}});
}
absl::Status AgentInCall() {
  return base::FailedPrecondition("AGENT_IN_CALL", "The agent has a call; sign out when it is over.");
}
absl::Status AgentSignedOut() { return base::FailedPrecondition("AGENT_SIGNED_OUT", "The agent is not signed in."); }
absl::Status ReservationReused() {
  return base::AlreadyExists("RESERVATION_REUSED", "This reservation id was used for another contact.");
}
absl::Status ReservationEnded() {
  return base::FailedPrecondition("RESERVATION_ENDED", "This reservation has ended already.");
}
absl::Status StaleEpoch(int64_t known) {
  return base::FailedPrecondition("STALE_EPOCH", "Another acd is active for this queue group.",
                                  {{"epoch", std::to_string(known)}});
}
absl::Status TooManyAgents() { return base::ResourceExhausted("TOO_MANY_AGENTS", "No further agent can be known."); }
absl::Status TooManyGroups() { return base::ResourceExhausted("TOO_MANY_QUEUE_GROUPS", "No further queue group can be known."); }
absl::Status StoreBehind() {
  return base::Unavailable("STORE_BEHIND", "Changes wait for the database; try again in a moment.");
}
absl::Status NotActive() { return base::Unavailable("NOT_ACTIVE", "This replica does not hold the agents' states."); }
absl::Status TooManyWatchers() { return base::ResourceExhausted("TOO_MANY_WATCHERS", "Too many followers of the agents' states."); }
absl::Status SnapshotFirst() {
  return base::FailedPrecondition("SNAPSHOT_FIRST", "A stream of leg reports begins with a snapshot.");
}
absl::Status PageTokenInvalid() {
  return base::InvalidField("page_token", "BAD_FORMAT", "not a token of this list with these filters");
}

}  // namespace hotline::agent_state::errors
