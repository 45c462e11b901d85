// What ivr wants of a call, and what the call does when ivr is not there.
#include <absl/time/clock.h>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/domain/dialling.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"

namespace hotline::telephony {
namespace {

constexpr char kNoFlow[] = "NO_FLOW";
constexpr int kTemporarilyUnavailable = 480, kForbidden = 403;

}  // namespace

void Call::Tell(ivr::v1::CallEvent event) {
  if (dialogue_) dialogue_->Send(std::move(event));
}

ivr::v1::Arrived Call::MakeArrived() {
  ivr::v1::Arrived arrived;
  arrived.set_call_id(id());
  arrived.set_caller_number(record_.caller_number());
  arrived.set_called_number(record_.called_number());
  arrived.set_trunk_id(record_.trunk_id());
  *arrived.mutable_arrive_time() = record_.start_time();
  arrived.set_checkpoint(checkpoint_);
  if (agent_.phase == Agent::Phase::kTalking || agent_.phase == Agent::Phase::kHeld) {
    arrived.set_agent_connected(true);
    arrived.set_connected_agent_id(agent_.id);
  }
  // A prompt can be said again; what a caller has said into a recording cannot.
  if (sound_.kind == Sound::Kind::kBeep || sound_.kind == Sound::Kind::kRecord) arrived.set_playing_action_id(sound_.action_id);
  return arrived;
}

void Call::OnServed() {
  // A call that never got an action stays in the care of its first patience until it gets one.
  if (served_) patience_.Cancel();
}

void Call::OnBroken(const absl::Status& status) {
  if (ending_ || builtin_) return;
  const bool talking = agent_.phase == Agent::Phase::kTalking || agent_.phase == Agent::Phase::kHeld;
  if (base::HasReason(status, kNoFlow) && !talking) return StartBuiltin();
  if (status.ok() && !talking) {
    // ivr has ended the dialogue without hanging up; there is nobody left to serve the caller.
    base::log::Warn("ivr ended a dialogue without its call", {{"call", id()}});
    return End("system", "error");
  }
  // The agent hung up, and ivr died before it said how to go on: as if it had been dead before.
  if (left_to_ivr_) return End("agent", "error");
  if (!talking && answered_) {
    if (sound_.kind == Sound::Kind::kNone) StartMusic();
    else if (sound_.kind == Sound::Kind::kPlay) sound_.then_music = true;
  }
  if (served_ && !patience_.running()) patience_.Start(x_.config().stranded_patience, [this] { StartBuiltin(); });
}

void Call::OnAction(const ivr::v1::Action& action) {
  if (ending_ || builtin_) return;
  served_ = true;
  patience_.Cancel();
  left_to_ivr_ = false;
  if (action.checkpoint().size() <= kMaxCheckpointBytes) checkpoint_ = action.checkpoint();
  else base::log::Warn("a checkpoint is too large and was not kept", {{"call", id()}});
  switch (action.kind_case()) {
    case ivr::v1::Action::kAnswer: return Answer();
    case ivr::v1::Action::kPlay: return DoPlay(action);
    case ivr::v1::Action::kRecord: return DoRecord(action);
    case ivr::v1::Action::kMusic: return StartMusic();
    case ivr::v1::Action::kConnect: return DoConnect(action);
    case ivr::v1::Action::kCancelConnect: return DoCancelConnect(action.cancel_connect().offer_id());
    case ivr::v1::Action::kHangUp: return DoHangUp(action.hang_up());
    case ivr::v1::Action::kTransfer: return DoTransfer(action);
    case ivr::v1::Action::kNote: return DoNote(action.note());
    case ivr::v1::Action::KIND_NOT_SET: return;
  }
}

void Call::DoPlay(const ivr::v1::Action& action) {
  const ivr::v1::Play& play = action.play();
  std::vector<std::string> ids(play.prompt_ids().begin(), play.prompt_ids().begin() + std::min(play.prompt_ids_size(), kMaxPromptsInPlay));
  const auto done = [this, id = action.action_id()](bool interrupted, const std::string& failed) {
    ivr::v1::CallEvent event;
    event.mutable_play_done()->set_action_id(id);
    event.mutable_play_done()->set_interrupted(interrupted);
    event.mutable_play_done()->set_failed_prompt_id(failed);
    Tell(std::move(event));
  };
  Play(action.action_id(), std::move(ids), play.interruptible(), play.then_music(), done);
}

void Call::DoRecord(const ivr::v1::Action& action) {
  const ivr::v1::Record& record = action.record();
  Sound sound;
  sound.action_id = action.action_id();
  sound.max_ms = 1000 * std::clamp(record.max_seconds(), 1, kMaxRecordSeconds);
  sound.silence_ms = 1000 * std::clamp(record.silence_seconds(), 0, kMaxRecordSeconds);
  sound.end_digits = record.end_digits();
  sound.beep = record.beep();
  sound.purpose = record.purpose() == "complaint" || record.purpose() == "draft" ? record.purpose() : "mailbox";
  sound.record_done = [this, id = action.action_id()](const RecordOutcome& outcome) {
    ivr::v1::CallEvent event;
    ivr::v1::RecordDone& done = *event.mutable_record_done();
    done.set_action_id(id);
    done.set_recording_id(outcome.recording_id);
    done.set_duration_ms(outcome.duration_ms);
    done.set_end_reason(outcome.reason);
    done.set_end_digit(outcome.digit);
    Tell(std::move(event));
  };
  Record(std::move(sound));
}

void Call::DoHangUp(const ivr::v1::HangUp& action) {
  if (answered_) return End("system", "error");
  record_.set_sip_code(action.sip_code() >= 300 && action.sip_code() < 700 ? action.sip_code() : kTemporarilyUnavailable);
  End("rejected", "error");
}

void Call::DoNote(const ivr::v1::Note& note) {
  if (!note.queue_id().empty()) record_.set_queue_id(note.queue_id());
  if (note.has_enqueue_time() && !record_.has_enqueue_time()) *record_.mutable_enqueue_time() = note.enqueue_time();
  if (note.left_queue() && left_queue_ == absl::InfiniteFuture()) left_queue_ = absl::Now();
  if (!note.outcome().empty()) outcome_ = note.outcome();
  if (!note.ticket_id().empty()) record_.set_ticket_id(note.ticket_id());
  SaveOpen();
}

// ---- the built-in dialogue (TEL-10): a call is never met by silence

void Call::StartBuiltin() {
  if (ending_ || builtin_) return;
  if (agent_.phase == Agent::Phase::kTalking || agent_.phase == Agent::Phase::kHeld) return;
  base::log::Warn("a call gets the built-in announcement", {{"call", id()}});
  builtin_ = true;
  x_.CountBuiltin();
  patience_.Cancel();
  if (agent_.phase == Agent::Phase::kRinging) EndAgent("caller_hangup", "cancelled");
  dialogue_->Close();
  dialogue_.reset();
  Answer();
  PlayItems({x_.prompts().announcement()}, [this](bool, const std::string&) { BuiltinRecord(); });
}

void Call::BuiltinRecord() {
  Sound sound;
  sound.max_ms = 1000 * kBuiltinMessageSeconds;
  sound.silence_ms = 1000 * kBuiltinSilenceSeconds;
  sound.end_digits = "#";
  sound.beep = true;
  sound.purpose = "emergency";
  sound.record_done = [this](const RecordOutcome&) {
    if (ending_) return;
    PlayItems({x_.prompts().thanks()}, [this](bool, const std::string&) { End("system", "error"); });
  };
  Record(std::move(sound));
}

// ---- out through a trunk

void Call::DoTransfer(const ivr::v1::Action& action) {
  const auto fail = [this, id = action.action_id()](int code) {
    ivr::v1::CallEvent event;
    event.mutable_transfer_done()->set_action_id(id);
    event.mutable_transfer_done()->set_sip_code(code);
    Tell(std::move(event));
  };
  const std::string& number = action.transfer().number();
  uint16_t port = 0;
  if (transfer_.active || !answered_ || !MayDial(number, x_.config().dial_prefixes)) return fail(kForbidden);
  Transfer transfer;
  transfer.action_id = action.action_id();
  if (!OpenLeg(transfer.leg, port)) return fail(503);
  transfer.active = true;
  transfer.cdr_leg = AddLeg("trunk", "");
  transfer_ = transfer;
  DialRequest request = x_.MakeDial(number, Audio(port));
  request.ring_timeout_ms = 1000 * static_cast<uint64_t>(std::clamp(action.transfer().ring_seconds(), 5, kMaxRingSeconds));
  StartMusic();
  x_.sip().Dial(std::move(request), [self = shared_from_this(), fail](DialResult result) {
    if (self->ending_) return self->x_.sip().Bye(result.session);
    if (result.error == DialError::kNone) {
      self->transfer_.session = result.session;
      return self->x_.AddSession(result.session, self);
    }
    base::log::Warn("a transfer could not be dialled", {{"call", self->id()}, {"error", DialErrorName(result.error)}});
    self->EndLeg(self->transfer_.cdr_leg, "failed");
    self->x_.media().CloseLeg(self->transfer_.leg);
    self->transfer_ = {};
    fail(result.error == DialError::kNotAllowed || result.error == DialError::kBadNumber ? kForbidden : 503);
  });
}

void Call::OnTransferProgress(const std::optional<NegotiatedAudio>&) {
  if (sound_.kind == Sound::Kind::kMusic) PlayItems({x_.prompts().ringback()}, [this](bool interrupted, const std::string&) {
    if (!interrupted && transfer_.active && !transfer_.answered) OnTransferProgress(std::nullopt);
    });
}

void Call::OnTransferAnswered(const NegotiatedAudio& audio) {
  transfer_.answered = true;
  *record_.mutable_legs(transfer_.cdr_leg)->mutable_answer_time() = ToTimestamp(absl::Now());
  patience_.Cancel();
  StopSound();
  Configure(transfer_.leg, audio);
  if (!bridge_) bridge_ = x_.media().CreateBridge(placement_);
  x_.media().BridgeAdd(bridge_, leg_);
  x_.media().BridgeAdd(bridge_, transfer_.leg);
  // ivr's part is over.
  dialogue_->Close();
  dialogue_.reset();
}

void Call::OnTransferEnded(const EndInfo& info) {
  const Transfer ended = std::exchange(transfer_, {});
  EndLeg(ended.cdr_leg, ended.answered ? "hangup" : "failed");
  if (ended.leg) x_.media().CloseLeg(ended.leg);
  if (ending_) return;
  if (ended.answered) return End("system", "error");
  StartMusic();
  ivr::v1::CallEvent event;
  event.mutable_transfer_done()->set_action_id(ended.action_id);
  event.mutable_transfer_done()->set_sip_code(info.sip_code != 0 ? info.sip_code : 408);
  Tell(std::move(event));
}

}  // namespace hotline::telephony
