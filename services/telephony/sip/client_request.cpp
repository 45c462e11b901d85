#include "services/telephony/sip/client_request.h"

#include <absl/strings/str_cat.h>

#include "services/telephony/sip/re_util.h"
#include "services/telephony/sip/strict_check.h"
#include "services/telephony/sip/text.h"

namespace hotline::telephony {
namespace {

std::string RequestText(const SipCore& core, const Dialog& dialog, const Endpoint& hop, std::string_view method, std::uint32_t cseq,
                        const std::string& authorization, const std::string& headers, const Body& body) {
  std::string out = "Max-Forwards: 70\r\n";
  for (const auto& route : dialog.routes) absl::StrAppend(&out, "Route: ", route, "\r\n");
  absl::StrAppend(&out, "To: ", dialog.remote_header, "\r\nFrom: ", dialog.local_header, "\r\nCall-ID: ", dialog.call_id, "\r\nCSeq: ", cseq,
                  " ");
  out.append(method);
  absl::StrAppend(&out, "\r\nContact: ", core.Contact(hop), "\r\nUser-Agent: ", core.user_agent, "\r\n", authorization, headers, BodyText(body));
  return out;
}

int Transmit(const SipCore& core, const Dialog& dialog, const Endpoint& hop, const std::string& method, const std::string& text,
             struct sip_request** request, sip_resp_h* handler, void* arg) {
  RePtr<mbuf> buffer(mbuf_alloc(text.size()));
  if (!buffer) return ENOMEM;
  if (const int error = mbuf_write_mem(buffer.get(), reinterpret_cast<const std::uint8_t*>(text.data()), text.size())) return error;
  buffer->pos = 0;
  uri route{};
  route.scheme = ToPl("sip");
  route.host = ToPl(hop.address);
  route.port = hop.port;
  route.params = ToPl(hop.transport == Transport::kTcp ? ";transport=tcp" : ";transport=udp");
  return sip_request(request, core.sip, request != nullptr, method.c_str(), static_cast<int>(method.size()), dialog.remote_target.c_str(),
                     static_cast<int>(dialog.remote_target.size()), &route, buffer.get(), 0, nullptr, handler, arg);
}

}  // namespace

std::string BodyText(const Body& body) {
  if (body.type.empty()) return "Content-Length: 0\r\n\r\n";
  return absl::StrCat("Content-Type: ", body.type, "\r\nContent-Length: ", body.text.size(), "\r\n\r\n", body.text);
}

std::string SipCore::Contact(const Endpoint& peer) const {
  sa destination, local;
  if (sa_set_str(&destination, peer.address.c_str(), peer.port) != 0) return "";
  if (sip_transp_laddr(sip, &local, ToRe(peer.transport), &destination) != 0) return "";
  const std::string host = HostText(public_address.empty() ? AddressText(local) : public_address);
  return absl::StrCat("<sip:hotline@", host, ":", sa_port(&local),
                      peer.transport == Transport::kTcp ? ";transport=tcp>" : ">");
}

ClientRequest::ClientRequest(const SipCore& core, Dialog& dialog, DigestClient& auth, std::string method, std::string headers, Body body,
                             Handler handler)
    : core_(core), dialog_(dialog), auth_(auth), method_(std::move(method)), headers_(std::move(headers)), body_(std::move(body)),
      handler_(std::move(handler)) {}

ClientRequest::~ClientRequest() {
  // libre then cancels an INVITE in progress by itself and calls nobody.
  mem_deref(request_);
}

int ClientRequest::Send() {
  const auto hops = dialog_.NextHops();
  int error = EDESTADDRREQ;
  while (hop_ < hops.size()) {
    error = SendTo(hops[hop_]);
    if (error == 0) return 0;
    ++hop_;
  }
  return error;
}

int ClientRequest::SendTo(const Endpoint& hop) {
  cseq_ = ++dialog_.local_cseq;
  const auto text = RequestText(core_, dialog_, hop, method_, cseq_, auth_.Headers(method_, dialog_.remote_target), headers_, body_);
  return Transmit(
      core_, dialog_, hop, method_, text, &request_,
      [](int error, const sip_msg* message, void* arg) { static_cast<ClientRequest*>(arg)->OnResponse(error, message); }, this);
}

void ClientRequest::Cancel() {
  cancelled_ = true;
  sip_request_cancel(request_);
}

void ClientRequest::OnResponse(int error, const sip_msg* message) {
  if (message != nullptr && !CheckResponse(message)) {
    if (message->scode < 200) return;
    // A final response ends the transaction whatever we think of it.
    const auto handler = handler_;
    handler(EBADMSG, nullptr);
    return;
  }
  if (message == nullptr && error != ETIMEDOUT && !cancelled_) {
    ++hop_;
    if (Send() == 0) return;
  }
  if (message != nullptr && (message->scode == 401 || message->scode == 407) && RetryWithDigest(message)) return;
  const auto handler = handler_;  // the handler may destroy this request
  handler(error, message);
}

bool ClientRequest::RetryWithDigest(const sip_msg* message) {
  if (cancelled_ || digest_attempts_ >= kMaxDigestAttempts) return false;
  std::vector<DigestChallenge> challenges;
  const auto collect = [&](sip_hdrid id, bool proxy) {
    ForEachHeader(message, id, [&](std::string_view value) {
      if (challenges.size() >= 8) return;
      if (auto challenge = ParseChallenge(value, proxy)) challenges.push_back(*challenge);
    });
  };
  collect(SIP_HDR_WWW_AUTHENTICATE, false);
  collect(SIP_HDR_PROXY_AUTHENTICATE, true);
  if (!auth_.Learn(challenges)) return false;
  ++digest_attempts_;
  return Send() == 0;
}

int SendAck(const SipCore& core, const Dialog& dialog, DigestClient& auth, std::uint32_t cseq, const Body& body) {
  int error = EDESTADDRREQ;
  for (const auto& hop : dialog.NextHops()) {
    const auto text = RequestText(core, dialog, hop, "ACK", cseq, auth.Headers("ACK", dialog.remote_target), "", body);
    error = Transmit(core, dialog, hop, "ACK", text, nullptr, nullptr, nullptr);
    if (error == 0) break;
  }
  return error;
}

}  // namespace hotline::telephony
