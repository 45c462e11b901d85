#include "services/telephony/calls/sip_port.h"

#include <boost/asio/post.hpp>

#include "libs/base/log.h"

namespace hotline::telephony {

absl::StatusOr<std::unique_ptr<SipPort>> SipPort::Start(StackConfig config, boost::asio::any_io_executor io, SipListener& listener) {
  std::unique_ptr<SipPort> port(new SipPort(std::move(io), listener));
  auto stack = SipStack::Create(port->loop_, std::move(config), *port);
  if (!stack.ok()) return stack.status();
  port->stack_ = *std::move(stack);
  return port;
}

SipPort::~SipPort() {
  stack_.reset();
  loop_.Stop();
}

void SipPort::With(SessionId session, std::function<void(SipSession&)> command) {
  const bool posted = loop_.Post([this, session, command = std::move(command)] {
    if (SipSession* s = stack_ ? stack_->Find(session) : nullptr) command(*s);
  });
  if (!posted) base::log::Warn("the SIP loop takes no command", {{"session", static_cast<int64_t>(session)}});
}

void SipPort::Ringing(SessionId session) {
  With(session, [](SipSession& s) { s.Ringing(); });
}
void SipPort::Accept(SessionId session, LocalAudio audio) {
  With(session, [audio = std::move(audio)](SipSession& s) { s.Accept(audio); });
}
void SipPort::Reject(SessionId session, int code, std::string reason) {
  With(session, [code, reason = std::move(reason)](SipSession& s) { s.Reject(code, reason); });
}
void SipPort::Bye(SessionId session) {
  With(session, [](SipSession& s) { s.Bye(); });
}
void SipPort::StopTakingCalls() {
  if (!loop_.Post([this] { stack_->StopTakingCalls(); })) base::log::Warn("the SIP loop takes no command");
}

void SipPort::Dial(DialRequest request, std::function<void(DialResult)> done) {
  const bool posted = loop_.Post([this, request = std::move(request), done] {
    const DialResult result = stack_->Dial(request);
    boost::asio::post(io_, [done, result] { done(result); });
  });
  if (!posted) boost::asio::post(io_, [done] { done({0, DialError::kTransport}); });
}

void SipPort::Tell(std::function<void(SipListener&)> event) {
  boost::asio::post(io_, [this, event = std::move(event)] { event(listener_); });
}

void SipPort::OnInvite(SipSession& session, const InviteInfo& info) {
  Tell([id = session.id(), info](SipListener& l) { l.OnInvite(id, info); });
}
void SipPort::OnProgress(SipSession& session, int code, const std::optional<NegotiatedAudio>& audio) {
  Tell([id = session.id(), code, audio](SipListener& l) { l.OnProgress(id, code, audio); });
}
void SipPort::OnAnswered(SipSession& session, const NegotiatedAudio& audio) {
  Tell([id = session.id(), audio](SipListener& l) { l.OnAnswered(id, audio); });
}
void SipPort::OnOffer(SipSession& session, const NegotiatedAudio& audio) {
  Tell([id = session.id(), audio](SipListener& l) { l.OnOffer(id, audio); });
}
void SipPort::OnInfoDtmf(SipSession& session, char digit, int) {
  Tell([id = session.id(), digit](SipListener& l) { l.OnInfoDigit(id, digit); });
}
bool SipPort::OnRefer(SipSession&, const ReferInfo&) { return false; }  // trunks do not transfer our calls
void SipPort::OnReofferDone(SipSession&, bool, const NegotiatedAudio&) {}
void SipPort::OnEnded(SipSession& session, const EndInfo& info) {
  Tell([id = session.id(), info](SipListener& l) { l.OnSessionEnded(id, info); });
}
void SipPort::OnTrunkState(const std::string& trunk, bool up) {
  Tell([trunk, up](SipListener& l) { l.OnTrunkState(trunk, up); });
}

}  // namespace hotline::telephony
