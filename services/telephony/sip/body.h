// Reading what requests carry: SDP bodies, callers, DTMF by INFO, Refer-To. Inputs are libre messages (SIP loop only);
// results are plain and cleaned.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "services/telephony/sip/sdp.h"
#include "services/telephony/sip/types.h"

extern "C" {
struct sip_msg;
}

namespace hotline::telephony {

enum class SdpPresence { kNone, kGood, kMalformed, kOtherType };

// The session description of a message, if it has one.
std::pair<SdpPresence, std::optional<SdpDescription>> ReadSdp(const sip_msg* message);

InviteInfo ReadInvite(const sip_msg* invite, const TrunkConfig& trunk);

struct InfoDtmf {
  char digit = 0;
  int duration_ms = 160;
};
std::optional<InfoDtmf> ReadDtmf(const sip_msg* info);
std::optional<InfoDtmf> ParseDtmfRelay(std::string_view body);

std::optional<ReferInfo> ReadRefer(const sip_msg* refer);

// Cause of a "Reason: SIP;cause=486" header, 0 without.
int ReasonCause(const sip_msg* message);

}  // namespace hotline::telephony
