// RTCP (RFC 3550 section 6): reception statistics, sender and receiver reports with SDES CNAME, BYE, and parsing of the
// peer's compounds. Pure logic on bytes and given times. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hotline::telephony::media {

// Sequence numbers, loss and interarrival jitter of one incoming SSRC (RFC 3550 appendix A.1, A.3, A.8).
class ReceptionStats {
 public:
  void Packet(uint32_t ssrc, uint16_t sequence, uint32_t timestamp, uint64_t arrival_us);
  struct Block {
    uint32_t ssrc = 0;
    uint8_t fraction_lost = 0;
    int32_t cumulative_lost = 0;
    uint32_t extended_highest = 0;
    uint32_t jitter = 0;  // RTP timestamp units.
  };
  // The report block since the last call; nullopt before the first packet.
  std::optional<Block> TakeBlock();
  int64_t lost() const;
  double jitter_ms() const { return jitter_ / 16.0 / 8.0; }
  uint64_t received() const { return total_received_; }
  uint32_t ssrc() const { return ssrc_; }

 private:
  bool started_ = false;
  uint32_t ssrc_ = 0;
  uint16_t highest_ = 0;
  uint32_t cycles_ = 0;
  uint32_t first_extended_ = 0;
  uint32_t received_ = 0;
  uint32_t expected_prior_ = 0;
  uint32_t received_prior_ = 0;
  uint32_t transit_ = 0;
  uint32_t jitter_ = 0;  // Scaled by 16.
  uint64_t total_received_ = 0;
};

struct SenderInfo {
  uint64_t ntp = 0;  // 32.32 fixed point.
  uint32_t rtp_timestamp = 0;
  uint32_t packets = 0;
  uint32_t octets = 0;
};

struct RtcpReport {
  uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;  // Present: SR, absent: RR.
  std::optional<ReceptionStats::Block> block;
  uint32_t last_sr = 0;              // Middle 32 bits of the peer's last SR.
  uint32_t delay_since_last_sr = 0;  // 1/65536 s
  std::string cname;
  bool bye = false;
};
// A compound packet: SR or RR, SDES, and BYE when asked for.
std::vector<uint8_t> EncodeRtcp(const RtcpReport& report);

struct RtcpReceived {
  std::optional<uint32_t> sr_ntp_middle;  // The peer sent an SR.
  struct AboutUs {                        // The peer's view of the stream with our SSRC.
    uint8_t fraction_lost = 0;
    int32_t cumulative_lost = 0;
    uint32_t jitter = 0;
    uint32_t last_sr = 0;
    uint32_t delay_since_last_sr = 0;
  };
  std::optional<AboutUs> about_us;
  bool bye = false;
};
// nullopt when the compound is malformed.
std::optional<RtcpReceived> ParseRtcp(const uint8_t* data, size_t bytes, uint32_t our_ssrc);

uint64_t NtpOfUnixMicros(uint64_t unix_us);
inline uint32_t NtpMiddle(uint64_t ntp) { return static_cast<uint32_t>(ntp >> 16); }

}  // namespace hotline::telephony::media
