// ClientRequest: one request of ours until its final response, over libre's client transaction. It answers digest
// challenges and tries the dialog's next hop when the first cannot be reached. SIP loop only. Destroying it cancels an
// INVITE and silences the handler.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "services/telephony/sip/dialog.h"
#include "services/telephony/sip/digest.h"

extern "C" {
struct sip;
struct sip_request;
struct sip_msg;
struct mbuf;
}

namespace hotline::telephony {

// What every sender of requests needs of the stack.
struct SipCore {
  struct sip* sip = nullptr;
  std::string public_address;  // as in StackConfig
  std::string user_agent;
  // "<sip:hotline@192.0.2.1:5060;transport=tcp>" for a peer reached that way; empty if we have no such transport.
  std::string Contact(const Endpoint& peer) const;
};

struct Body {
  std::string type;  // "application/sdp"; empty for no body
  std::string text;
};

class ClientRequest {
 public:
  // error: 0 or an errno (ETIMEDOUT: no response). message: null with an error. Provisional responses come too; after a
  // final one or an error the request is over and may be destroyed by the handler.
  using Handler = std::function<void(int error, const sip_msg* message)>;

  // `dialog` and `auth` must outlive the request. `headers` are whole lines ended by CRLF.
  ClientRequest(const SipCore& core, Dialog& dialog, DigestClient& auth, std::string method, std::string headers, Body body, Handler handler);
  ~ClientRequest();
  ClientRequest(const ClientRequest&) = delete;
  ClientRequest& operator=(const ClientRequest&) = delete;

  // 0 if it is on its way; otherwise the handler will not be called.
  int Send();

  // CANCEL for an INVITE, once a provisional response has come (RFC 3261 §9.1).
  void Cancel();

  std::uint32_t cseq() const { return cseq_; }
  const std::string& method() const { return method_; }

 private:
  int SendTo(const Endpoint& hop);
  void OnResponse(int error, const sip_msg* message);
  bool RetryWithDigest(const sip_msg* message);

  const SipCore& core_;
  Dialog& dialog_;
  DigestClient& auth_;
  const std::string method_;
  const std::string headers_;
  const Body body_;
  Handler handler_;
  struct sip_request* request_ = nullptr;
  std::uint32_t cseq_ = 0;
  std::size_t hop_ = 0;
  int digest_attempts_ = 0;
  bool cancelled_ = false;
};

// ACK for a 2xx: outside transactions, sent again for each repetition of the response (RFC 3261 §13.2.2.4).
int SendAck(const SipCore& core, const Dialog& dialog, DigestClient& auth, std::uint32_t cseq, const Body& body);

// Content headers, the empty line and the body.
std::string BodyText(const Body& body);

}  // namespace hotline::telephony
