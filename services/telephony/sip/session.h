// SipSession: one call's signalling in one direction, over libre's transactions (RFC 3261, 3262, 3264, 3311, 3515, 4028).
//
// Thread-safety: SIP loop only. Other threads post {id, command} to the loop and look the session up there.
// Ownership: the SipStack owns it; it disappears some time after OnEnded, when its last transaction is over.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/telephony/loop/timer.h"
#include "services/telephony/sip/client_request.h"
#include "services/telephony/sip/dialog.h"
#include "services/telephony/sip/digest.h"
#include "services/telephony/sip/sdp.h"
#include "services/telephony/sip/types.h"

extern "C" {
struct sip_strans;
}

namespace hotline::telephony {

class SipHandler;
class SipStack;
struct Trunk;

class SipSession {
 public:
  ~SipSession();
  SipSession(const SipSession&) = delete;
  SipSession& operator=(const SipSession&) = delete;

  SessionId id() const { return id_; }
  const std::string& trunk() const { return trunk_id_; }
  bool inbound() const { return inbound_; }
  bool ended() const { return state_ == State::kEnded; }
  bool confirmed() const { return state_ == State::kConfirmed; }
  const std::optional<NegotiatedAudio>& audio() const { return audio_; }

  // Calls that do not fit the state do nothing: the peer may have hung up just before the command came.

  // Inbound, before the answer. Progress sends 183 with media, so that announcements can be heard before the answer.
  void Ringing();
  void Progress(const LocalAudio& audio);
  void Accept(const LocalAudio& audio);
  void Reject(int code, std::string_view reason);

  // Ends the call in whatever state it is: refuses, cancels, or sends BYE. OnEnded comes at once, from within.
  void Bye();

  // Changes our side of a confirmed session (hold, another address). OnReofferDone tells the end.
  void Reoffer(const LocalAudio& audio);

  // Reports on a transfer taken on in OnRefer: a SIP status; 200 and above ends the report.
  void NotifyRefer(int code, std::string_view reason);

 private:
  friend class SipStack;
  enum class State { kIncoming, kOutgoing, kAnswered, kConfirmed, kEnded };

  // A 2xx of ours to INVITE, repeated until its ACK comes (RFC 3261 §13.3.1.4).
  struct UnackedAnswer;
  // A reliable provisional response, repeated until its PRACK comes (RFC 3262 §3).
  struct ReliableResponse;
  // One branch of a forked outbound call.
  struct EarlyDialog {
    Dialog dialog;
    std::uint32_t last_rseq = 0;
    std::optional<SdpAgreement> agreement;
  };
  // A branch that answered too late: acknowledged and hung up.
  struct LostBranch {
    Dialog dialog;
    std::unique_ptr<ClientRequest> bye;
  };

  SipSession(SipStack& stack, SessionId id, Trunk& trunk, bool inbound);

  // session.cpp: life and requests of ours
  void HangUp(EndReason reason);
  void Finish(EndReason reason, int code);
  void RetireIfIdle();
  bool Send(std::string method, std::string headers, Body body, ClientRequest::Handler handler);
  bool SendOn(Dialog& dialog, std::string method, std::string headers, Body body, ClientRequest::Handler handler);
  void SendBye(std::string_view reason_header = "");
  bool Matches(const sip_msg* request) const;
  SipHandler& handler();
  const SipCore& core() const;
  std::string Contact(const sip_msg* request) const;

  // session_inbound.cpp
  void StartInbound(const sip_msg* invite, const InviteInfo& info);
  void EndUnheard();
  void OnCancel();
  void SendProvisional(int code, const char* reason, bool with_sdp);
  void SendReliable(int code, const char* reason, const Body& body);
  void RepeatReliable();
  void OnPrack(const sip_msg* request);
  void SendAnswer(const sip_msg* request, const std::string& headers, const Body& body, bool initial);
  void RepeatAnswer();
  void OnAck(const sip_msg* ack);
  void SendAccept();

  // session_indialog.cpp
  void HandleRequest(const sip_msg* request);
  void OnBye(const sip_msg* request);
  void OnReinvite(const sip_msg* request);
  void OnUpdate(const sip_msg* request);
  void OnInfo(const sip_msg* request);
  void OnReferRequest(const sip_msg* request);

  // session_offer.cpp
  bool TakeOffer(const SdpDescription& offer, const LocalAudio& local, std::string& answer);
  bool TakeAnswer(const SdpDescription& answer);
  std::string MakeOffer(const LocalAudio& local);
  std::string Versioned(const std::function<std::string(const SdpOrigin&)>& build);
  void SendReoffer(int attempt);
  void OnReofferResponse(int attempt, const LocalAudio& wanted, int error, const sip_msg* message);

  // session_outbound.cpp
  DialError StartOutbound(const DialRequest& request, const std::string& dialled);
  void SendInvite();
  void OnInviteResponse(int error, const sip_msg* message);
  void OnProvisional(const sip_msg* message);
  EarlyDialog* EarlyFor(const sip_msg* message);
  void OnInviteSuccess(const sip_msg* message);
  void OnInviteFailure(const sip_msg* message);
  void Cancel(EndReason reason);
  void HangUpBranch(const sip_msg* message);
  void HandleStray2xx(const sip_msg* message);
  std::optional<SdpAgreement> AnswerIn(const sip_msg* message) const;

  // session_timer.cpp (RFC 4028)
  bool TimerAcceptable(const sip_msg* request);
  std::string TimerHeadersForAnswer(const sip_msg* request);
  std::string TimerHeadersForRequest() const;
  void LearnTimer(const sip_msg* response);
  void StartSessionTimer();
  void Refresh();

  SipStack& stack_;
  Trunk& trunk_;
  const SessionId id_;
  const std::string trunk_id_;
  const bool inbound_;
  State state_;
  Dialog dialog_;
  DigestClient auth_;
  std::list<std::unique_ptr<ClientRequest>> requests_;  // at most kMaxPendingRequests

  // inbound
  struct InviteState;  // libre's objects of the INVITE being answered
  std::unique_ptr<InviteState> invite_;
  std::unique_ptr<ReliableResponse> reliable_;
  std::unique_ptr<UnackedAnswer> unacked_;
  std::deque<std::function<void()>> after_prack_;  // responses waiting for a PRACK, at most kMaxWaitingResponses
  std::uint32_t next_rseq_ = 0;
  bool peer_requires_100rel_ = false;
  bool peer_supports_100rel_ = false;
  bool bye_after_ack_ = false;
  bool sdp_settled_ = false;  // a reliable provisional carried our part of offer and answer, so the 200 need not

  // outbound
  ClientRequest* invite_request_ = nullptr;  // in requests_
  std::list<EarlyDialog> early_;
  std::list<LostBranch> lost_;
  Timer ring_timer_;
  std::uint32_t acked_cseq_ = 0;
  std::uint32_t asked_min_se_ = 0;

  // media
  LocalAudio local_;
  SdpOrigin origin_;
  std::string last_sdp_;
  std::optional<SdpDescription> remote_offer_;  // not yet answered
  bool offer_sent_ = false;                     // ours, not yet answered
  std::optional<NegotiatedAudio> audio_;
  std::optional<LocalAudio> reoffer_;           // waits to be offered by a re-INVITE of ours
  bool reinvite_pending_ = false;
  Timer glare_timer_;

  // session timer
  Timer session_timer_;
  std::uint32_t session_interval_s_ = 0;  // 0: none agreed
  bool we_refresh_ = false;
  bool peer_has_timer_ = false;
  bool peer_allows_update_ = false;

  bool refer_active_ = false;
};

}  // namespace hotline::telephony
