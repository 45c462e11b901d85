// Requests of the peer within the dialog.
#include <absl/strings/str_cat.h>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"
#include "services/telephony/sip/strict_check.h"

namespace hotline::telephony {
namespace {

// RFC 3261 §14.2 and RFC 3311 §5.2 want a random time within ten seconds.
std::string RetryAfter() { return absl::StrCat("Retry-After: ", rand_u16() % 10, "\r\n"); }

}  // namespace

void SipSession::HandleRequest(const sip_msg* request) {
  const auto method = View(request->met);
  if (method == "ACK") {
    OnAck(request);
    return;
  }
  if (state_ == State::kEnded) {
    // BYEs that crossed are both answered; for anything else the call is over.
    if (method == "BYE") Reply(core(), request, 200, "OK");
    else Reply(core(), request, 481, "Call Does Not Exist");
    return;
  }
  Dialog* dialog = &dialog_;
  if (!inbound_ && state_ == State::kOutgoing) {
    for (auto& early : early_) {
      if (early.dialog.remote_tag == View(request->from.tag)) dialog = &early.dialog;
    }
  }
  if (!dialog->AcceptCseq(request->cseq.num)) {
    Reply(core(), request, 500, "CSeq Out Of Order", RetryAfter());
    return;
  }
  if (method == "BYE") OnBye(request);
  else if (method == "INVITE") OnReinvite(request);
  else if (method == "UPDATE") OnUpdate(request);
  else if (method == "PRACK") OnPrack(request);
  else if (method == "INFO") OnInfo(request);
  else if (method == "REFER") OnReferRequest(request);
  else if (method == "OPTIONS") Reply(core(), request, 200, "OK", absl::StrCat(kAllow, "Accept: application/sdp\r\n", kSupported));
  else if (method == "NOTIFY") Reply(core(), request, 489, "Bad Event");
  else Reply(core(), request, 405, "Method Not Allowed", kAllow);
}

void SipSession::OnBye(const sip_msg* request) {
  const int cause = ReasonCause(request);
  Reply(core(), request, 200, "OK");
  if (state_ == State::kIncoming && invite_->transaction != nullptr) {
    // A caller may end an early dialog by BYE (RFC 3261 §15.1.2); the INVITE still wants its final response.
    sip_treply(&invite_->transaction, core().sip, invite_->message.get(), 487, "Request Terminated");
  }
  if (state_ == State::kOutgoing) {
    // A callee's BYE before its 2xx: the branch is gone, the INVITE is cancelled.
    Cancel(EndReason::kRemoteHangup);
    return;
  }
  // No ACK will come any more for an answer the peer hung up on.
  unacked_.reset();
  Finish(EndReason::kRemoteHangup, cause);
}

void SipSession::OnReinvite(const sip_msg* request) {
  if (state_ == State::kIncoming) {
    Reply(core(), request, 500, "INVITE In Progress", RetryAfter());
    return;
  }
  if (reinvite_pending_ || offer_sent_ || unacked_ || state_ == State::kOutgoing) {
    Reply(core(), request, 491, "Request Pending");
    return;
  }
  if (!TimerAcceptable(request)) {
    Reply(core(), request, 422, "Session Interval Too Small", absl::StrCat("Min-SE: ", stack_.config_.min_session_expires_seconds, "\r\n"));
    return;
  }
  const auto [presence, sdp] = ReadSdp(request);
  if (presence == SdpPresence::kOtherType) {
    Reply(core(), request, 415, "Unsupported Media Type", "Accept: application/sdp\r\n");
    return;
  }
  Body body{kSdpType, ""};
  if (presence == SdpPresence::kMalformed || (sdp && !TakeOffer(*sdp, local_, body.text))) {
    Reply(core(), request, 488, "Not Acceptable Here");
    return;
  }
  if (!sdp) body.text = MakeOffer(local_);
  dialog_.RefreshTarget(request);
  SendAnswer(request, absl::StrCat(kAllow, kSupported, TimerHeadersForAnswer(request)), body, false);
}

void SipSession::OnUpdate(const sip_msg* request) {
  if (!TimerAcceptable(request)) {
    Reply(core(), request, 422, "Session Interval Too Small", absl::StrCat("Min-SE: ", stack_.config_.min_session_expires_seconds, "\r\n"));
    return;
  }
  const auto [presence, sdp] = ReadSdp(request);
  if (presence == SdpPresence::kOtherType) {
    Reply(core(), request, 415, "Unsupported Media Type", "Accept: application/sdp\r\n");
    return;
  }
  Body body;
  if (presence != SdpPresence::kNone) {
    // RFC 3311 §5.2: our own offer is out, or the peer's is not answered yet.
    if (offer_sent_) {
      Reply(core(), request, 491, "Request Pending");
      return;
    }
    if (remote_offer_ || !audio_) {
      Reply(core(), request, 500, "Offer In Progress", RetryAfter());
      return;
    }
    body.type = kSdpType;
    if (!sdp || !TakeOffer(*sdp, local_, body.text)) {
      Reply(core(), request, 488, "Not Acceptable Here");
      return;
    }
  }
  dialog_.RefreshTarget(request);
  const std::string headers = absl::StrCat("Contact: ", Contact(request), "\r\n", kAllow, kSupported, TimerHeadersForAnswer(request));
  Reply(core(), request, 200, "OK", headers, body);
  if (state_ == State::kConfirmed || state_ == State::kAnswered) StartSessionTimer();
  if (!body.type.empty()) handler().OnOffer(*this, *audio_);
}

void SipSession::OnInfo(const sip_msg* request) {
  if (MessageBody(request).empty()) {
    Reply(core(), request, 200, "OK");
    return;
  }
  const auto dtmf = ReadDtmf(request);
  if (!dtmf) {
    Reply(core(), request, 415, "Unsupported Media Type", "Accept: application/dtmf-relay, application/dtmf\r\n");
    return;
  }
  Reply(core(), request, 200, "OK");
  handler().OnInfoDtmf(*this, dtmf->digit, dtmf->duration_ms);
}

void SipSession::OnReferRequest(const sip_msg* request) {
  if (state_ != State::kConfirmed) {
    Reply(core(), request, 481, "Call Does Not Exist");
    return;
  }
  const auto refer = ReadRefer(request);
  if (!refer) {
    Reply(core(), request, 400, "Bad Refer-To");
    return;
  }
  if (refer_active_ || !handler().OnRefer(*this, *refer)) {
    Reply(core(), request, 603, "Decline");
    return;
  }
  refer_active_ = true;
  Reply(core(), request, 202, "Accepted", absl::StrCat("Contact: ", Contact(request), "\r\n"));
  NotifyRefer(100, "Trying");
}

void SipSession::NotifyRefer(int code, std::string_view reason) {
  if (!refer_active_ || state_ != State::kConfirmed) return;
  const bool last = code >= 200;
  refer_active_ = !last;
  const std::string headers = absl::StrCat("Event: refer\r\nSubscription-State: ", last ? "terminated;reason=noresource" : "active;expires=60", "\r\n");
  Send("NOTIFY", headers, {"message/sipfrag;version=2.0", absl::StrCat("SIP/2.0 ", code, " ", CleanDisplay(reason, kMaxReasonBytes), "\r\n")},
       [](int, const sip_msg*) {});
}

}  // namespace hotline::telephony
