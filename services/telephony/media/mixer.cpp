#include "services/telephony/media/mixer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "services/telephony/media/limits.h"

namespace hotline::telephony::media {
namespace {

int16_t Limit(float sample) { return static_cast<int16_t>(std::lrintf(std::clamp(sample, -32767.0f, 32767.0f))); }

void MakeSilent(AudioFrame& out) {
  out.pcm.fill(0);
  out.silent = true;
  out.coded_valid = false;
}

}  // namespace

void GainMatrix::Add() {
  for (auto& row : gains_) row.push_back(1.0f);
  gains_.emplace_back(gains_.size() + 1, 1.0f);
  gains_.back().back() = 0.0f;
}

void GainMatrix::RemoveSwap(size_t index) {
  std::swap(gains_[index], gains_.back());
  gains_.pop_back();
  for (auto& row : gains_) {
    std::swap(row[index], row.back());
    row.pop_back();
  }
}

void GainMatrix::Set(size_t speaker, size_t listener, double gain) {
  if (speaker == listener) return;
  gains_[speaker][listener] = static_cast<float>(std::clamp(gain, 0.0, kMaxGain));
}

void MixFor(const GainMatrix& gains, size_t listener, const std::vector<const AudioFrame*>& speakers, AudioFrame& out) {
  const AudioFrame* only = nullptr;
  float only_gain = 0;
  size_t audible = 0;
  for (size_t s = 0; s < speakers.size(); ++s) {
    const float gain = gains.Get(s, listener);
    if (gain == 0.0f || speakers[s]->silent) continue;
    only = speakers[s];
    only_gain = gain;
    ++audible;
  }
  if (audible == 0) {
    MakeSilent(out);
    return;
  }
  if (audible == 1 && only_gain == 1.0f) {
    out = *only;
    return;
  }
  std::array<float, kFrameSamples> sum{};
  for (size_t s = 0; s < speakers.size(); ++s) {
    const float gain = gains.Get(s, listener);
    if (gain == 0.0f || speakers[s]->silent) continue;
    const int16_t* pcm = speakers[s]->pcm.data();
    for (int i = 0; i < kFrameSamples; ++i) sum[static_cast<size_t>(i)] += gain * pcm[i];
  }
  for (size_t i = 0; i < sum.size(); ++i) out.pcm[i] = Limit(sum[i]);
  out.silent = false;
  out.coded_valid = false;
}

void AddInto(AudioFrame& frame, const AudioFrame& extra) {
  if (extra.silent) return;
  if (frame.silent) {
    frame = extra;
    return;
  }
  for (size_t i = 0; i < frame.pcm.size(); ++i) {
    frame.pcm[i] = static_cast<int16_t>(std::clamp(frame.pcm[i] + extra.pcm[i], -32767, 32767));
  }
  frame.coded_valid = false;
}

}  // namespace hotline::telephony::media
