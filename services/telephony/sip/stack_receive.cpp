// What arrives: strict check, source, dialog, limits, in this order.
#include <absl/strings/str_cat.h>
#include <spdlog/spdlog.h>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"
#include "services/telephony/sip/strict_check.h"

namespace hotline::telephony {
namespace {

bool Is(const sip_msg* message, const char* method) { return pl_strcmp(&message->met, method) == 0; }

bool IsKnownMethod(const sip_msg* message) {
  for (const char* method : {"BYE", "CANCEL", "PRACK", "UPDATE", "INFO", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REGISTER"}) {
    if (Is(message, method)) return true;
  }
  return false;
}

// RFC 3261 §20.1: without Accept, application/sdp is meant.
bool AcceptsSdp(const sip_msg* message) {
  bool any = false, sdp = false;
  ForEachHeader(message, SIP_HDR_ACCEPT, [&](std::string_view value) {
    any = true;
    const auto type = Trim(value.substr(0, value.find(';')));
    sdp = sdp || EqualsIgnoreCase(type, "application/sdp") || EqualsIgnoreCase(type, "application/*") || type == "*/*";
  });
  return !any || sdp;
}

}  // namespace

Trunk* SipStack::TrunkOf(const sip_msg* request) {
  const auto address = ParseAddress(AddressText(request->src));
  if (!address) return nullptr;
  for (const auto& trunk : trunks_) {
    if (trunk->Owns(*address)) return trunk.get();
  }
  return nullptr;
}

bool SipStack::OnRequest(const sip_msg* request) {
  const bool ack = Is(request, "ACK");
  Trunk* trunk = TrunkOf(request);
  if (trunk == nullptr) {
    ++counters_.refused_source;
    if (std::uint64_t suppressed = 0; refusals_.ShouldLog(tmr_jiffies(), suppressed)) {
      spdlog::warn("telephony: refused a request from {}, which is no trunk's address ({} more not logged)", AddressText(request->src), suppressed);
    }
    // Stateless, so that a flood costs no memory.
    if (!ack) sip_reply(core_.sip, request, 403, "Forbidden");
    return true;
  }
  if (const auto refusal = CheckRequest(request)) {
    ++counters_.refused_malformed;
    if (!ack) sip_reply(core_.sip, request, static_cast<std::uint16_t>(refusal->code), refusal->reason);
    return true;
  }
  if (Is(request, "CANCEL")) {
    // Those that match were taken by libre's transactions.
    sip_reply(core_.sip, request, 481, "Transaction Does Not Exist");
  } else if (pl_isset(&request->to.tag)) {
    OnInDialog(request);
  } else if (!ack) {
    OnOutOfDialog(request, *trunk);
  }
  return true;
}

void SipStack::OnInDialog(const sip_msg* request) {
  const auto found = by_dialog_.find(Key(View(request->callid), View(request->to.tag)));
  if (found == by_dialog_.end() || !found->second->Matches(request)) {
    if (!Is(request, "ACK")) Reply(core_, request, 481, "Call Does Not Exist");
    return;
  }
  if (RefuseUnsupported(request)) return;
  found->second->HandleRequest(request);
}

void SipStack::OnOutOfDialog(const sip_msg* request, Trunk& trunk) {
  if (RefuseUnsupported(request)) return;
  if (Is(request, "INVITE")) {
    OnInvite(request, trunk);
  } else if (Is(request, "OPTIONS")) {
    const bool room = taking_calls_ && live_ < config_.max_sessions;
    const std::string headers = absl::StrCat(kAllow, "Accept: application/sdp\r\n", kSupported);
    if (room) Reply(core_, request, 200, "OK", headers);
    else Reply(core_, request, 503, "Service Unavailable", absl::StrCat("Retry-After: ", kOverloadRetryAfterSeconds, "\r\n"));
  } else if (Is(request, "BYE") || Is(request, "PRACK") || Is(request, "UPDATE") || Is(request, "INFO") || Is(request, "NOTIFY")) {
    Reply(core_, request, 481, "Call Does Not Exist");
  } else if (IsKnownMethod(request)) {
    Reply(core_, request, 405, "Method Not Allowed", kAllow);
  } else {
    Reply(core_, request, 501, "Not Implemented", kAllow);
  }
}

bool SipStack::RefuseUnsupported(const sip_msg* request) {
  if (Is(request, "ACK")) return false;
  std::string unsupported;
  ForEachHeader(request, SIP_HDR_REQUIRE, [&](std::string_view option) {
    if (EqualsIgnoreCase(option, "100rel") || EqualsIgnoreCase(option, "timer")) return;
    // The option is the peer's text: only tokens are sent back.
    if (IsToken(option)) absl::StrAppend(&unsupported, unsupported.empty() ? "" : ", ", std::string(option));
    else if (unsupported.empty()) unsupported = "unknown";
  });
  if (unsupported.empty()) return false;
  Reply(core_, request, 420, "Bad Extension", absl::StrCat("Unsupported: ", unsupported, "\r\n"));
  return true;
}

bool SipStack::HasRoom(const sip_msg* request, Trunk& trunk) {
  if (taking_calls_ && live_ < config_.max_sessions && trunk.HasRoom() && rate_.Take(tmr_jiffies())) return true;
  ++counters_.refused_overload;
  const std::string headers = absl::StrCat("Retry-After: ", kOverloadRetryAfterSeconds, "\r\n");
  Reply(core_, request, 503, "Service Unavailable", headers);
  return false;
}

void SipStack::OnInvite(const sip_msg* request, Trunk& trunk) {
  ++counters_.invites_in;
  if (!HasRoom(request, trunk)) return;
  if (!AcceptsSdp(request)) {
    Reply(core_, request, 406, "Not Acceptable", "Accept: application/sdp\r\n");
    return;
  }
  const auto [presence, sdp] = ReadSdp(request);
  if (presence == SdpPresence::kOtherType) {
    Reply(core_, request, 415, "Unsupported Media Type", "Accept: application/sdp\r\n");
    return;
  }
  if (presence == SdpPresence::kMalformed) {
    Reply(core_, request, 400, "Bad Session Description");
    return;
  }
  if (sdp && !MatchOffer(*sdp, LocalAudio{})) {
    Reply(core_, request, 488, "Not Acceptable Here", "Warning: 304 hotline \"Media type not available\"\r\n");
    return;
  }
  auto dialog = Dialog::FromInvite(request);
  if (!dialog) {
    Reply(core_, request, 400, "Bad Contact");
    return;
  }
  SipSession* session = AddSession(trunk, true);
  session->dialog_ = std::move(*dialog);
  session->remote_offer_ = sdp;
  Register(*session);
  session->StartInbound(request, ReadInvite(request, trunk.config));
}

bool SipStack::OnResponse(const sip_msg* response) {
  // libre's transactions took what is theirs. What is left of INVITE 2xx are repetitions and late branches (§13.2.2.4).
  if (response->scode < 200 || response->scode > 299 || pl_strcmp(&response->cseq.met, "INVITE") != 0 || !CheckResponse(response)) {
    ++counters_.stray_responses;
    return true;
  }
  const auto found = by_dialog_.find(Key(View(response->callid), View(response->from.tag)));
  if (found == by_dialog_.end()) {
    ++counters_.stray_responses;
    return true;
  }
  found->second->HandleStray2xx(response);
  return true;
}

}  // namespace hotline::telephony
