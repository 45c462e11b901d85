// G.711 by librem's tables, with the input range they require. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

void DecodeG711(Law law, const uint8_t* in, size_t samples, int16_t* out);
void EncodeG711(Law law, const int16_t* in, size_t samples, uint8_t* out);
void TranscodeG711(Law from, const uint8_t* in, size_t samples, Law to, uint8_t* out);

// Sum of squared linear samples, for level meters.
double EnergyOfG711(Law law, const uint8_t* in, size_t samples);
double EnergyOfPcm(const int16_t* in, size_t samples);

// Fills frame.coded in `law` unless it is there already.
void EnsureCoded(AudioFrame& frame, Law law);
// Fills frame.pcm from frame.coded.
void FillPcm(AudioFrame& frame);

// Running level of one direction of a leg since it was made. Not thread-safe; lives on the media thread.
class LevelMeter {
 public:
  void Add(double energy, size_t samples) {
    energy_ += energy;
    samples_ += samples;
  }
  double Rms() const;
  uint64_t samples() const { return samples_; }

 private:
  double energy_ = 0;
  uint64_t samples_ = 0;
};

}  // namespace hotline::telephony::media
