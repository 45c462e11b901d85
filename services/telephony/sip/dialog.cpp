#include "services/telephony/sip/dialog.h"

#include <algorithm>

#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

std::optional<std::string> ContactUri(const sip_msg* message) {
  const sip_hdr* contact = sip_msg_hdr(message, SIP_HDR_CONTACT);
  sip_addr address;
  if (contact == nullptr || sip_addr_decode(&address, &contact->val) != 0) return std::nullopt;
  const auto uri = View(address.auri);
  if (uri.empty() || uri.size() > kMaxUriBytes) return std::nullopt;
  return Unfold(uri);
}

std::vector<std::string> RecordRoutes(const sip_msg* message) {
  std::vector<std::string> routes;
  ForEachHeader(message, SIP_HDR_RECORD_ROUTE, [&](std::string_view value) {
    if (routes.size() < kMaxRouteHeaders) routes.push_back(Unfold(value));
  });
  return routes;
}

std::string_view UriOfRoute(std::string_view route) {
  const auto open = route.find('<');
  const auto close = route.find('>', open);
  return open == std::string_view::npos || close == std::string_view::npos ? route : route.substr(open + 1, close - open - 1);
}

}  // namespace

std::string Unfold(std::string_view value) {
  std::string out(value);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

std::optional<Endpoint> EndpointOfUri(std::string_view text) {
  uri decoded;
  const pl source = ToPl(text);
  if (uri_decode(&decoded, &source) != 0 || !EqualsIgnoreCase(View(decoded.scheme), "sip")) return std::nullopt;
  const auto bytes = ParseAddress(View(decoded.host));
  if (!bytes) return std::nullopt;
  Endpoint endpoint;
  auto host = View(decoded.host);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  endpoint.address = host;
  endpoint.port = decoded.port != 0 ? decoded.port : static_cast<std::uint16_t>(SIP_PORT);
  if (const auto transport = Parameter(View(decoded.params), "transport")) {
    if (EqualsIgnoreCase(*transport, "tcp")) endpoint.transport = Transport::kTcp;
    else if (!EqualsIgnoreCase(*transport, "udp")) return std::nullopt;
  }
  return endpoint;
}

std::optional<Dialog> Dialog::FromInvite(const sip_msg* invite) {
  auto target = ContactUri(invite);
  if (!target) return std::nullopt;
  Dialog dialog;
  char tag[17];
  re_snprintf(tag, sizeof tag, "%016llx", invite->tag);  // the tag libre puts into our replies
  dialog.call_id = View(invite->callid);
  dialog.local_tag = tag;
  dialog.remote_tag = View(invite->from.tag);
  dialog.local_header = Unfold(View(invite->to.val)) + ";tag=" + dialog.local_tag;
  dialog.remote_header = Unfold(View(invite->from.val));
  dialog.remote_target = *target;
  dialog.routes = RecordRoutes(invite);
  dialog.remote_cseq = invite->cseq.num;
  dialog.local_cseq = static_cast<std::uint32_t>(rand_u16());
  dialog.flow = ToEndpoint(invite->src, invite->tp);
  dialog.prefer_flow = invite->tp != SIP_TRANSP_UDP;
  return dialog;
}

std::optional<Dialog> Dialog::FromResponse(const sip_msg* response) const {
  if (!pl_isset(&response->to.tag)) return std::nullopt;
  Dialog dialog = *this;
  dialog.remote_tag = View(response->to.tag);
  dialog.remote_header = Unfold(View(response->to.val));
  dialog.routes = RecordRoutes(response);
  std::reverse(dialog.routes.begin(), dialog.routes.end());
  dialog.flow = ToEndpoint(response->src, response->tp);
  dialog.prefer_flow = response->tp != SIP_TRANSP_UDP;
  // A provisional response may lack Contact (RFC 3261 table 2); the request's target serves until one comes.
  if (auto target = ContactUri(response)) dialog.remote_target = *target;
  return dialog;
}

void Dialog::RefreshTarget(const sip_msg* message) {
  if (auto target = ContactUri(message)) remote_target = *target;
  flow = ToEndpoint(message->src, message->tp);
  prefer_flow = message->tp != SIP_TRANSP_UDP;
}

std::vector<Endpoint> Dialog::NextHops() const {
  std::vector<Endpoint> hops;
  if (prefer_flow) hops.push_back(flow);
  const auto wanted = EndpointOfUri(routes.empty() ? std::string_view(remote_target) : UriOfRoute(routes.front()));
  if (wanted && std::find(hops.begin(), hops.end(), *wanted) == hops.end()) hops.push_back(*wanted);
  if (hops.empty()) hops.push_back(flow);
  return hops;
}

bool Dialog::AcceptCseq(std::uint32_t cseq) {
  if (cseq <= remote_cseq) return false;
  remote_cseq = cseq;
  return true;
}

}  // namespace hotline::telephony
