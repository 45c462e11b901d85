// The agent's part of a call: ringing, talking, holding, leaving.
#include <absl/time/clock.h>

#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"

namespace hotline::telephony {

using ivr::v1::ConnectDone;

void Call::TellConnect(const std::string& action_id, const std::string& offer_id, ConnectDone::Result result) {
  ivr::v1::CallEvent event;
  event.mutable_connect_done()->set_action_id(action_id);
  event.mutable_connect_done()->set_offer_id(offer_id);
  event.mutable_connect_done()->set_result(result);
  Tell(std::move(event));
}

v1::LineCall Call::View(v1::LineCall::Phase phase) const {
  v1::LineCall view;
  view.set_call_id(id());
  view.set_phase(phase);
  view.set_outbound(record_.direction() == "outbound");
  view.set_remote_number(view.outbound() ? record_.called_number() : record_.caller_number());
  view.set_called_number(record_.called_number());
  view.set_queue_id(record_.queue_id());
  view.set_ticket_id(record_.ticket_id());
  *view.mutable_start_time() = record_.start_time();
  if (record_.has_enqueue_time()) {
    view.set_wait_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(absl::Now() - FromTimestamp(record_.enqueue_time()))));
  }
  return view;
}

void Call::DoConnect(const ivr::v1::Action& action) {
  const ivr::v1::Connect& connect = action.connect();
  if (agent_.phase == Agent::Phase::kTalking || agent_.phase == Agent::Phase::kHeld) {
    return TellConnect(action.action_id(), connect.offer_id(), ConnectDone::RESULT_FAILED);
  }
  // ivr came back and asks again, or asks another: the former ring is over.
  if (agent_.phase == Agent::Phase::kRinging) EndAgent("caller_hangup", "cancelled");
  if (!connect.queue_id().empty()) record_.set_queue_id(connect.queue_id());
  if (connect.has_enqueue_time()) *record_.mutable_enqueue_time() = connect.enqueue_time();
  const std::shared_ptr<Line> line = x_.FindLine(connect.agent_id());
  if (!answered_ || line == nullptr || !line->up() || line->busy()) {
    LegState failed;
    failed.set_phase(LegState::PHASE_ENDED);
    failed.set_contact_id(id());
    failed.set_reservation_id(connect.offer_id());
    failed.set_end_reason("failed");
    if (line != nullptr && !line->busy()) line->Report(std::move(failed));
    return TellConnect(action.action_id(), connect.offer_id(), ConnectDone::RESULT_FAILED);
  }
  agent_ = {};
  agent_.phase = Agent::Phase::kRinging;
  agent_.line = line;
  agent_.id = connect.agent_id();
  agent_.offer_id = connect.offer_id();
  agent_.action_id = action.action_id();
  agent_.leg = AddLeg("agent", agent_.id);
  if (sound_.kind == Sound::Kind::kNone) StartMusic();
  line->TakeCall(shared_from_this(), View(v1::LineCall::PHASE_RINGING));
  line->Publish();
  ReportAgentLeg();
  const int seconds = std::clamp(connect.ring_seconds(), 1, kMaxRingSeconds);
  ring_timer_.Start(absl::Seconds(seconds), [this] {
    const Agent rung = agent_;
    EndAgent("no_answer", "no_answer");
    TellConnect(rung.action_id, rung.offer_id, ConnectDone::RESULT_NO_ANSWER);
  });
}

void Call::DoCancelConnect(const std::string& offer_id) {
  if (agent_.phase == Agent::Phase::kRinging && agent_.offer_id == offer_id) EndAgent("caller_hangup", "cancelled");
}

void Call::ReportAgentLeg() {
  if (agent_.phase == Agent::Phase::kNone) return;
  LegState leg;
  const bool talking = agent_.phase == Agent::Phase::kTalking || agent_.phase == Agent::Phase::kHeld;
  leg.set_phase(talking ? LegState::PHASE_TALKING : LegState::PHASE_RINGING);
  leg.set_contact_id(id());
  leg.set_reservation_id(agent_.offer_id);
  agent_.line->Report(std::move(leg));
}

absl::Status Call::OnLineAnswer() {
  if (agent_.phase != Agent::Phase::kRinging) return errors::NoSuchCall();
  ring_timer_.Cancel();
  Talk();
  TellConnect(agent_.action_id, agent_.offer_id, ConnectDone::RESULT_ANSWERED);
  return absl::OkStatus();
}

// From now on both hear each other, and are recorded.
void Call::Talk() {
  const absl::Time now = absl::Now();
  agent_.phase = Agent::Phase::kTalking;
  agent_.answered_at = now;
  record_.set_agent_id(agent_.id);
  *record_.mutable_legs(agent_.leg)->mutable_answer_time() = ToTimestamp(now);
  if (!record_.has_agent_answer_time()) *record_.mutable_agent_answer_time() = ToTimestamp(now);
  patience_.Cancel();
  StopSound();
  Join();
  StartCallRecording();
  v1::LineCall& view = agent_.line->view();
  view.set_phase(v1::LineCall::PHASE_TALKING);
  *view.mutable_answer_time() = ToTimestamp(now);
  agent_.line->Publish();
  ReportAgentLeg();
  events::v1::CallConnected connected;
  connected.set_call_id(id());
  connected.set_direction(record_.direction());
  connected.set_agent_id(agent_.id);
  connected.set_queue_id(record_.queue_id());
  if (record_.has_enqueue_time()) {
    connected.set_wait_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(now - FromTimestamp(record_.enqueue_time()))));
  }
  *connected.mutable_time() = ToTimestamp(now);
  x_.spool().Put(kFactConnected, ToJson(connected));
  SaveOpen();
}

void Call::Join() {
  if (!bridge_) bridge_ = x_.media().CreateBridge(placement_);
  x_.media().BridgeAdd(bridge_, leg_);
  if (!agent_.line->connected()) return;
  x_.media().BridgeAdd(bridge_, agent_.line->leg());
  if (agent_.muted) x_.media().SetGain(bridge_, agent_.line->leg(), leg_, 0);
}

void Call::Part() {
  x_.media().BridgeRemove(leg_);
  if (agent_.line->leg()) x_.media().BridgeRemove(agent_.line->leg());
}

absl::Status Call::OnLineReject() {
  if (agent_.phase != Agent::Phase::kRinging) return errors::NoSuchCall();
  const Agent rung = agent_;
  EndAgent("rejected", "hangup");
  TellConnect(rung.action_id, rung.offer_id, ConnectDone::RESULT_REJECTED);
  return absl::OkStatus();
}

absl::Status Call::OnLineHangUp(bool to_rating) {
  if (agent_.phase == Agent::Phase::kRinging) return OnLineReject();
  if (agent_.phase == Agent::Phase::kNone) return errors::NoSuchCall();
  // An outbound call is the agent's own, and without ivr there is nobody to go on with the caller.
  if (record_.direction() == "outbound" || dialogue_ == nullptr || !dialogue_->served()) {
    End("agent", "error");
    return absl::OkStatus();
  }
  const Agent left = agent_;
  EndAgent("hangup", to_rating ? "to_rating" : "hangup");
  left_to_ivr_ = !to_rating;
  StartMusic();
  ivr::v1::CallEvent event;
  ivr::v1::AgentLeft& tell = *event.mutable_agent_left();
  tell.set_agent_id(left.id);
  tell.set_to_rating(to_rating);
  tell.set_reason("hangup");
  tell.set_talk_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(absl::Now() - left.answered_at)));
  Tell(std::move(event));
  return absl::OkStatus();
}

void Call::EndAgent(const std::string& leg_reason, const std::string& line_reason) {
  const Agent left = std::exchange(agent_, {});
  if (left.phase == Agent::Phase::kNone) return;
  ring_timer_.Cancel();
  const bool talking = left.phase == Agent::Phase::kTalking || left.phase == Agent::Phase::kHeld;
  EndLeg(left.leg, leg_reason);
  if (talking) {
    record_.set_talk_ms(record_.talk_ms() + static_cast<int32_t>(absl::ToInt64Milliseconds(absl::Now() - left.answered_at)));
    StopCallRecording();
  }
  if (left.line->leg()) {
    x_.media().BridgeRemove(left.line->leg());
    x_.media().StopPlay(left.line->leg());
  }
  if (talking && leg_) x_.media().BridgeRemove(leg_);
  v1::LineCall& view = left.line->view();
  view.set_phase(v1::LineCall::PHASE_ENDED);
  view.set_end_reason(line_reason);
  left.line->ReleaseCall();
  left.line->Publish();
  LegState leg;
  leg.set_phase(LegState::PHASE_ENDED);
  leg.set_contact_id(id());
  leg.set_reservation_id(left.offer_id);
  leg.set_end_reason(leg_reason);
  left.line->Report(std::move(leg));
  SaveOpen();
}

absl::Status Call::OnLineHold(bool hold) {
  const auto from = hold ? Agent::Phase::kTalking : Agent::Phase::kHeld;
  if (agent_.phase != from) return errors::NoSuchCall();
  agent_.phase = hold ? Agent::Phase::kHeld : Agent::Phase::kTalking;
  if (hold) {
    Part();
    StartMusic();
  } else {
    StopSound();
    Join();
  }
  agent_.line->view().set_phase(hold ? v1::LineCall::PHASE_HELD : v1::LineCall::PHASE_TALKING);
  agent_.line->Publish();
  return absl::OkStatus();
}

absl::Status Call::OnLineMute(bool muted) {
  if (agent_.phase != Agent::Phase::kTalking && agent_.phase != Agent::Phase::kHeld) return errors::NoSuchCall();
  agent_.muted = muted;
  if (agent_.phase == Agent::Phase::kTalking && agent_.line->connected()) {
    x_.media().SetGain(bridge_, agent_.line->leg(), leg_, muted ? 0 : 1);
  }
  agent_.line->view().set_muted(muted);
  agent_.line->Publish();
  return absl::OkStatus();
}

absl::Status Call::OnLineDigit(const std::string& digit) {
  if (agent_.phase != Agent::Phase::kTalking || digit.size() != 1) return errors::NoSuchCall();
  x_.media().SendDigits(leg_, digit);
  return absl::OkStatus();
}

// A reload: the caller hears music until the new connection is up.
void Call::OnLineMedia(bool up) {
  if (agent_.phase == Agent::Phase::kDialling && up && answered_) return Join();
  if (agent_.phase != Agent::Phase::kTalking) return;
  if (!up) {
    if (std::exchange(agent_.media_lost, true)) return;
    x_.media().BridgeRemove(leg_);
    StartMusic();
  } else {
    if (std::exchange(agent_.media_lost, false)) StopSound();
    Join();
  }
}

void Call::OnLineLost() {
  if (agent_.phase == Agent::Phase::kNone || ending_) return;
  base::log::Warn("an agent's line is lost in a call", {{"call", id()}, {"agent", agent_.id}});
  if (record_.direction() == "outbound") return End("agent", "error");
  const Agent left = agent_;
  const bool ringing = left.phase == Agent::Phase::kRinging;
  EndAgent("failed", "failed");
  if (ringing) return TellConnect(left.action_id, left.offer_id, ConnectDone::RESULT_FAILED);
  StartMusic();
  if (dialogue_ == nullptr || !dialogue_->served()) patience_.Start(x_.config().stranded_patience, [this] { StartBuiltin(); });
  ivr::v1::CallEvent event;
  event.mutable_agent_left()->set_agent_id(left.id);
  event.mutable_agent_left()->set_reason("line_lost");
  event.mutable_agent_left()->set_talk_ms(static_cast<int32_t>(absl::ToInt64Milliseconds(absl::Now() - left.answered_at)));
  Tell(std::move(event));
}

}  // namespace hotline::telephony
