// A dialogue's state as text and back.
#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "services/ivr/domain/dialogue.h"

namespace hotline::ivr {
namespace {

using nlohmann::json;

absl::Status BadCheckpoint() { return base::Error(absl::StatusCode::kInvalidArgument, "BAD_CHECKPOINT", "the checkpoint cannot be read"); }

absl::StatusOr<json> Parse(const std::string& checkpoint) {
  if (checkpoint.size() > kMaxCheckpointBytes) return BadCheckpoint();
  json state = json::parse(checkpoint, nullptr, false);
  if (!state.is_object()) return BadCheckpoint();
  return state;
}

std::string Text(const json& state, const char* key) {
  const auto found = state.find(key);
  return found != state.end() && found->is_string() ? found->get<std::string>() : "";
}

int Number(const json& state, const char* key) {
  const auto found = state.find(key);
  return found != state.end() && found->is_number_integer() ? found->get<int>() : 0;
}

}  // namespace

std::string Dialogue::Checkpoint() const {
  json state = {{"flow", call_.flow_id}, {"version", call_.version}, {"step", step_}, {"phase", static_cast<int>(phase_)},
                {"vars", variables_},    {"actions", actions_},      {"timer", timer_}, {"agent", agent_id_},
                {"awaited", awaited_},   {"excluded", excluded_agents_}, {"first", first_in_line_}, {"lost", lines_lost_}};
  if (enqueue_time_) state["enqueue_ms"] = absl::ToUnixMillis(*enqueue_time_);
  return state.dump(-1, ' ', false, json::error_handler_t::replace);
}

absl::StatusOr<Dialogue::Call> Dialogue::CallOf(const std::string& checkpoint) {
  HOTLINE_ASSIGN_OR_RETURN(const json state, Parse(checkpoint));
  Call call{Text(state, "flow"), Number(state, "version")};
  if (call.flow_id.empty() || call.version < 1) return BadCheckpoint();
  return call;
}

Effects Dialogue::Resume(const std::string& checkpoint, bool agent_connected, bool recording, absl::Time now) {
  Effects out;
  const absl::StatusOr<json> parsed = Parse(checkpoint);
  const std::string step = parsed.ok() ? Text(*parsed, "step") : "";
  if (flow_->Find(step) == nullptr) {
    Enter(flow_->start(), now, out);
    return out;
  }
  const json& state = *parsed;
  step_ = step;
  if (const auto vars = state.find("vars"); vars != state.end() && vars->is_object()) {
    for (const auto& [name, value] : vars->items()) {
      if (value.is_string()) Set(name, value.get<std::string>());
    }
  }
  if (const auto excluded = state.find("excluded"); excluded != state.end() && excluded->is_array()) {
    for (const json& agent : *excluded) {
      if (agent.is_string()) excluded_agents_.push_back(agent.get<std::string>());
    }
  }
  if (const auto enqueued = state.find("enqueue_ms"); enqueued != state.end() && enqueued->is_number_integer()) {
    enqueue_time_ = absl::FromUnixMillis(enqueued->get<int64_t>());
  }
  // A new life of the call uses new numbers, so that what the old one started is not mistaken for its own.
  actions_ = Number(state, "actions") + 1000;
  timer_ = Number(state, "timer") + 1000;
  lines_lost_ = Number(state, "lost");
  agent_id_ = Text(state, "agent");
  first_in_line_ = state.value("first", false);
  if (agent_connected) {
    phase_ = Phase::kTalking;
    return out;
  }
  if (recording && Current().kind == StepKind::kRecord) {
    phase_ = Phase::kRecording;
    awaited_ = Text(state, "awaited");
    return out;
  }
  Enter(step_, now, out);
  return out;
}

}  // namespace hotline::ivr
