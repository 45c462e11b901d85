// Protos of agent_state <-> domain, with the checks of what comes in. Pure functions.
#pragma once

#include <absl/status/statusor.h>

#include "hotline/agent_state/v1/agent_state.pb.h"
#include "services/agent_state/domain/registry.h"

namespace hotline::agent_state {

hotline::agent_state::v1::Agent ToProto(const Agent& agent);

// All with INVALID_FIELD naming what is wrong.
absl::Status CheckId(std::string_view field, std::string_view id);
absl::StatusOr<Profile> ParseProfile(const hotline::agent_state::v1::AgentProfile& profile);
absl::StatusOr<Target> ParseMyState(const hotline::agent_state::v1::SetMyStateRequest& request);
absl::StatusOr<Target> ParseForce(const hotline::agent_state::v1::ForceStateRequest& request);
absl::StatusOr<Reserve> ParseReserve(const hotline::agent_state::v1::ReserveRequest& request);
absl::StatusOr<Release> ParseRelease(const hotline::agent_state::v1::ReleaseRequest& request);
absl::StatusOr<LegReport> ParseReport(const hotline::agent_state::v1::LegReport& report);

}  // namespace hotline::agent_state
