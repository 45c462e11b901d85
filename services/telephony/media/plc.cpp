#include "services/telephony/media/plc.h"

#include <algorithm>
#include <cmath>

namespace hotline::telephony::media {

void LossConcealer::Append(const int16_t* frame) {
  // A ring of frames: in the long time without loss nothing is moved.
  static_assert(kHistory % kFrameSamples == 0);
  std::copy_n(frame, kFrameSamples, history_.begin() + oldest_);
  oldest_ = (oldest_ + kFrameSamples) % kHistory;
}

void LossConcealer::Straighten() {
  std::rotate(history_.begin(), history_.begin() + oldest_, history_.end());
  oldest_ = 0;
}

int LossConcealer::FindLag() const {
  constexpr int kWindow = 160;
  const int16_t* tail = history_.data() + kHistory - kWindow;
  double best = -1;
  int lag = kMaxLag;
  for (int candidate = kMinLag; candidate <= kMaxLag; ++candidate) {
    double cross = 0;
    double energy = 1;
    for (int i = 0; i < kWindow; i += 2) {
      const double a = tail[i];
      const double b = tail[i - candidate];
      cross += a * b;
      energy += b * b;
    }
    const double score = cross > 0 ? cross * cross / energy : 0;
    if (score > best * 1.0001) {
      best = score;
      lag = candidate;
    }
  }
  return lag;
}

int16_t LossConcealer::Next() {
  if (position_ >= kFadeSamples) {
    ++position_;
    return 0;
  }
  const int16_t sample = history_[static_cast<size_t>(kHistory - lag_ + position_ % lag_)];
  const double gain =
      position_ < kFullSamples ? 1.0 : 1.0 - static_cast<double>(position_ - kFullSamples) / (kFadeSamples - kFullSamples);
  ++position_;
  return static_cast<int16_t>(std::lround(sample * gain));
}

void LossConcealer::Conceal(int16_t* frame) {
  if (!concealing_) {
    concealing_ = true;
    position_ = 0;
    Straighten();
    lag_ = FindLag();
  }
  // The history stays as it was before the gap: the period repeated must be the last real one.
  for (int i = 0; i < kFrameSamples; ++i) frame[i] = Next();
}

bool LossConcealer::Good(int16_t* frame) {
  const bool smooth = concealing_;
  if (concealing_) {
    for (int i = 0; i < kCrossFade; ++i) {
      const double weight = static_cast<double>(i) / kCrossFade;
      frame[i] = static_cast<int16_t>(std::lround(frame[i] * weight + Next() * (1 - weight)));
    }
    concealing_ = false;
  }
  Append(frame);
  return smooth;
}

void LossConcealer::Blend(const int16_t* first, const int16_t* second, int16_t* out) {
  for (int i = 0; i < kFrameSamples; ++i) {
    const double weight = static_cast<double>(i) / kFrameSamples;
    out[i] = static_cast<int16_t>(std::lround(first[i] * (1 - weight) + second[i] * weight));
  }
}

}  // namespace hotline::telephony::media
