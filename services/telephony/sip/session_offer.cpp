// Offer and answer within a session, and our own changes by re-INVITE.
#include <absl/strings/str_cat.h>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony {

// The same text as last time keeps its version; any change raises it by one (RFC 3264 §8).
std::string SipSession::Versioned(const std::function<std::string(const SdpOrigin&)>& build) {
  std::string text = build(origin_);
  if (!last_sdp_.empty() && text != last_sdp_) {
    ++origin_.version;
    text = build(origin_);
  }
  last_sdp_ = text;
  return text;
}

bool SipSession::TakeOffer(const SdpDescription& offer, const LocalAudio& local, std::string& answer) {
  const auto agreement = MatchOffer(offer, local);
  if (!agreement) return false;
  local_ = local;
  audio_ = agreement->audio;
  answer = Versioned([&](const SdpOrigin& origin) { return BuildAnswer(offer, *agreement, local, origin); });
  remote_offer_.reset();
  return true;
}

bool SipSession::TakeAnswer(const SdpDescription& answer) {
  const auto agreement = MatchAnswer(answer, local_);
  if (!agreement) return false;
  audio_ = agreement->audio;
  offer_sent_ = false;
  return true;
}

std::string SipSession::MakeOffer(const LocalAudio& local) {
  local_ = local;
  offer_sent_ = true;
  return Versioned([&](const SdpOrigin& origin) { return BuildOffer(local, origin); });
}

void SipSession::Reoffer(const LocalAudio& audio) {
  if (state_ != State::kConfirmed || !audio_) return;
  reoffer_ = audio;
  // One at a time: a newer wish replaces the waiting one and is sent when the running one is over.
  if (!reinvite_pending_ && !glare_timer_.running()) SendReoffer(0);
}

void SipSession::SendReoffer(int attempt) {
  if (state_ != State::kConfirmed || !reoffer_) return;
  if (unacked_ || offer_sent_) {
    // The peer's own change is under way; ours follows it.
    glare_timer_.Start(kT1Ms, [this, attempt] { SendReoffer(attempt); });
    return;
  }
  const LocalAudio before = local_;
  const LocalAudio wanted = *reoffer_;
  reoffer_.reset();
  const Body body{kSdpType, MakeOffer(wanted)};
  local_ = before;
  offer_sent_ = false;
  reinvite_pending_ = true;
  const bool sent = Send("INVITE", absl::StrCat(kAllow, kSupported, TimerHeadersForRequest()), body,
                         [this, attempt, wanted](int error, const sip_msg* message) {
                           if (message != nullptr && message->scode < 200) return;
                           OnReofferResponse(attempt, wanted, error, message);
                         });
  if (!sent) {
    reinvite_pending_ = false;
    handler().OnReofferDone(*this, false, *audio_);
  }
}

void SipSession::OnReofferResponse(int attempt, const LocalAudio& wanted, int error, const sip_msg* message) {
  reinvite_pending_ = false;
  const int code = message == nullptr ? 0 : message->scode;
  const bool success = code >= 200 && code < 300;
  if (success) {
    dialog_.RefreshTarget(message);
    acked_cseq_ = message->cseq.num;
    SendAck(core(), dialog_, auth_, acked_cseq_, {});
  }
  if (state_ == State::kEnded) return;
  if (code == 491 && attempt < kMaxGlareRetries) {
    // RFC 3261 §14.1: who owns the Call-ID waits 2.1 to 4 s, the other side up to 2 s, in steps of 10 ms.
    const std::uint64_t wait_ms = inbound_ ? rand_u16() % 201 * 10u : 2'100 + rand_u16() % 191 * 10u;
    if (!reoffer_) reoffer_ = wanted;
    glare_timer_.Start(wait_ms, [this, attempt] { SendReoffer(attempt + 1); });
    return;
  }
  if (code == 408 || code == 481 || (message == nullptr && error == ETIMEDOUT)) {
    // RFC 3261 §12.2.1.2: the dialog is gone.
    SendBye();
    Finish(EndReason::kTimeout, code == 0 ? 408 : code);
    return;
  }
  bool accepted = false;
  if (success) {
    LearnTimer(message);
    StartSessionTimer();
    const auto [presence, sdp] = ReadSdp(message);
    if (sdp) {
      const LocalAudio before = local_;
      local_ = wanted;
      accepted = TakeAnswer(*sdp);
      if (!accepted) local_ = before;
    }
  }
  handler().OnReofferDone(*this, accepted, *audio_);
  if (reoffer_) SendReoffer(0);
}

}  // namespace hotline::telephony
