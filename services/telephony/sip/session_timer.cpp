// Session timers (RFC 4028): a call whose peer has vanished ends by itself.
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony {
namespace {

struct Requested {
  std::uint32_t seconds = 0;  // 0: no header
  std::string_view refresher;
};

Requested ReadSessionExpires(const sip_msg* message) {
  const auto value = HeaderValue(message, SIP_HDR_SESSION_EXPIRES);
  if (value.empty()) return {};
  const auto semicolon = value.find(';');
  const auto seconds = ParseNumber(Trim(value.substr(0, semicolon)), UINT32_MAX);
  if (!seconds) return {};
  Requested out{static_cast<std::uint32_t>(*seconds), {}};
  if (semicolon != std::string_view::npos) out.refresher = Parameter(value.substr(semicolon + 1), "refresher").value_or("");
  return out;
}

}  // namespace

bool SipSession::TimerAcceptable(const sip_msg* request) {
  const auto requested = ReadSessionExpires(request);
  return requested.seconds == 0 || requested.seconds >= stack_.config_.min_session_expires_seconds;
}

// §9: the peer's wish, at most our maximum; without a wish our own interval, refreshed by us.
std::string SipSession::TimerHeadersForAnswer(const sip_msg* request) {
  peer_has_timer_ = HasToken(request, SIP_HDR_SUPPORTED, "timer") || HasToken(request, SIP_HDR_REQUIRE, "timer");
  if (sip_msg_hdr(request, SIP_HDR_ALLOW) != nullptr) peer_allows_update_ = HasToken(request, SIP_HDR_ALLOW, "UPDATE");
  const auto requested = ReadSessionExpires(request);
  if (requested.seconds == 0 && stack_.config_.session_expires_seconds == 0) {
    session_interval_s_ = 0;
    return "";
  }
  session_interval_s_ = requested.seconds != 0 ? std::min(requested.seconds, kMaxSessionExpiresSeconds) : stack_.config_.session_expires_seconds;
  // A peer without the extension cannot refresh. One that has it and says nothing leaves the choice to us: we take it.
  we_refresh_ = !peer_has_timer_ || !EqualsIgnoreCase(requested.refresher, "uac");
  const std::string header = absl::StrCat("Session-Expires: ", session_interval_s_, ";refresher=", we_refresh_ ? "uas" : "uac", "\r\n");
  return peer_has_timer_ ? absl::StrCat("Require: timer\r\n", header) : header;
}

std::string SipSession::TimerHeadersForRequest() const {
  if (session_interval_s_ != 0) {
    return absl::StrCat("Session-Expires: ", session_interval_s_, ";refresher=", we_refresh_ ? "uac" : "uas", "\r\n");
  }
  const std::uint32_t wanted = std::max(stack_.config_.session_expires_seconds, asked_min_se_);
  if (stack_.config_.session_expires_seconds == 0) return "";
  return absl::StrCat("Session-Expires: ", wanted, "\r\nMin-SE: ", std::max(stack_.config_.min_session_expires_seconds, asked_min_se_), "\r\n");
}

// §7.2: without the header in the 2xx there is no session timer.
void SipSession::LearnTimer(const sip_msg* response) {
  if (sip_msg_hdr(response, SIP_HDR_ALLOW) != nullptr) peer_allows_update_ = HasToken(response, SIP_HDR_ALLOW, "UPDATE");
  const auto agreed = ReadSessionExpires(response);
  session_interval_s_ = agreed.seconds == 0 ? 0 : std::clamp(agreed.seconds, stack_.config_.min_session_expires_seconds, kMaxSessionExpiresSeconds);
  we_refresh_ = !EqualsIgnoreCase(agreed.refresher, "uas");
}

void SipSession::StartSessionTimer() {
  session_timer_.Cancel();
  if (session_interval_s_ == 0 || state_ == State::kEnded) return;
  const std::uint64_t interval_ms = session_interval_s_ * 1'000ull;
  if (we_refresh_) {
    session_timer_.Start(interval_ms / 2, [this] { Refresh(); });
    return;
  }
  // §10: give up a little before the end, by the smaller of 32 s and a third of the interval.
  session_timer_.Start(interval_ms - std::min<std::uint64_t>(32'000, interval_ms / 3), [this] {
    ++stack_.counters_.session_timer_expiries;
    HangUp(EndReason::kSessionExpired);
  });
}

void SipSession::Refresh() {
  if (state_ != State::kConfirmed) {
    StartSessionTimer();
    return;
  }
  if (!peer_allows_update_) {
    // A re-INVITE with the description as it stands; its answer restarts the timer.
    if (!reoffer_) reoffer_ = local_;
    if (!reinvite_pending_ && !glare_timer_.running()) SendReoffer(0);
    session_timer_.Start(session_interval_s_ * 500ull, [this] {
      ++stack_.counters_.session_timer_expiries;
      HangUp(EndReason::kSessionExpired);
    });
    return;
  }
  const auto done = [this](int error, const sip_msg* message) {
    if (state_ == State::kEnded || (message != nullptr && message->scode < 200)) return;
    const int code = message == nullptr ? 0 : message->scode;
    if (code >= 200 && code < 300) {
      dialog_.RefreshTarget(message);
      LearnTimer(message);
      StartSessionTimer();
    } else if (code == 408 || code == 481 || (message == nullptr && error == ETIMEDOUT)) {
      ++stack_.counters_.session_timer_expiries;
      HangUp(EndReason::kSessionExpired);
    }
  };
  // Whatever else goes wrong with the refresh, the session lasts to its end and no longer.
  session_timer_.Start(session_interval_s_ * 500ull, [this] {
    ++stack_.counters_.session_timer_expiries;
    HangUp(EndReason::kSessionExpired);
  });
  Send("UPDATE", absl::StrCat(kAllow, kSupported, TimerHeadersForRequest()), {}, done);
}

}  // namespace hotline::telephony
