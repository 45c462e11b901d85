// Calling out: INVITE with digest, early dialogs of forked calls, reliable provisional responses, the first 2xx wins.
#include <absl/strings/str_cat.h>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"
#include "services/telephony/sip/strict_check.h"

namespace hotline::telephony {

DialError SipSession::StartOutbound(const DialRequest& request, const std::string& dialled) {
  const auto& target = *trunk_.config.target;
  const std::string host = HostText(trunk_.Domain());
  // '#' has a meaning in URIs and is escaped (RFC 3261 §25.1).
  std::string user;
  for (const char c : dialled) user += c == '#' ? "%23" : std::string(1, c);
  std::string caller;
  for (const char c : request.caller) caller += c == '#' ? "%23" : std::string(1, c);
  const std::string name = CleanDisplay(request.caller_name, kMaxDisplayNameBytes);
  dialog_.call_id = RandomHex(16);
  dialog_.local_tag = RandomHex(8);
  dialog_.local_header = absl::StrCat(name.empty() ? "" : absl::StrCat("\"", name, "\" "), "<sip:", caller.empty() ? "anonymous" : caller, "@", host,
                                      ">;tag=", dialog_.local_tag);
  dialog_.remote_target = absl::StrCat("sip:", user, "@", host, target.transport == Transport::kTcp ? ";transport=tcp" : "");
  dialog_.remote_header = absl::StrCat("<sip:", user, "@", host, ">");
  dialog_.flow = target;
  dialog_.prefer_flow = true;  // the trunk's address, whatever host the URI names
  dialog_.local_cseq = static_cast<std::uint32_t>(rand_u16());
  local_ = request.audio;
  stack_.Register(*this);
  MakeOffer(local_);
  SendInvite();
  if (invite_request_ == nullptr) return DialError::kTransport;
  ring_timer_.Start(std::min(request.ring_timeout_ms, kDefaultRingTimeoutMs), [this] { Cancel(EndReason::kNoAnswer); });
  return DialError::kNone;
}

void SipSession::SendInvite() {
  invite_request_ = nullptr;
  const bool sent = Send("INVITE", absl::StrCat(kAllow, kSupported, TimerHeadersForRequest()), Body{kSdpType, last_sdp_},
                         [this](int error, const sip_msg* message) { OnInviteResponse(error, message); });
  if (sent) invite_request_ = requests_.back().get();
}

void SipSession::OnInviteResponse(int error, const sip_msg* message) {
  if (message != nullptr && message->scode < 200) {
    OnProvisional(message);
    return;
  }
  invite_request_ = nullptr;
  if (message == nullptr) {
    if (error == ETIMEDOUT) Finish(EndReason::kTimeout, 408);
    else Finish(error == EBADMSG ? EndReason::kProtocol : EndReason::kTransport, 0);
  } else if (message->scode < 300) {
    OnInviteSuccess(message);
  } else {
    OnInviteFailure(message);
  }
}

SipSession::EarlyDialog* SipSession::EarlyFor(const sip_msg* message) {
  for (auto& early : early_) {
    if (early.dialog.remote_tag == View(message->to.tag)) {
      // A later response may be the first with Contact or routes.
      if (sip_msg_hdr(message, SIP_HDR_CONTACT) != nullptr) early.dialog.RefreshTarget(message);
      return &early;
    }
  }
  if (early_.size() >= kMaxEarlyDialogs) return nullptr;
  auto dialog = dialog_.FromResponse(message);
  if (!dialog) return nullptr;
  early_.push_back({std::move(*dialog), 0, std::nullopt});
  return &early_.back();
}

std::optional<SdpAgreement> SipSession::AnswerIn(const sip_msg* message) const {
  const auto [presence, sdp] = ReadSdp(message);
  return sdp ? MatchAnswer(*sdp, local_) : std::nullopt;
}

void SipSession::OnProvisional(const sip_msg* message) {
  if (state_ != State::kOutgoing || message->scode == 100) return;
  EarlyDialog* early = EarlyFor(message);
  if (early != nullptr && HasToken(message, SIP_HDR_REQUIRE, "100rel")) {
    const auto rseq = ParseNumber(Trim(HeaderValue(message, SIP_HDR_RSEQ)), 0x7FFFFFFF);
    if (!rseq) return;
    // RFC 3262 §4: repetitions were acknowledged already, gaps wait for the missing one.
    if (early->last_rseq != 0 && *rseq != early->last_rseq + 1) return;
    early->last_rseq = static_cast<std::uint32_t>(*rseq);
    SendOn(early->dialog, "PRACK", absl::StrCat("RAck: ", *rseq, " ", message->cseq.num, " INVITE\r\n"), {}, [](int, const sip_msg*) {});
  }
  std::optional<NegotiatedAudio> media;
  if (early != nullptr) {
    if (auto agreement = AnswerIn(message); agreement && !early->agreement) early->agreement = agreement;
    if (early->agreement) media = early->agreement->audio;
  }
  handler().OnProgress(*this, message->scode, media);
}

void SipSession::OnInviteSuccess(const sip_msg* message) {
  acked_cseq_ = message->cseq.num;
  EarlyDialog* early = nullptr;
  for (auto& candidate : early_) {
    if (candidate.dialog.remote_tag == View(message->to.tag)) early = &candidate;
  }
  auto confirmed = dialog_.FromResponse(message);
  if (!confirmed) {
    // Without a To tag there is no dialog in which it could be hung up.
    Finish(EndReason::kProtocol, 0);
    return;
  }
  auto agreement = AnswerIn(message);
  if (early != nullptr) {
    if (early->agreement) agreement = early->agreement;
    confirmed->local_cseq = std::max(confirmed->local_cseq, early->dialog.local_cseq);
    confirmed->remote_cseq = early->dialog.remote_cseq;
  }
  // PRACKs still on their way hold on to early_, which therefore stays until the session ends.
  dialog_ = std::move(*confirmed);
  SendAck(core(), dialog_, auth_, acked_cseq_, {});
  if (state_ == State::kEnded) {
    SendBye();  // it was cancelled too late
    return;
  }
  ring_timer_.Cancel();
  state_ = State::kConfirmed;
  if (!agreement) {
    SendBye("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n");
    Finish(EndReason::kProtocol, 488);
    return;
  }
  offer_sent_ = false;
  audio_ = agreement->audio;
  LearnTimer(message);
  StartSessionTimer();
  ++stack_.counters_.answered_out;
  handler().OnAnswered(*this, *audio_);
}

void SipSession::OnInviteFailure(const sip_msg* message) {
  const auto min_se = ParseNumber(Trim(HeaderValue(message, SIP_HDR_MIN_SE)), kMaxSessionExpiresSeconds);
  if (message->scode == 422 && asked_min_se_ == 0 && min_se && state_ == State::kOutgoing) {
    // RFC 4028 §7.3: again with the interval the peer can bear.
    asked_min_se_ = static_cast<std::uint32_t>(*min_se);
    early_.clear();
    SendInvite();
    if (invite_request_ == nullptr) Finish(EndReason::kTransport, 0);
    return;
  }
  // Redirections are not followed: a peer could make us dial, and pay for, any number.
  Finish(EndReason::kRejected, message->scode);
}

void SipSession::Cancel(EndReason reason) {
  if (state_ != State::kOutgoing) return;
  if (invite_request_ != nullptr) invite_request_->Cancel();
  Finish(reason, reason == EndReason::kNoAnswer ? 408 : 487);
}

void SipSession::HandleStray2xx(const sip_msg* message) {
  const auto tag = View(message->to.tag);
  if (inbound_ || state_ == State::kOutgoing) {
    if (!reinvite_pending_ && tag == dialog_.remote_tag) SendAck(core(), dialog_, auth_, message->cseq.num, {});
    return;
  }
  if (tag == dialog_.remote_tag) {
    if (message->cseq.num == acked_cseq_) SendAck(core(), dialog_, auth_, acked_cseq_, {});
    return;
  }
  HangUpBranch(message);
}

void SipSession::HangUpBranch(const sip_msg* message) {
  for (auto& lost : lost_) {
    if (lost.dialog.remote_tag != View(message->to.tag)) continue;
    SendAck(core(), lost.dialog, auth_, message->cseq.num, {});
    return;
  }
  auto dialog = dialog_.FromResponse(message);
  if (!dialog || lost_.size() >= kMaxEarlyDialogs) return;
  lost_.push_back({std::move(*dialog), nullptr});
  const auto place = std::prev(lost_.end());
  SendAck(core(), place->dialog, auth_, message->cseq.num, {});
  place->bye = std::make_unique<ClientRequest>(core(), place->dialog, auth_, "BYE", "", Body{}, [this, place](int, const sip_msg* response) {
    if (response != nullptr && response->scode < 200) return;
    const auto done = std::move(place->bye);
    lost_.erase(place);
    RetireIfIdle();
  });
  if (place->bye->Send() != 0) {
    lost_.erase(place);
    RetireIfIdle();
  }
}

}  // namespace hotline::telephony
