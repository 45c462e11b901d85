// Protos of acd <-> domain, with the checks of what comes in. Pure functions.
#pragma once

#include <absl/status/statusor.h>

#include "hotline/acd/v1/acd.pb.h"
#include "hotline/agent_state/v1/agent_state.pb.h"
#include "services/acd/domain/core.h"

namespace hotline::acd {

hotline::acd::v1::Queue ToProto(const Queue& queue);
hotline::acd::v1::QueueFigure ToProto(const std::string& queue_id, const Figure& figure);
hotline::acd::v1::EnqueueUpdate ToProto(const Offer& offer);
hotline::acd::v1::EnqueueUpdate ToProto(const Place& place);

// Complete and checked; INVALID_FIELD otherwise.
absl::StatusOr<Queue> ParseQueue(const hotline::acd::v1::Queue& queue);
absl::StatusOr<Entry> ParseEnter(const hotline::acd::v1::Enter& enter);
absl::StatusOr<Result> ParseResult(const hotline::acd::v1::OfferResult& result);

// The agent's queue group, and how the queueing core sees the agent there.
std::string GroupOf(const hotline::agent_state::v1::Agent& agent);
AgentView ViewOf(const hotline::agent_state::v1::Agent& agent);

}  // namespace hotline::acd
