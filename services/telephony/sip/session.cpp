// Life of a session and the requests it sends.
#include "services/telephony/sip/session.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony {

SipSession::SipSession(SipStack& stack, SessionId id, Trunk& trunk, bool inbound)
    : stack_(stack), trunk_(trunk), id_(id), trunk_id_(trunk.config.id), inbound_(inbound),
      state_(inbound ? State::kIncoming : State::kOutgoing), auth_(trunk.config.credentials) {
  // RFC 8866 §5.2: any number will do as long as it is unique; a random one tells nothing about us.
  origin_.session_id = rand_u32();
  origin_.version = 1;
}

SipSession::~SipSession() = default;

SipHandler& SipSession::handler() { return stack_.handler_; }
const SipCore& SipSession::core() const { return stack_.core_; }
std::string SipSession::Contact(const sip_msg* request) const { return core().Contact(ToEndpoint(request->src, request->tp)); }

bool SipSession::Matches(const sip_msg* request) const {
  const auto tag = View(request->from.tag);
  if (inbound_ || state_ != State::kOutgoing) return tag == dialog_.remote_tag;
  return std::any_of(early_.begin(), early_.end(), [&](const EarlyDialog& early) { return early.dialog.remote_tag == tag; });
}

void SipSession::Bye() { HangUp(EndReason::kLocalHangup); }

void SipSession::HangUp(EndReason reason) {
  switch (state_) {
    case State::kIncoming:
      if (invite_ && invite_->transaction != nullptr) {
        sip_treply(&invite_->transaction, core().sip, invite_->message.get(), 480, "Temporarily Unavailable");
      }
      Finish(reason, 480);
      return;
    case State::kOutgoing:
      Cancel(reason);
      return;
    case State::kAnswered:
      // RFC 3261 §15: a callee sends no BYE before the ACK.
      bye_after_ack_ = true;
      Finish(reason, 0);
      return;
    case State::kConfirmed:
      SendBye();
      Finish(reason, 0);
      return;
    case State::kEnded:
      return;
  }
}

void SipSession::SendBye(std::string_view reason_header) {
  Send("BYE", std::string(reason_header), {}, [](int, const sip_msg*) {});
}

void SipSession::Finish(EndReason reason, int code) {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  ring_timer_.Cancel();
  glare_timer_.Cancel();
  session_timer_.Cancel();
  reliable_.reset();
  after_prack_.clear();
  stack_.Ended(*this);
  handler().OnEnded(*this, EndInfo{reason, code});
  RetireIfIdle();
}

void SipSession::RetireIfIdle() {
  if (state_ == State::kEnded && requests_.empty() && lost_.empty() && !unacked_) stack_.Retire(*this);
}

bool SipSession::Send(std::string method, std::string headers, Body body, ClientRequest::Handler handler) {
  return SendOn(dialog_, std::move(method), std::move(headers), std::move(body), std::move(handler));
}

bool SipSession::SendOn(Dialog& dialog, std::string method, std::string headers, Body body, ClientRequest::Handler handler) {
  if (requests_.size() >= kMaxPendingRequests) return false;
  requests_.push_back(nullptr);
  const auto place = std::prev(requests_.end());
  *place = std::make_unique<ClientRequest>(
      core(), dialog, auth_, std::move(method), std::move(headers), std::move(body),
      [this, place, handler = std::move(handler)](int error, const sip_msg* message) {
        if (message != nullptr && message->scode < 200) {
          handler(error, message);
          return;
        }
        // Taken out first, so that the handler sees the session without it; destroyed when all is done.
        const auto done = std::move(*place);
        requests_.erase(place);
        handler(error, message);
        RetireIfIdle();
      });
  if ((*place)->Send() == 0) return true;
  requests_.erase(place);
  return false;
}

}  // namespace hotline::telephony
