// Jitter buffer for G.711, indexed by RTP timestamp rather than by packet: reordering, duplicates, changing packet
// times and gaps fall out of that. One Pull per 20 ms tick. The play-out delay adapts by itself: packets that come too
// late push play-out back by whole frames, and spare time that lasts is taken out again by cross-fading two frames into
// one. The same rule absorbs clock drift, since a fast sender looks like growing spare time and a slow one like late packets.
//
// Not thread-safe; lives on one media thread.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "services/telephony/media/prefetch.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct JitterOptions {
  int min_delay_ms = 20;
  int initial_delay_ms = 40;
  int max_delay_ms = 200;
};

struct JitterStats {
  uint64_t late = 0;         // Packets that came after their time and were dropped, wholly or in part.
  uint64_t duplicates = 0;
  uint64_t expanded = 0;     // Frames of delay added.
  uint64_t shrunk = 0;       // Frames of delay taken out.
  uint64_t resets = 0;       // Stream restarts: new SSRC, a jump of the timestamp.
  int delay_ms = 0;          // Present play-out delay of a punctual packet.
};

class JitterBuffer {
 public:
  enum class Result {
    kFull,      // 160 bytes as received.
    kBlended,   // 320 bytes as received, to be cross-faded into one frame (the delay shrinks).
    kPartial,   // Some bytes are missing; `missing` says which blocks.
    kMissing,   // Nothing for this frame: lost, late or not sent.
    kIdle,      // No stream yet, or it is still being buffered.
    kStretch,   // Play-out is held back one frame: conceal, nothing is lost.
  };
  struct Frame {
    std::array<uint8_t, 2 * kFrameSamples> bytes;
    std::bitset<kFrameSamples / 8> missing;
    Law law = Law::kAlaw;
  };

  explicit JitterBuffer(JitterOptions options = {});

  void Put(uint32_t ssrc, uint32_t timestamp, Law law, const uint8_t* payload, size_t samples);
  Result Pull(Frame& frame);
  // Forgets the stream; the next packet starts anew.
  void Reset();
  const JitterStats& stats() const { return stats_; }
  // See prefetch.h: what every tick uses lies before `ring`.
  const void* ring() const { return ring_.data(); }
  void PrefetchFrame() const { Prefetch(ring_.data() + (play_ - base_) % kRing, kFrameSamples); }

 private:
  static constexpr int kBlock = 8;
  static constexpr int kRing = 4096;  // 512 ms, more than max_delay_ms can ask for.
  static constexpr int kBlocks = kRing / kBlock;
  static constexpr int kMaxLateInARow = 8;     // A sender whose timestamps fell behind for good: start anew.
  static constexpr int kWindowTicks = 100;     // Spare time must last 2 s before a frame is taken out.
  static constexpr int kHoldTicks = 500;       // After an expansion, small spare time is kept for 10 s.
  static constexpr int kIdleTicks = 250;       // No packet for 5 s: the next one starts anew.

  void Start(uint32_t ssrc, uint32_t timestamp, Law law);
  void Late(int32_t slack);
  void EndWindow();
  void Store(uint32_t timestamp, Law law, const uint8_t* payload, size_t samples);
  bool BlockPresent(uint32_t timestamp) const;

  JitterOptions options_;
  std::bitset<kBlocks> present_;
  bool started_ = false;
  bool waiting_ = false;    // The first frame's time has not come yet.
  Law law_ = Law::kAlaw;
  uint32_t ssrc_ = 0;
  uint32_t base_ = 0;       // First timestamp; every stored timestamp is a multiple of a block away from it.
  uint32_t play_ = 0;       // Timestamp of the next frame to be pulled.
  int pending_expand_ = 0;  // Frames of delay still to add.
  bool pending_shrink_ = false;
  int late_in_a_row_ = 0;
  int ticks_without_packet_ = 0;
  int window_ticks_ = 0;
  int hold_ticks_ = 0;
  std::optional<int32_t> window_min_slack_;
  std::optional<int32_t> window_max_slack_;
  int32_t last_max_slack_ = 0;
  JitterStats stats_;
  std::array<uint8_t, kRing> ring_{};  // Last, see prefetch.h.
};

}  // namespace hotline::telephony::media
