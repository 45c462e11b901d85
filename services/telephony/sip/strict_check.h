// What libre's lenient parser lets through and RFC 3261 does not allow, with RFC 4475's torture messages in mind. Runs on
// every request before anything else looks at it, and on the responses to our requests. SIP loop only (libre messages).
#pragma once

#include <optional>
#include <string_view>

extern "C" {
struct sip_msg;
}

namespace hotline::telephony {

struct Refusal {
  int code = 400;
  const char* reason = "Bad Request";  // names the field at fault
};

// How a request is to be refused, or nothing if it may be processed.
std::optional<Refusal> CheckRequest(const sip_msg* message);

// Whether a response may be processed; others are dropped.
bool CheckResponse(const sip_msg* message);

// The body within Content-Length; what a datagram holds beyond it is not part of the message (RFC 3261 §18.3).
std::string_view MessageBody(const sip_msg* message);

}  // namespace hotline::telephony
