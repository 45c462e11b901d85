#include "services/telephony/media/rtp_packet.h"

namespace hotline::telephony::media {

std::optional<RtpView> ParseRtp(const uint8_t* data, size_t bytes) {
  if (bytes < kRtpHeaderBytes || (data[0] >> 6) != 2) return std::nullopt;
  size_t offset = kRtpHeaderBytes + 4u * (data[0] & 15);
  if (data[0] & 0x10) {  // Header extension.
    if (bytes < offset + 4) return std::nullopt;
    offset += 4 + 4u * Read16(data + offset + 2);
  }
  if (offset > bytes) return std::nullopt;
  size_t end = bytes;
  if (data[0] & 0x20) {  // Padding: the last octet counts itself.
    const size_t padding = data[bytes - 1];
    if (padding == 0 || padding > bytes - offset) return std::nullopt;
    end -= padding;
  }
  RtpView view;
  view.header.marker = (data[1] & 0x80) != 0;
  view.header.payload_type = data[1] & 0x7f;
  view.header.sequence = Read16(data + 2);
  view.header.timestamp = Read32(data + 4);
  view.header.ssrc = Read32(data + 8);
  view.payload = data + offset;
  view.payload_bytes = end - offset;
  return view;
}

void WriteRtpHeader(const RtpHeader& header, uint8_t* out) {
  out[0] = 0x80;
  out[1] = static_cast<uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7f));
  Write16(out + 2, header.sequence);
  Write32(out + 4, header.timestamp);
  Write32(out + 8, header.ssrc);
}

bool LooksLikeRtcp(const uint8_t* data, size_t bytes) {
  if (bytes < 8 || (data[0] >> 6) != 2) return false;
  const uint8_t type = data[1] & 0x7f;
  return type >= 64 && type <= 95;
}

}  // namespace hotline::telephony::media
