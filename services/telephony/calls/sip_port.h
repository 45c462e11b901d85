// The SIP stack as the io thread sees it: commands by session id are posted to the SIP loop, what happens there is posted
// back as plain values. A command for a session that has just ended does nothing.
//
// Made and destroyed by one thread; commands from the io thread (in fact from any).
#pragma once

#include <absl/status/statusor.h>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

#include "services/telephony/loop/loop.h"
#include "services/telephony/sip/handler.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony {

// Called on the io thread.
class SipListener {
 public:
  virtual ~SipListener() = default;
  virtual void OnInvite(SessionId session, const InviteInfo& info) = 0;
  virtual void OnProgress(SessionId session, int code, const std::optional<NegotiatedAudio>& audio) = 0;
  virtual void OnAnswered(SessionId session, const NegotiatedAudio& audio) = 0;
  virtual void OnOffer(SessionId session, const NegotiatedAudio& audio) = 0;
  virtual void OnInfoDigit(SessionId session, char digit) = 0;
  virtual void OnSessionEnded(SessionId session, const EndInfo& info) = 0;
  virtual void OnTrunkState(const std::string& trunk, bool up) = 0;
};

class SipPort final : private SipHandler {
 public:
  static absl::StatusOr<std::unique_ptr<SipPort>> Start(StackConfig config, boost::asio::any_io_executor io, SipListener& listener);
  ~SipPort() override;

  const std::vector<Endpoint>& endpoints() const { return stack_->endpoints(); }
  const SipCounters& counters() const { return stack_->counters(); }

  void Ringing(SessionId session);
  void Accept(SessionId session, LocalAudio audio);
  void Reject(SessionId session, int code, std::string reason);
  void Bye(SessionId session);
  // `done` is called on the io thread, before anything is told of the session.
  void Dial(DialRequest request, std::function<void(DialResult)> done);
  void StopTakingCalls();

 private:
  SipPort(boost::asio::any_io_executor io, SipListener& listener) : io_(std::move(io)), listener_(listener) {}
  void With(SessionId session, std::function<void(SipSession&)> command);
  void Tell(std::function<void(SipListener&)> event);

  void OnInvite(SipSession& session, const InviteInfo& info) override;
  void OnProgress(SipSession& session, int code, const std::optional<NegotiatedAudio>& audio) override;
  void OnAnswered(SipSession& session, const NegotiatedAudio& audio) override;
  void OnOffer(SipSession& session, const NegotiatedAudio& audio) override;
  void OnInfoDtmf(SipSession& session, char digit, int duration_ms) override;
  bool OnRefer(SipSession& session, const ReferInfo& refer) override;
  void OnReofferDone(SipSession& session, bool accepted, const NegotiatedAudio& audio) override;
  void OnEnded(SipSession& session, const EndInfo& info) override;
  void OnTrunkState(const std::string& trunk, bool up) override;

  const boost::asio::any_io_executor io_;
  SipListener& listener_;
  Loop loop_{"sip"};
  std::unique_ptr<SipStack> stack_;
};

}  // namespace hotline::telephony
