// Dialog (RFC 3261 §12): identity, sequence numbers, route set and remote target of one session, and where its requests are
// sent. A plain value; SIP loop only because it is filled from libre messages.
//
// Where requests go: never to a name. A route or target that is no address is reached through the flow, the address the
// peer last spoke from; this keeps lookups out of the loop. Peers that came over TCP are reached over their connection
// first, since many of them do not listen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/telephony/sip/types.h"

extern "C" {
struct sip_msg;
struct uri;
}

namespace hotline::telephony {

struct Dialog {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;
  std::string local_header;    // our From value, with tag
  std::string remote_header;   // our To value, with tag once known
  std::string remote_target;   // Request-URI
  std::vector<std::string> routes;
  std::uint32_t local_cseq = 0;   // of the last request sent
  std::uint32_t remote_cseq = 0;  // of the last request accepted
  Endpoint flow;                  // where the peer spoke from, or the trunk's target
  bool prefer_flow = false;

  // The sides as a UAS sees them. Nothing if the request has no usable Contact.
  static std::optional<Dialog> FromInvite(const sip_msg* invite);

  // The dialog a response with a To tag makes of the one the request was sent with.
  std::optional<Dialog> FromResponse(const sip_msg* response) const;

  // Target refresh (RFC 3261 §12.2.1.2, RFC 3311 §5.1). A message without Contact changes nothing.
  void RefreshTarget(const sip_msg* message);

  // Addresses to try, best first.
  std::vector<Endpoint> NextHops() const;

  // False for a request older than what was seen (RFC 3261 §12.2.2).
  bool AcceptCseq(std::uint32_t cseq);
};

// Endpoint of a URI whose host is an address; nothing for names and unknown transports.
std::optional<Endpoint> EndpointOfUri(std::string_view uri);

// A header value on one line, so that it can be put into a message of ours.
std::string Unfold(std::string_view value);

}  // namespace hotline::telephony
