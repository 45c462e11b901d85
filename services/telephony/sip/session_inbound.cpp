// Answering an INVITE: provisional responses, PRACK, the 200 until its ACK, CANCEL.
#include <absl/strings/str_cat.h>

#include "services/telephony/sip/body.h"
#include "services/telephony/sip/session_state.h"
#include "services/telephony/sip/stack.h"
#include "services/telephony/sip/strict_check.h"

namespace hotline::telephony {

void SipSession::StartInbound(const sip_msg* invite, const InviteInfo& info) {
  invite_ = std::make_unique<InviteState>();
  invite_->message = Ref(invite);
  sip_strans_alloc(&invite_->transaction, core().sip, invite, [](void* arg) { static_cast<SipSession*>(arg)->OnCancel(); }, this);
  peer_requires_100rel_ = HasToken(invite, SIP_HDR_REQUIRE, "100rel");
  peer_supports_100rel_ = peer_requires_100rel_ || HasToken(invite, SIP_HDR_SUPPORTED, "100rel");
  peer_allows_update_ = HasToken(invite, SIP_HDR_ALLOW, "UPDATE");
  next_rseq_ = rand_u16() + 1u;  // RFC 3262 §3: 1 to 2^31 - 1
  sip_treply(&invite_->transaction, core().sip, invite, 100, "Trying");
  if (!TimerAcceptable(invite)) {
    const std::string rest = absl::StrCat("Min-SE: ", stack_.config_.min_session_expires_seconds, "\r\n", BodyText({}));
    sip_treplyf(&invite_->transaction, nullptr, core().sip, invite, false, 422, "Session Interval Too Small", "%b", rest.data(), rest.size());
    EndUnheard();
    return;
  }
  if (invite_->transaction == nullptr) {
    EndUnheard();  // not even 100 could be sent
    return;
  }
  handler().OnInvite(*this, info);
}

// The call layer has not heard of the session, so it ends without a word to it.
void SipSession::EndUnheard() {
  state_ = State::kEnded;
  stack_.Ended(*this);
  RetireIfIdle();
}

void SipSession::OnCancel() {
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  sip_treply(&invite_->transaction, core().sip, invite_->message.get(), 487, "Request Terminated");
  Finish(EndReason::kCancelled, 487);
}

void SipSession::Ringing() {
  if (state_ == State::kIncoming && invite_->transaction != nullptr) SendProvisional(180, "Ringing", false);
}

void SipSession::Progress(const LocalAudio& audio) {
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  if (remote_offer_) {
    std::string answer;
    if (!TakeOffer(*remote_offer_, audio, answer)) {
      Reject(488, "Not Acceptable Here");
      return;
    }
  } else if (!audio_ && !offer_sent_ && peer_supports_100rel_) {
    MakeOffer(audio);
  }
  // Without an offer and without reliability there is nothing the peer could answer to: plain progress.
  SendProvisional(183, "Session Progress", audio_.has_value() || offer_sent_);
}

void SipSession::SendProvisional(int code, const char* reason, bool with_sdp) {
  if (reliable_) {
    // RFC 3262 §3: the next reliable response waits for the PRACK of the one before; order must hold for the others too.
    if (after_prack_.size() < kMaxWaitingResponses) after_prack_.push_back([this, code, reason, with_sdp] { SendProvisional(code, reason, with_sdp); });
    return;
  }
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  const Body body = with_sdp ? Body{kSdpType, last_sdp_} : Body{};
  if (peer_requires_100rel_ || (peer_supports_100rel_ && with_sdp)) {
    SendReliable(code, reason, body);
    return;
  }
  const std::string rest = absl::StrCat("Contact: ", Contact(invite_->message.get()), "\r\n", kAllow, BodyText(body));
  if (sip_treplyf(&invite_->transaction, nullptr, core().sip, invite_->message.get(), true, static_cast<std::uint16_t>(code), reason, "%b",
                  rest.data(), rest.size()) != 0) {
    Finish(EndReason::kTransport, 0);
  }
}

void SipSession::SendReliable(int code, const char* reason, const Body& body) {
  auto sent = std::make_unique<ReliableResponse>();
  sent->rseq = next_rseq_++;
  sent->has_sdp = !body.type.empty();
  sent->started_ms = tmr_jiffies();
  sent->destination = ReplyAddress(invite_->message.get());
  const std::string rest = absl::StrCat("Require: 100rel\r\nRSeq: ", sent->rseq, "\r\nContact: ", Contact(invite_->message.get()), "\r\n", kAllow,
                                        BodyText(body));
  mbuf* text = nullptr;
  if (sip_treplyf(&invite_->transaction, &text, core().sip, invite_->message.get(), true, static_cast<std::uint16_t>(code), reason, "%b",
                  rest.data(), rest.size()) != 0) {
    Finish(EndReason::kTransport, 0);
    return;
  }
  sent->response.reset(text);
  reliable_ = std::move(sent);
  reliable_->timer.Start(kT1Ms, [this] { RepeatReliable(); });
}

void SipSession::RepeatReliable() {
  if (tmr_jiffies() - reliable_->started_ms >= kTransactionTimeoutMs) {
    // RFC 3262 §3: the INVITE is then refused.
    reliable_.reset();
    sip_treply(&invite_->transaction, core().sip, invite_->message.get(), 504, "Provisional Response Not Acknowledged");
    Finish(EndReason::kTimeout, 504);
    return;
  }
  const auto* message = invite_->message.get();
  sip_send(core().sip, message->sock, message->tp, &reliable_->destination, reliable_->response.get());
  reliable_->interval_ms *= 2;
  reliable_->timer.Start(reliable_->interval_ms, [this] { RepeatReliable(); });
}

// RAck: response number, CSeq number and method of what is acknowledged (RFC 3262 §7.2).
void SipSession::OnPrack(const sip_msg* request) {
  std::vector<std::string_view> words;
  for (const auto word : SplitOutsideQuotes(HeaderValue(request, SIP_HDR_RACK), ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  const bool fits = reliable_ && words.size() == 3 && ParseNumber(words[0], UINT32_MAX) == reliable_->rseq &&
                    ParseNumber(words[1], UINT32_MAX) == invite_->message->cseq.num && words[2] == "INVITE";
  if (!fits) {
    Reply(core(), request, 481, "No Such Provisional Response");
    return;
  }
  const bool had_sdp = reliable_->has_sdp;
  auto [presence, sdp] = ReadSdp(request);
  Body answer;
  if (presence == SdpPresence::kMalformed || presence == SdpPresence::kOtherType) {
    Reply(core(), request, 488, "Not Acceptable Here");
    return;
  }
  if (sdp && offer_sent_) {
    if (!TakeAnswer(*sdp)) {
      Reply(core(), request, 488, "Not Acceptable Here");
      Reject(488, "Not Acceptable Here");
      return;
    }
  } else if (sdp) {
    answer.type = kSdpType;
    if (!TakeOffer(*sdp, local_, answer.text)) {
      Reply(core(), request, 488, "Not Acceptable Here");
      return;
    }
  }
  reliable_.reset();
  sdp_settled_ = sdp_settled_ || (had_sdp && !offer_sent_);
  Reply(core(), request, 200, "OK", "", answer);
  auto waiting = std::move(after_prack_);
  after_prack_.clear();
  for (auto& respond : waiting) {
    // Each may make the next wait again; SendProvisional and SendAccept then queue themselves anew, in order.
    respond();
  }
}

void SipSession::Accept(const LocalAudio& audio) {
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  if (!audio_ && !offer_sent_) local_ = audio;
  SendAccept();
}

void SipSession::SendAccept() {
  if (reliable_) {
    if (after_prack_.size() < kMaxWaitingResponses) after_prack_.push_back([this] { SendAccept(); });
    return;
  }
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  Body body;
  if (remote_offer_) {
    body.type = kSdpType;
    if (!TakeOffer(*remote_offer_, local_, body.text)) {
      Reject(488, "Not Acceptable Here");
      return;
    }
  } else if (!sdp_settled_) {
    body.type = kSdpType;
    body.text = audio_ || offer_sent_ ? last_sdp_ : MakeOffer(local_);
  }
  const auto* invite = invite_->message.get();
  const std::string headers = absl::StrCat(kAllow, kSupported, TimerHeadersForAnswer(invite));
  state_ = State::kAnswered;
  ++stack_.counters_.answered_in;
  SendAnswer(invite, headers, body, true);
}

void SipSession::Reject(int code, std::string_view reason) {
  if (state_ != State::kIncoming || invite_->transaction == nullptr) return;
  if (code < 300 || code > 699) code = 480;
  auto phrase = CleanDisplay(reason, kMaxReasonBytes);
  if (phrase.empty()) phrase = "Refused";
  sip_treply(&invite_->transaction, core().sip, invite_->message.get(), static_cast<std::uint16_t>(code), phrase.c_str());
  Finish(EndReason::kLocalHangup, code);
}

void SipSession::SendAnswer(const sip_msg* request, const std::string& headers, const Body& body, bool initial) {
  unacked_ = std::make_unique<UnackedAnswer>();
  unacked_->request = Ref(request);
  unacked_->destination = ReplyAddress(request);
  unacked_->cseq = request->cseq.num;
  unacked_->started_ms = tmr_jiffies();
  unacked_->initial = initial;
  unacked_->changed_media = !body.type.empty();
  const std::string rest = absl::StrCat("Contact: ", Contact(request), "\r\n", headers, BodyText(body));
  sip_strans* transaction = initial ? invite_->transaction : nullptr;
  mbuf* text = nullptr;
  const int error = sip_treplyf(&transaction, &text, core().sip, request, initial, 200, "OK", "%b", rest.data(), rest.size());
  if (initial) invite_->transaction = nullptr;
  if (error != 0) {
    unacked_.reset();
    Finish(EndReason::kTransport, 0);
    return;
  }
  unacked_->response.reset(text);
  unacked_->timer.Start(kT1Ms, [this] { RepeatAnswer(); });
  StartSessionTimer();
}

void SipSession::RepeatAnswer() {
  if (tmr_jiffies() - unacked_->started_ms >= kTransactionTimeoutMs) {
    ++stack_.counters_.ack_timeouts;
    unacked_.reset();
    SendBye();
    Finish(EndReason::kTimeout, 408);
    RetireIfIdle();
    return;
  }
  const auto* request = unacked_->request.get();
  sip_send(core().sip, request->sock, request->tp, &unacked_->destination, unacked_->response.get());
  unacked_->interval_ms = std::min(unacked_->interval_ms * 2, kT2Ms);
  unacked_->timer.Start(unacked_->interval_ms, [this] { RepeatAnswer(); });
}

void SipSession::OnAck(const sip_msg* ack) {
  if (!unacked_ || unacked_->cseq != ack->cseq.num) return;
  const bool initial = unacked_->initial, changed_media = unacked_->changed_media;
  unacked_.reset();
  if (state_ == State::kEnded) {
    if (bye_after_ack_) SendBye();
    RetireIfIdle();
    return;
  }
  if (state_ == State::kAnswered) state_ = State::kConfirmed;
  if (offer_sent_) {
    const auto [presence, sdp] = ReadSdp(ack);
    if (!sdp || !TakeAnswer(*sdp)) {
      SendBye("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n");
      Finish(EndReason::kProtocol, 488);
      return;
    }
  }
  if (initial) handler().OnAnswered(*this, *audio_);
  else if (changed_media) handler().OnOffer(*this, *audio_);
}

}  // namespace hotline::telephony
