#include "services/telephony/calls/music.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace hotline::telephony {
namespace {

constexpr double kBeatSeconds = 0.46;
// The five-tone scale on C, as steps of half tones from middle C; a rest is -100. Two voices: tune and bass.
constexpr int kRest = -100;
constexpr int kTune[] = {4, 7, 9, 12, 9, 7, 4, kRest, 2, 4, 7, 9, 7, 4, 2, kRest, 4, 7, 12, 14, 12, 9, 7, kRest, 9, 7, 4, 2, 0, kRest, 0, kRest,
                         7, 9, 12, 14, 16, 14, 12, kRest, 9, 12, 14, 12, 9, 7, 4, kRest, 2, 4, 7, 4, 2, 0, -3, kRest, 0, 2, 4, 7, 0, kRest, kRest, kRest};
constexpr int kBass[] = {-12, -5, -8, -5, -12, -5, -8, -5, -3, -8, -5, -8, -12, -5, -8, -12};

double Hertz(int step) { return 261.63 * std::pow(2.0, step / 12.0); }

// A plucked tone: quick rise, slow fall, a few soft overtones.
void Add(std::vector<double>& out, double start, double hertz, double seconds, double level) {
  const auto from = static_cast<size_t>(start * media::kSampleRate), count = static_cast<size_t>(seconds * media::kSampleRate);
  for (size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / media::kSampleRate;
    const double envelope = std::min(t / 0.015, 1.0) * std::exp(-2.6 * t / seconds * 1.4);
    const double phase = 2 * std::numbers::pi * hertz * t;
    out[(from + i) % out.size()] += level * envelope * (std::sin(phase) + 0.25 * std::sin(2 * phase) + 0.08 * std::sin(3 * phase));
  }
}

}  // namespace

media::PromptPtr HoldMusic() {
  constexpr size_t kBeats = std::size(kTune);
  std::vector<double> mix(static_cast<size_t>(kBeats * kBeatSeconds * media::kSampleRate));
  for (size_t beat = 0; beat < kBeats; ++beat) {
    if (kTune[beat] != kRest) Add(mix, static_cast<double>(beat) * kBeatSeconds, Hertz(kTune[beat]), 1.6, 2600);
    if (beat % 4 == 0) Add(mix, static_cast<double>(beat) * kBeatSeconds, Hertz(kBass[beat / 4]), 2.4, 1800);
  }
  std::vector<int16_t> samples;
  samples.reserve(mix.size());
  for (const double value : mix) samples.push_back(static_cast<int16_t>(std::clamp(value, -16000.0, 16000.0)));
  return media::PromptFromPcm(samples);
}

}  // namespace hotline::telephony
