#include "services/agent_state/events.h"

#include <absl/time/time.h>

#include "hotline/events/v1/agent.pb.h"
#include "libs/events/event.h"

namespace hotline::agent_state {

namespace pb = hotline::agent_state::v1;

pb::AgentState ToProto(State state) {
  switch (state) {
    case State::kSignedOut: return pb::AGENT_STATE_SIGNED_OUT;
    case State::kNotReady: return pb::AGENT_STATE_NOT_READY;
    case State::kReady: return pb::AGENT_STATE_READY;
    case State::kReserved: return pb::AGENT_STATE_RESERVED;
    case State::kTalking: return pb::AGENT_STATE_TALKING;
    case State::kWrapUp: return pb::AGENT_STATE_WRAP_UP;
  }
  return pb::AGENT_STATE_UNSPECIFIED;
}

std::optional<State> FromProto(pb::AgentState state) {
  switch (state) {
    case pb::AGENT_STATE_SIGNED_OUT: return State::kSignedOut;
    case pb::AGENT_STATE_NOT_READY: return State::kNotReady;
    case pb::AGENT_STATE_READY: return State::kReady;
    case pb::AGENT_STATE_RESERVED: return State::kReserved;
    case pb::AGENT_STATE_TALKING: return State::kTalking;
    case pb::AGENT_STATE_WRAP_UP: return State::kWrapUp;
    default: return std::nullopt;
  }
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

std::optional<hotline::events::v1::Event> ToEvent(const Change& change) {
  if (!change.state_changed) return std::nullopt;
  hotline::events::v1::AgentStateChanged data;
  const Agent& agent = change.agent;
  data.set_agent_id(agent.id);
  data.set_previous_state(ToProto(change.previous));
  data.set_state(ToProto(agent.state));
  data.set_reason(agent.reason);
  data.set_contact_id(agent.contact_id);
  *data.mutable_time() = ToTimestamp(agent.state_time);
  data.set_previous_duration_ms(absl::ToInt64Milliseconds(change.previous_duration));
  hotline::events::v1::Event event = events::Make(kSource, agent.id, data, agent.state_time);
  if (!change.event_id.empty()) event.set_id(change.event_id);
  return event;
}

}  // namespace hotline::agent_state
