// The errors of agent_state by name. Pure functions.
#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "services/agent_state/domain/agent.h"

namespace hotline::agent_state::errors {

absl::Status AgentNotFound(std::string_view id);           // NOT_FOUND AGENT_NOT_FOUND
absl::Status AgentNotReady(State state, bool line_up);     // FAILED_PRECONDITION AGENT_NOT_READY
absl::Status AgentInCall();                                // FAILED_PRECONDITION AGENT_IN_CALL
absl::Status AgentSignedOut();                             // FAILED_PRECONDITION AGENT_SIGNED_OUT
absl::Status ReservationReused();                          // ALREADY_EXISTS RESERVATION_REUSED
absl::Status ReservationEnded();                           // FAILED_PRECONDITION RESERVATION_ENDED
absl::Status StaleEpoch(int64_t known);                    // FAILED_PRECONDITION STALE_EPOCH
absl::Status TooManyAgents();                              // RESOURCE_EXHAUSTED TOO_MANY_AGENTS
absl::Status TooManyGroups();                              // RESOURCE_EXHAUSTED TOO_MANY_QUEUE_GROUPS
absl::Status StoreBehind();                                // UNAVAILABLE STORE_BEHIND
absl::Status NotActive();                                  // UNAVAILABLE NOT_ACTIVE
absl::Status TooManyWatchers();                            // RESOURCE_EXHAUSTED TOO_MANY_WATCHERS
absl::Status SnapshotFirst();                              // FAILED_PRECONDITION SNAPSHOT_FIRST
absl::Status PageTokenInvalid();                           // INVALID_ARGUMENT, page_token

}  // namespace hotline::agent_state::errors
