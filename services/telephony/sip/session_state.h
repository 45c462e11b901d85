// Parts of SipSession that hold libre objects; seen only by session*.cpp and stack*.cpp.
#pragma once

#include "services/telephony/loop/timer.h"
#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/session.h"

namespace hotline::telephony {

inline constexpr std::size_t kMaxWaitingResponses = 4;
inline constexpr const char* kAllow = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY\r\n";
inline constexpr const char* kSupported = "Supported: 100rel, timer\r\n";
inline constexpr const char* kSdpType = "application/sdp";

struct SipSession::InviteState {
  RePtr<sip_msg> message;
  sip_strans* transaction = nullptr;  // libre's; it frees itself some time after the final response
};

struct SipSession::UnackedAnswer {
  RePtr<sip_msg> request;
  RePtr<mbuf> response;
  sa destination;
  std::uint32_t cseq = 0;
  std::uint64_t started_ms = 0;
  std::uint64_t interval_ms = kT1Ms;
  bool initial = false;
  bool changed_media = false;  // the re-INVITE carried an offer, or our answer did
  Timer timer;
};

struct SipSession::ReliableResponse {
  RePtr<mbuf> response;
  sa destination;
  std::uint32_t rseq = 0;
  std::uint64_t started_ms = 0;
  std::uint64_t interval_ms = kT1Ms;
  bool has_sdp = false;
  Timer timer;
};

// Where a reply to this request goes; libre computes the same but does not tell.
inline sa ReplyAddress(const sip_msg* request) {
  pl value;
  sa address;
  sip_reply_addr(&address, request, msg_param_exists(&request->via.params, "rport", &value) == 0);
  return address;
}

// A final reply outside an INVITE session: headers are whole lines.
void Reply(const SipCore& core, const sip_msg* request, int code, const char* reason, const std::string& headers = "", const Body& body = {});

}  // namespace hotline::telephony
