// RTP fixed header (RFC 3550 section 5.1): parse and write. Pure functions on bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hotline::telephony::media {

inline constexpr size_t kRtpHeaderBytes = 12;

struct RtpHeader {
  bool marker = false;
  uint8_t payload_type = 0;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
};

struct RtpView {
  RtpHeader header;
  const uint8_t* payload = nullptr;  // Points into the parsed datagram.
  size_t payload_bytes = 0;
};

// Checks version, CSRC list, extension and padding against the length; nullopt when any of them lies.
std::optional<RtpView> ParseRtp(const uint8_t* data, size_t bytes);
void WriteRtpHeader(const RtpHeader& header, uint8_t* out);

// RFC 5761 section 4: with rtcp-mux, payload types 64..95 are RTCP.
bool LooksLikeRtcp(const uint8_t* data, size_t bytes);

inline uint16_t Read16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
inline uint32_t Read32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) << 24 | static_cast<uint32_t>(p[1]) << 16 | static_cast<uint32_t>(p[2]) << 8 | p[3];
}
inline void Write16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void Write32(uint8_t* p, uint32_t v) {
  Write16(p, static_cast<uint16_t>(v >> 16));
  Write16(p + 2, static_cast<uint16_t>(v));
}

}  // namespace hotline::telephony::media
