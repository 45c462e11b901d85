#include "services/telephony/media/dtmf.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <numbers>

#include "services/telephony/media/limits.h"

namespace hotline::telephony::media {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";
constexpr int kEndPackets = 3;
constexpr uint8_t kVolume = 10;  // -10 dBm0

int SamplesOf(int ms) { return std::clamp(ms, 40, kMaxDigitMs) * kSampleRate / 1000; }
int PauseTicks(int ms) { return std::max(1, (std::clamp(ms, kFrameMs, kMaxGapMs) + kFrameMs - 1) / kFrameMs); }

bool ValidDigits(std::string_view digits, size_t queued) {
  if (digits.empty() || queued + digits.size() > kMaxQueuedDigits) return false;
  return std::all_of(digits.begin(), digits.end(), [](char c) { return EventOfDigit(c).has_value(); });
}

}  // namespace

std::optional<char> DigitOfEvent(uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

std::optional<uint8_t> EventOfDigit(char digit) {
  const size_t at = kDigits.find(digit >= 'a' && digit <= 'd' ? static_cast<char>(digit - 'a' + 'A') : digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<uint8_t>(at);
}

std::optional<char> TelephoneEventReceiver::Receive(const RtpView& packet) {
  if (packet.payload_bytes < 4) return std::nullopt;
  const uint8_t event = packet.payload[0];
  const bool end = (packet.payload[1] & 0x80) != 0;
  const uint16_t duration = Read16(packet.payload + 2);
  const std::optional<char> digit = DigitOfEvent(event);
  if (!digit) return std::nullopt;
  const uint32_t timestamp = packet.header.timestamp;
  if (any_) {
    const int32_t ahead = static_cast<int32_t>(timestamp - timestamp_);
    if (ahead == 0) {  // Another packet of the same press.
      duration_ = std::max<uint32_t>(duration_, duration);
      ended_ = ended_ || end;
      return std::nullopt;
    }
    if (ahead < 0 && ahead > -kSampleRate * 10) return std::nullopt;  // Reordered, older than the last press.
    // RFC 4733 section 2.5.1.3: a press longer than the duration field goes on as a new segment right behind the old.
    const bool continues = event == event_ && !ended_ && !packet.header.marker && duration_ >= 0xFFFF - kSampleRate &&
                           std::abs(ahead - static_cast<int32_t>(duration_)) <= kSampleRate;
    timestamp_ = timestamp;
    duration_ = duration;
    ended_ = end;
    if (continues) return std::nullopt;
  }
  any_ = true;
  event_ = event;
  timestamp_ = timestamp;
  duration_ = duration;
  ended_ = end;
  return digit;
}

bool TelephoneEventSender::Queue(std::string_view digits, int digit_ms, int pause_ms) {
  if (!ValidDigits(digits, queue_.size())) return false;
  for (char digit : digits) queue_.push_back({*EventOfDigit(digit), SamplesOf(digit_ms), PauseTicks(pause_ms)});
  return true;
}

TelephoneEventSender::Packet TelephoneEventSender::Make(bool marker, bool end) const {
  Packet packet;
  packet.marker = marker;
  packet.timestamp = start_;
  packet.payload[0] = queue_.front().event;
  packet.payload[1] = static_cast<uint8_t>((end ? 0x80 : 0) | kVolume);
  Write16(packet.payload + 2, static_cast<uint16_t>(std::min(elapsed_, 0xFFFF)));
  return packet;
}

std::optional<TelephoneEventSender::Packet> TelephoneEventSender::Tick(uint32_t now) {
  if (queue_.empty()) return std::nullopt;
  if (phase_ == Phase::kPause) {
    if (--pause_left_ > 0) return std::nullopt;
    queue_.pop_front();
    phase_ = Phase::kStart;
    if (queue_.empty()) return std::nullopt;
  }
  if (phase_ == Phase::kStart) {
    start_ = now;
    elapsed_ = kFrameSamples;
    ends_sent_ = 0;
    phase_ = Phase::kSounding;
    return Make(true, false);
  }
  if (phase_ == Phase::kSounding) {
    elapsed_ += kFrameSamples;
    if (elapsed_ < queue_.front().duration_samples) return Make(false, false);
    phase_ = Phase::kEnd;
  }
  const Packet packet = Make(false, true);
  if (++ends_sent_ >= kEndPackets) {
    phase_ = Phase::kPause;
    pause_left_ = queue_.front().pause_ticks;
  }
  return packet;
}

bool ToneDigitSender::Queue(std::string_view digits, int digit_ms, int pause_ms) {
  static constexpr double kLow[] = {697, 770, 852, 941};
  static constexpr double kHigh[] = {1209, 1336, 1477, 1633};
  static constexpr std::string_view kKeypad = "123A456B789C*0#D";
  if (!ValidDigits(digits, queue_.size())) return false;
  for (char digit : digits) {
    const size_t key = kKeypad.find(kDigits[*EventOfDigit(digit)]);
    queue_.push_back({kLow[key / 4], kHigh[key % 4], SamplesOf(digit_ms), PauseTicks(pause_ms) * kFrameSamples});
  }
  return true;
}

void ToneDigitSender::Fill(int16_t* frame) {
  constexpr double kAmplitude = 7000;  // About -10 dBm0 for each of the two tones.
  constexpr double kStep = 2 * std::numbers::pi / kSampleRate;
  for (int i = 0; i < kFrameSamples; ++i) {
    if (queue_.empty()) {
      frame[i] = 0;
      continue;
    }
    const Item& item = queue_.front();
    frame[i] = position_ < item.samples
                   ? static_cast<int16_t>(kAmplitude * (std::sin(kStep * item.low * position_) + std::sin(kStep * item.high * position_)))
                   : 0;
    if (++position_ >= item.samples + item.pause) {
      position_ = 0;
      queue_.pop_front();
    }
  }
}

bool DigitJoiner::Accept(char digit, DigitSource source, uint64_t now_ms) {
  while (!unpaired_.empty() && unpaired_.front().at_ms + kWindowMs < now_ms) unpaired_.pop_front();
  for (auto it = unpaired_.begin(); it != unpaired_.end(); ++it) {
    if (it->digit == digit && it->source != source) {
      unpaired_.erase(it);
      return false;
    }
  }
  if (unpaired_.size() >= kMaxUnpaired) unpaired_.pop_front();
  unpaired_.push_back({digit, source, now_ms});
  return true;
}

}  // namespace hotline::telephony::media
