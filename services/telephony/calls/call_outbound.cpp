// Calls that agents dial. No ivr takes part.
#include <absl/time/clock.h>

#include "libs/base/log.h"
#include "services/telephony/calls/call.h"
#include "services/telephony/calls/exchange.h"
#include "services/telephony/calls/line.h"
#include "services/telephony/events.h"

namespace hotline::telephony {

void Call::StartOutbound(const std::shared_ptr<Line>& line, const std::string& number, const std::string& ticket_id,
                         const std::string& reservation_id) {
  record_.set_direction("outbound");
  record_.set_called_number(number);
  record_.set_ticket_id(ticket_id);
  record_.set_agent_id(line->agent_id());
  uint16_t port = 0;
  DialRequest request = x_.MakeDial(number, LocalAudio());
  record_.set_trunk_id(request.trunk);
  record_.set_caller_number(request.caller);
  agent_.phase = Agent::Phase::kDialling;
  agent_.line = line;
  agent_.id = line->agent_id();
  agent_.offer_id = reservation_id;
  agent_.leg = AddLeg("agent", agent_.id);
  trunk_leg_ = AddLeg("trunk", "");
  events::v1::CallOffered offered;
  offered.set_call_id(id());
  offered.set_direction("outbound");
  offered.set_trunk_id(record_.trunk_id());
  *offered.mutable_time() = record_.start_time();
  x_.spool().Put(kFactOffered, ToJson(offered));
  line->TakeCall(shared_from_this(), View(v1::LineCall::PHASE_DIALLING));
  line->Publish();
  ReportAgentLeg();
  SaveOpen();
  if (!OpenLeg(leg_, port)) return OnDialled({0, DialError::kTransport});
  request.audio = Audio(port);
  x_.sip().Dial(std::move(request), [self = shared_from_this()](DialResult result) { self->OnDialled(result); });
}

void Call::OnDialled(const DialResult& result) {
  if (ending_) {
    if (result.session != 0) x_.sip().Bye(result.session);
    return;
  }
  if (result.error == DialError::kNone) {
    session_ = result.session;
    return x_.AddSession(session_, shared_from_this());
  }
  base::log::Warn("a call could not be dialled", {{"call", id()}, {"error", DialErrorName(result.error)}});
  EndAgent("hangup", "failed");
  End("failed", "");
}

// Early media is heard as it is; a mere 180 gets our ringback tone.
void Call::OnOutboundProgress(const std::optional<NegotiatedAudio>& audio) {
  if (agent_.phase != Agent::Phase::kDialling || answered_) return;
  const media::LegId agent_leg = agent_.line->leg();
  if (audio) {
    if (agent_leg) x_.media().StopPlay(agent_leg);
    Configure(leg_, *audio);
    Join();
  } else if (agent_leg && !bridge_) {
    x_.media().Play(agent_leg, {.items = {x_.prompts().ringback()}, .loops = 0});
  }
}

void Call::OnOutboundAnswered(const NegotiatedAudio& audio) {
  if (agent_.phase != Agent::Phase::kDialling) return;
  answered_ = true;
  media_ready_ = true;
  if (agent_.line->leg()) x_.media().StopPlay(agent_.line->leg());
  Configure(leg_, audio);
  *record_.mutable_answer_time() = ToTimestamp(absl::Now());
  *record_.mutable_legs(trunk_leg_)->mutable_answer_time() = record_.answer_time();
  Talk();
}

void Call::OnOutboundEnded(const EndInfo& info) {
  if (answered_) return End("caller", "");
  record_.set_sip_code(info.sip_code);
  std::string reason = "failed";
  if (info.sip_code == 486 || info.sip_code == 600) reason = "busy";
  else if (info.reason == EndReason::kNoAnswer || info.sip_code == 480 || info.sip_code == 408 || info.sip_code == 487) reason = "no_answer";
  else if (info.reason == EndReason::kRejected && info.sip_code == 603) reason = "rejected";
  EndAgent("hangup", reason == "rejected" ? "busy" : reason);
  End(reason, "");
}

}  // namespace hotline::telephony
