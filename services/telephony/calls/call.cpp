#include "services/telephony/calls/call.h"

#include <absl/time/clock.h>

#include <nlohmann/json.hpp>

#include "libs/base/id.h"
#include "libs/base/log.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"

namespace hotline::telephony {
namespace {

constexpr char kInbound[] = "inbound";

int Millis(absl::Duration duration) { return static_cast<int>(absl::ToInt64Milliseconds(std::max(duration, absl::ZeroDuration()))); }

}  // namespace

Call::Call(Exchange& exchange, std::string id, uint64_t placement)
    : x_(exchange), placement_(placement), patience_(exchange.executor()), ring_timer_(exchange.executor()), end_timer_(exchange.executor()) {
  record_.set_call_id(std::move(id));
  *record_.mutable_start_time() = ToTimestamp(absl::Now());
}

Call::~Call() {
  if (dialogue_) dialogue_->Close();
}

bool Call::OpenLeg(media::LegId& leg, uint16_t& port) {
  media::RtpLegOptions options;
  options.allow_other_host = false;
  options.rtp_timeout_ms = static_cast<int>(absl::ToInt64Milliseconds(x_.config().rtp_timeout));
  auto opened = x_.media().CreateRtpLeg(options, placement_);
  if (!opened.ok()) {
    base::log::Error("no media for a call", {{"call", id()}, {"error", opened.status()}});
    return false;
  }
  leg = opened->id;
  port = opened->port;
  x_.AddLeg(leg, shared_from_this());
  return true;
}

LocalAudio Call::Audio(uint16_t port) const {
  LocalAudio audio;
  audio.address = x_.config().media_address;
  audio.port = port;
  return audio;
}

void Call::Configure(media::LegId leg, const NegotiatedAudio& audio) {
  media::RtpRemote remote;
  remote.address = audio.remote_address;
  remote.port = audio.remote_port;
  remote.format.law = audio.codec == Codec::kPcmu ? media::Law::kUlaw : media::Law::kAlaw;
  if (audio.telephone_event_receive) remote.format.telephone_event = *audio.telephone_event_receive;
  else if (audio.telephone_event_send) remote.format.telephone_event = *audio.telephone_event_send;
  remote.send = audio.direction == Direction::kSendRecv || audio.direction == Direction::kSendOnly;
  remote.receive = audio.direction == Direction::kSendRecv || audio.direction == Direction::kRecvOnly;
  x_.media().SetRemote(leg, remote, [id = id()](absl::Status status) {
    if (!status.ok()) base::log::Warn("a leg's media could not be set", {{"call", id}, {"error", status}});
  });
}

void Call::StartInbound(SessionId session, const InviteInfo& info) {
  session_ = session;
  record_.set_direction(kInbound);
  record_.set_trunk_id(info.trunk);
  record_.set_caller_number(info.caller);
  record_.set_called_number(info.callee);
  record_.set_sip_call_id(info.call_id);
  trunk_leg_ = AddLeg("trunk", "");
  events::v1::CallOffered offered;
  offered.set_call_id(id());
  offered.set_direction(kInbound);
  offered.set_called_line(info.callee);
  offered.set_trunk_id(info.trunk);
  *offered.mutable_time() = record_.start_time();
  x_.spool().Put(kFactOffered, ToJson(offered));
  SaveOpen();
  if (!OpenLeg(leg_, port_)) {
    x_.sip().Reject(session_, 503, "Service Unavailable");
    record_.set_sip_code(503);
    outcome_ = "overload";
    return End("rejected", "error");
  }
  x_.sip().Ringing(session_);
  dialogue_ = std::make_shared<Dialogue>(x_.node(), x_.dialogues(), *this);
  dialogue_->Start();
  patience_.Start(x_.config().unserved_patience, [this] { StartBuiltin(); });
}

void Call::Answer() {
  if (answered_ || ending_) return;
  answered_ = true;
  *record_.mutable_answer_time() = ToTimestamp(absl::Now());
  *record_.mutable_legs(trunk_leg_)->mutable_answer_time() = record_.answer_time();
  x_.sip().Accept(session_, Audio(port_));
  SaveOpen();
}

void Call::OnProgress(SessionId session, int, const std::optional<NegotiatedAudio>& audio) {
  if (ending_) return;
  if (transfer_.active && session == transfer_.session) return OnTransferProgress(audio);
  if (session == session_) OnOutboundProgress(audio);
}

void Call::OnAnswered(SessionId session, const NegotiatedAudio& audio) {
  if (ending_) return;
  if (transfer_.active && session == transfer_.session) return OnTransferAnswered(audio);
  if (session != session_) return;
  if (record_.direction() != kInbound) return OnOutboundAnswered(audio);
  Configure(leg_, audio);
  OnMediaReady();
}

void Call::OnOffer(SessionId session, const NegotiatedAudio& audio) {
  if (ending_) return;
  if (transfer_.active && session == transfer_.session) return Configure(transfer_.leg, audio);
  if (session == session_) Configure(leg_, audio);
}

void Call::OnSessionEnded(SessionId session, const EndInfo& info) {
  if (transfer_.active && session == transfer_.session) return OnTransferEnded(info);
  if (session != session_) return;
  session_ = 0;
  if (ending_) return;
  if (record_.direction() != kInbound) return OnOutboundEnded(info);
  switch (info.reason) {
    case EndReason::kRemoteHangup:
    case EndReason::kCancelled: return End("caller", "caller");
    case EndReason::kShutdown:
    case EndReason::kLocalHangup: return End("system", "error");
    default: return End("failed", "trunk");
  }
}

void Call::OnRtpTimeout(media::LegId leg) {
  if (ending_ || (leg != leg_ && leg != transfer_.leg)) return;
  base::log::Info("a call's audio has ceased", {{"call", id()}});
  End("rtp_timeout", "rtp_timeout");
}

void Call::Shutdown() {
  if (!ending_) End("system", "error");
}

// ---- the end

void Call::End(const std::string& reason, const std::string& hung_up) {
  if (ending_) return;
  ending_ = true;
  hung_up_ = hung_up;
  patience_.Cancel();
  ring_timer_.Cancel();
  const std::shared_ptr<Call> self = shared_from_this();
  *record_.mutable_end_time() = ToTimestamp(absl::Now());
  record_.set_end_reason(reason);
  if (agent_.phase != Agent::Phase::kNone) {
    const bool by_agent = reason == "agent";
    EndAgent(by_agent ? "hangup" : "caller_hangup", by_agent ? "hangup" : "remote_hangup");
  }
  if (session_ != 0) {
    if (record_.direction() == kInbound && !answered_ && record_.sip_code() >= 300) {
      x_.sip().Reject(session_, record_.sip_code(), "Declined");
    } else {
      x_.sip().Bye(session_);
    }
  }
  if (transfer_.active) {
    x_.sip().Bye(transfer_.session);
    EndLeg(transfer_.cdr_leg, "hangup");
    if (transfer_.leg) x_.media().CloseLeg(transfer_.leg);
    transfer_.active = false;
  }
  if (sound_.kind == Sound::Kind::kPlay || sound_.kind == Sound::Kind::kMusic || sound_.kind == Sound::Kind::kBeep) sound_ = {};
  EndLeg(trunk_leg_, reason);
  if (leg_) {
    leg_closing_ = true;
    x_.media().CloseLeg(leg_, [this, self](absl::StatusOr<media::LegStats> stats) {
      leg_closing_ = false;
      if (stats.ok()) {
        v1::CallLeg& leg = *record_.mutable_legs(trunk_leg_);
        leg.set_packets_in(static_cast<int32_t>(stats->stream.packets_in));
        leg.set_packets_out(static_cast<int32_t>(stats->stream.packets_out));
        leg.set_packets_lost(static_cast<int32_t>(std::max<int64_t>(stats->stream.lost, 0)));
        leg.set_jitter_ms(static_cast<int32_t>(stats->stream.jitter_ms));
      }
      Settle();
    });
  }
  if (bridge_) x_.media().DestroyBridge(bridge_);
  // A file system that hangs must not keep the call's record back for ever.
  end_timer_.Start(kCallEndGrace, [this] { Complete(); });
  Settle();
}

// Complete once recordings and figures are in.
void Call::Settle() {
  if (ending_ && !leg_closing_ && recordings_.empty() && keeping_.empty()) Complete();
}

void Call::Complete() {
  if (complete_) return;
  complete_ = true;
  end_timer_.Cancel();
  if (dialogue_) {
    ivr::v1::CallEvent event;
    event.mutable_hung_up()->set_reason(hung_up_);
    dialogue_->Send(std::move(event));
    dialogue_->Close();
  }
  const absl::Time end = FromTimestamp(record_.end_time());
  if (record_.has_answer_time()) record_.set_billable_ms(Millis(end - FromTimestamp(record_.answer_time())));
  if (record_.has_enqueue_time()) {
    absl::Time until = std::min(left_queue_, end);
    if (record_.has_agent_answer_time()) until = std::min(until, FromTimestamp(record_.agent_answer_time()));
    record_.set_wait_ms(Millis(until - FromTimestamp(record_.enqueue_time())));
  }
  record_.set_outcome(Outcome());
  x_.spool().Put(kFactEnded, ToJson(record_));
  x_.spool().RemoveOpenCall(id());
  x_.Forget(shared_from_this());
}

std::string Call::Outcome() const {
  if (record_.has_agent_answer_time()) return "agent";
  if (!outcome_.empty()) return outcome_;
  if (record_.direction() != kInbound) return "";
  if (record_.end_reason() == "rejected") return "refused";
  if (!messages_.empty()) return "mailbox";
  return record_.has_enqueue_time() || !answered_ || builtin_ ? "abandoned" : "self_service";
}

void Call::SaveOpen() {
  if (complete_) return;
  std::vector<std::string> recordings;
  for (const auto& [id, running] : recordings_) recordings.push_back(RecordingFact(running.kept));
  for (const auto& [id, fact] : keeping_) recordings.push_back(fact);
  x_.spool().SaveOpenCall(id(), [record = record_, recordings = std::move(recordings)] {
    return nlohmann::json{{"call", ToJson(record)}, {"recordings", recordings}}.dump();
  });
}

int Call::AddLeg(const char* kind, const std::string& agent_id) {
  v1::CallLeg& leg = *record_.add_legs();
  leg.set_leg_id(base::NewId());
  leg.set_kind(kind);
  leg.set_agent_id(agent_id);
  *leg.mutable_start_time() = ToTimestamp(absl::Now());
  return record_.legs_size() - 1;
}

void Call::EndLeg(int leg, const std::string& reason) {
  if (leg < 0 || record_.legs(leg).has_end_time()) return;
  *record_.mutable_legs(leg)->mutable_end_time() = ToTimestamp(absl::Now());
  record_.mutable_legs(leg)->set_end_reason(reason);
}

}  // namespace hotline::telephony
