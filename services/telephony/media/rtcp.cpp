#include "services/telephony/media/rtcp.h"

#include <algorithm>

#include "services/telephony/media/rtp_packet.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {
namespace {

constexpr uint8_t kSr = 200, kRr = 201, kSdes = 202, kBye = 203;
constexpr size_t kBlockBytes = 24;
constexpr uint64_t kNtpEpochOffset = 2208988800ull;  // Seconds from 1900 to 1970.

void Put32(std::vector<uint8_t>& out, uint32_t v) {
  uint8_t b[4];
  Write32(b, v);
  out.insert(out.end(), b, b + 4);
}

void PutHeader(std::vector<uint8_t>& out, unsigned count, uint8_t type, size_t words) {
  out.push_back(static_cast<uint8_t>(0x80 | count));
  out.push_back(type);
  out.push_back(static_cast<uint8_t>(words >> 8));
  out.push_back(static_cast<uint8_t>(words));
}

int32_t Signed24(uint32_t v) { return static_cast<int32_t>(v << 8) >> 8; }

}  // namespace

void ReceptionStats::Packet(uint32_t ssrc, uint16_t sequence, uint32_t timestamp, uint64_t arrival_us) {
  const uint32_t arrival = static_cast<uint32_t>(arrival_us * kSampleRate / 1'000'000);
  const uint32_t transit = arrival - timestamp;
  ++total_received_;
  const int16_t ahead = static_cast<int16_t>(sequence - highest_);
  if (!started_ || ssrc != ssrc_ || ahead > 3000 || ahead < -3000) {  // A new or restarted stream.
    started_ = true;
    ssrc_ = ssrc;
    highest_ = sequence;
    cycles_ = 0;
    first_extended_ = sequence;
    received_ = 1;
    expected_prior_ = received_prior_ = 0;
    transit_ = transit;
    jitter_ = 0;
    return;
  }
  if (ahead > 0) {
    if (sequence < highest_) cycles_ += 0x10000;
    highest_ = sequence;
  }
  ++received_;
  const int32_t difference = static_cast<int32_t>(transit - transit_);
  transit_ = transit;
  const uint32_t distance = static_cast<uint32_t>(std::min<int64_t>(std::abs(static_cast<int64_t>(difference)), 80000));
  jitter_ += distance - ((jitter_ + 8) >> 4);
}

int64_t ReceptionStats::lost() const {
  if (!started_) return 0;
  return static_cast<int64_t>(cycles_ + highest_ - first_extended_) + 1 - static_cast<int64_t>(received_);
}

std::optional<ReceptionStats::Block> ReceptionStats::TakeBlock() {
  if (!started_) return std::nullopt;
  Block block;
  block.ssrc = ssrc_;
  block.extended_highest = cycles_ + highest_;
  block.jitter = jitter_ >> 4;
  block.cumulative_lost = static_cast<int32_t>(std::clamp<int64_t>(lost(), -0x800000, 0x7fffff));
  const uint32_t expected = block.extended_highest - first_extended_ + 1;
  const int64_t expected_now = static_cast<int64_t>(expected) - expected_prior_;
  const int64_t received_now = static_cast<int64_t>(received_) - received_prior_;
  expected_prior_ = expected;
  received_prior_ = received_;
  const int64_t lost_now = expected_now - received_now;
  if (expected_now > 0 && lost_now > 0) block.fraction_lost = static_cast<uint8_t>(std::min<int64_t>(255, lost_now * 256 / expected_now));
  return block;
}

std::vector<uint8_t> EncodeRtcp(const RtcpReport& report) {
  std::vector<uint8_t> out;
  out.reserve(128);
  const size_t block_words = report.block ? kBlockBytes / 4 : 0;
  PutHeader(out, report.block ? 1 : 0, report.sender ? kSr : kRr, (report.sender ? 6 : 1) + block_words);
  Put32(out, report.ssrc);
  if (report.sender) {
    Put32(out, static_cast<uint32_t>(report.sender->ntp >> 32));
    Put32(out, static_cast<uint32_t>(report.sender->ntp));
    Put32(out, report.sender->rtp_timestamp);
    Put32(out, report.sender->packets);
    Put32(out, report.sender->octets);
  }
  if (report.block) {
    Put32(out, report.block->ssrc);
    Put32(out, static_cast<uint32_t>(report.block->fraction_lost) << 24 | (static_cast<uint32_t>(report.block->cumulative_lost) & 0xffffff));
    Put32(out, report.block->extended_highest);
    Put32(out, report.block->jitter);
    Put32(out, report.last_sr);
    Put32(out, report.delay_since_last_sr);
  }
  const size_t name = std::min<size_t>(report.cname.size(), 64);
  const size_t words = (4 + 2 + name + 1 + 3) / 4;  // SSRC, item header, text, terminator, padded.
  PutHeader(out, 1, kSdes, words);
  const size_t start = out.size();
  Put32(out, report.ssrc);
  out.push_back(1);  // CNAME
  out.push_back(static_cast<uint8_t>(name));
  out.insert(out.end(), report.cname.begin(), report.cname.begin() + static_cast<ptrdiff_t>(name));
  out.resize(start + words * 4, 0);
  if (report.bye) {
    PutHeader(out, 1, kBye, 1);
    Put32(out, report.ssrc);
  }
  return out;
}

std::optional<RtcpReceived> ParseRtcp(const uint8_t* data, size_t bytes, uint32_t our_ssrc) {
  RtcpReceived result;
  if (bytes < 8) return std::nullopt;
  while (bytes >= 4) {
    if ((data[0] >> 6) != 2) return std::nullopt;
    const size_t length = (static_cast<size_t>(Read16(data + 2)) + 1) * 4;
    if (length > bytes) return std::nullopt;
    const unsigned count = data[0] & 31;
    const uint8_t type = data[1];
    if (type == kSr || type == kRr) {
      const size_t head = type == kSr ? 28 : 8;
      if (length < head + count * kBlockBytes) return std::nullopt;
      if (type == kSr) result.sr_ntp_middle = static_cast<uint32_t>(Read16(data + 10)) << 16 | Read16(data + 12);
      for (unsigned i = 0; i < count; ++i) {
        const uint8_t* block = data + head + i * kBlockBytes;
        if (Read32(block) != our_ssrc) continue;
        const uint32_t loss = Read32(block + 4);
        result.about_us = RtcpReceived::AboutUs{static_cast<uint8_t>(loss >> 24), Signed24(loss & 0xffffff), Read32(block + 12),
                                                Read32(block + 16), Read32(block + 20)};
      }
    } else if (type == kBye) {
      result.bye = true;
    }
    data += length;
    bytes -= length;
  }
  if (bytes != 0) return std::nullopt;
  return result;
}

uint64_t NtpOfUnixMicros(uint64_t unix_us) {
  const uint64_t seconds = unix_us / 1'000'000 + kNtpEpochOffset;
  const uint64_t fraction = ((unix_us % 1'000'000) << 32) / 1'000'000;
  return seconds << 32 | fraction;
}

}  // namespace hotline::telephony::media
