// The browser's session description (RFC 8866, JSEP subset): a strict reader of the offer and the writer of our
// ICE-lite, DTLS-passive, bundled answer. Pure functions on text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct WebOffer {
  struct Section {
    std::string kind;      // "audio", "video", "application"
    std::string proto;
    std::string formats;   // As offered, for the rejected sections of the answer.
    std::string mid;
  };
  std::vector<Section> sections;
  size_t audio = 0;        // Index of the section taken.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::array<uint8_t, 32> fingerprint{};  // SHA-256
  bool alaw = false;
  bool ulaw = false;
  int telephone_event = -1;
  bool bundled = false;
  bool peer_sends = true;
  bool peer_receives = true;
};

// SDP_TOO_LARGE, INVALID_SDP naming the line or attribute, or SDP_NOT_ACCEPTABLE when nothing in it suits us.
absl::StatusOr<WebOffer> ParseWebOffer(std::string_view sdp);

struct WebAnswerInput {
  uint64_t session_id = 0;
  Law law = Law::kAlaw;
  uint16_t port = 0;
  uint32_t ssrc = 0;
  std::string cname;
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;                 // "AB:CD:..."
  std::vector<std::string> addresses;      // Host candidates, most preferred first; at least one.
};
std::string WriteWebAnswer(const WebOffer& offer, const WebAnswerInput& input);

std::string FingerprintText(const std::array<uint8_t, 32>& digest);

}  // namespace hotline::telephony::media
