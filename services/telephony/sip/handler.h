// What the SIP layer tells the call layer. All calls come on the SIP loop; they must not block. A session reference is
// valid until OnEnded returns; keep the id, not the reference, and find it again with SipStack::Find.
#pragma once

#include <optional>
#include <string>

#include "services/telephony/sip/types.h"

namespace hotline::telephony {

class SipSession;

class SipHandler {
 public:
  virtual ~SipHandler() = default;

  // A new call. Answer it at once or later with Ringing, Progress, Accept or Reject; 100 Trying has been sent.
  virtual void OnInvite(SipSession& session, const InviteInfo& info) = 0;

  // Outbound: the peer rings (180), or plays early media (audio set).
  virtual void OnProgress(SipSession& session, int code, const std::optional<NegotiatedAudio>& audio) = 0;

  // Both directions: the session is confirmed (200 and ACK have passed). For an inbound call whose INVITE had no offer,
  // only now is the audio known.
  virtual void OnAnswered(SipSession& session, const NegotiatedAudio& audio) = 0;

  // The peer changed the media of a running session (re-INVITE or UPDATE: hold, another address). It has been answered with
  // our last LocalAudio; the media side only has to follow.
  virtual void OnOffer(SipSession& session, const NegotiatedAudio& audio) = 0;

  // A digit by SIP INFO (application/dtmf-relay or application/dtmf): 0-9, *, #, A-D.
  virtual void OnInfoDtmf(SipSession& session, char digit, int duration_ms) = 0;

  // The peer wants to transfer the call (RFC 3515). True takes it on: 202 is sent, and SipSession::NotifyRefer must report
  // how it went. False refuses with 603.
  virtual bool OnRefer(SipSession& session, const ReferInfo& refer) = 0;

  // Our own change (Reoffer) was taken, or refused with the media as before.
  virtual void OnReofferDone(SipSession& session, bool accepted, const NegotiatedAudio& audio) = 0;

  // Exactly once for each session that OnInvite or Dial gave; nothing comes after it.
  virtual void OnEnded(SipSession& session, const EndInfo& info) = 0;

  // A trunk's target began or ceased to answer OPTIONS.
  virtual void OnTrunkState(const std::string& trunk, bool up) = 0;
};

}  // namespace hotline::telephony
