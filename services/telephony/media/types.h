// The vocabulary of the media plane: ids, G.711 laws and the 20 ms audio frame everything else is made of.
// Plain values, safe to copy between threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace hotline::telephony::media {

inline constexpr int kSampleRate = 8000;
inline constexpr int kFrameMs = 20;
inline constexpr int kFrameSamples = kSampleRate * kFrameMs / 1000;

// The value doubles as the RTP/AVP static payload type (RFC 3551 section 6).
enum class Law : uint8_t { kUlaw = 0, kAlaw = 8 };

inline constexpr uint8_t kAlawSilence = 0xD5;
inline constexpr uint8_t kUlawSilence = 0xFF;
constexpr uint8_t SilenceByte(Law law) { return law == Law::kAlaw ? kAlawSilence : kUlawSilence; }

// Ids are unique within one MediaEngine and never reused. Zero means "none".
template <typename Tag>
struct Id {
  uint64_t value = 0;
  explicit operator bool() const { return value != 0; }
  friend bool operator==(Id a, Id b) { return a.value == b.value; }
  friend bool operator!=(Id a, Id b) { return a.value != b.value; }
  friend bool operator<(Id a, Id b) { return a.value < b.value; }
};
using LegId = Id<struct LegTag>;
using BridgeId = Id<struct BridgeTag>;
using PlayId = Id<struct PlayTag>;
using RecordingId = Id<struct RecordingTag>;

// One tick of one direction. `pcm` is always filled; `coded` holds the same audio in `law` when `coded_valid`, so that
// an untouched frame can be passed on without a second encoding.
struct AudioFrame {
  std::array<int16_t, kFrameSamples> pcm{};
  std::array<uint8_t, kFrameSamples> coded{};
  Law law = Law::kAlaw;
  bool coded_valid = false;
  bool silent = true;  // Nothing was said: a mixer may skip the frame.
};

}  // namespace hotline::telephony::media

template <typename Tag>
struct std::hash<hotline::telephony::media::Id<Tag>> {
  size_t operator()(hotline::telephony::media::Id<Tag> id) const noexcept { return std::hash<uint64_t>()(id.value); }
};
