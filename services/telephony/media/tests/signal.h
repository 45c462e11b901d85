// Test signals and their measurement.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace hotline::telephony::media::testing {

inline std::vector<int16_t> Sine(double hertz, int samples, double amplitude = 8000, int phase = 0) {
  std::vector<int16_t> out(static_cast<size_t>(samples));
  for (int i = 0; i < samples; ++i) {
    out[static_cast<size_t>(i)] = static_cast<int16_t>(std::lround(amplitude * std::sin(2 * std::numbers::pi * hertz * (i + phase) / 8000)));
  }
  return out;
}

inline void AddNoise(std::vector<int16_t>& samples, double rms, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> noise(0, rms);
  for (int16_t& s : samples) s = static_cast<int16_t>(std::lround(std::clamp(s + noise(generator), -32767.0, 32767.0)));
}

inline double Rms(const int16_t* samples, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
}
inline double Rms(const std::vector<int16_t>& samples) { return Rms(samples.data(), samples.size()); }

// The share of the signal's energy that lies at `hertz` (Goertzel), 0..1. In blocks, so that a jump of phase, which a
// jitter buffer may make, costs one block and not the whole.
inline double ToneShare(const std::vector<int16_t>& samples, double hertz) {
  constexpr size_t kBlock = 400;
  double tone = 0;
  double all = 1;
  for (size_t at = 0; at + kBlock <= samples.size(); at += kBlock) {
    double q1 = 0;
    double q2 = 0;
    const double c = 2 * std::cos(2 * std::numbers::pi * hertz / 8000);
    for (size_t i = 0; i < kBlock; ++i) {
      const double q0 = c * q1 - q2 + samples[at + i];
      q2 = q1;
      q1 = q0;
      all += static_cast<double>(samples[at + i]) * samples[at + i];
    }
    tone += (q1 * q1 + q2 * q2 - c * q1 * q2) * 2 / kBlock;
  }
  return tone / all;
}

}  // namespace hotline::telephony::media::testing
