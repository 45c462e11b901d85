// Domain changes as events. Pure functions.
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>

#include "hotline/agent_state/v1/agent_state.pb.h"
#include "hotline/events/v1/event.pb.h"
#include "services/agent_state/domain/registry.h"

namespace hotline::agent_state {

inline constexpr char kSource[] = "agent_state";

hotline::agent_state::v1::AgentState ToProto(State state);
std::optional<State> FromProto(hotline::agent_state::v1::AgentState state);

google::protobuf::Timestamp ToTimestamp(absl::Time time);

// AgentStateChanged, or nothing if no event is worth it (a line came up, a profile changed).
std::optional<hotline::events::v1::Event> ToEvent(const Change& change);

}  // namespace hotline::agent_state
