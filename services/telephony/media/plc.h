// Packet loss concealment for G.711 by waveform repetition: the last pitch period is repeated and fades out within
// 60 ms; the first good frame after a gap is cross-faded in. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

class LossConcealer {
 public:
  // A frame that arrived. Smooths it in place when it follows concealment; returns true when it was changed.
  bool Good(int16_t* frame);
  // A frame that did not. Writes what is to be heard instead.
  void Conceal(int16_t* frame);
  // True while the synthetic signal has faded out wholly.
  bool faded() const { return position_ >= kFadeSamples; }
  // Two frames into one, for a play-out delay that shrinks.
  static void Blend(const int16_t* first, const int16_t* second, int16_t* out);

 private:
  static constexpr int kHistory = 480;  // Whole frames.
  static constexpr int kMinLag = 40;    // 200 Hz
  static constexpr int kMaxLag = 160;   // 50 Hz
  static constexpr int kFullSamples = 80;
  static constexpr int kFadeSamples = 480;
  static constexpr int kCrossFade = 40;

  void Append(const int16_t* frame);
  void Straighten();
  int FindLag() const;
  int16_t Next();

  bool concealing_ = false;
  int oldest_ = 0;    // Where in the history the oldest frame is; 0 while concealing.
  int lag_ = kMaxLag;
  int position_ = 0;  // Synthetic samples made since the gap began.
  std::array<int16_t, kHistory> history_{};
};

}  // namespace hotline::telephony::media
