#include <algorithm>
#include <cmath>
#include <numbers>

#include "services/telephony/media/dtmf.h"

namespace hotline::telephony::media {
namespace {

constexpr size_t kBlock = InBandDetector::kBlock;
constexpr size_t kTones = InBandDetector::kTones;
constexpr size_t kSums = 2 * kTones;
constexpr double kHertz[kTones] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr char kKeys[] = "123A456B789C*0#D";

// What makes a digit, as in librem.
constexpr double kThreshold = 16439.10631 * kBlock * kBlock;  // -42 dBm0 for each of the two tones.
constexpr double kNormalTwist = 6.309573;                     // The column's tone stronger, up to 8 dB.
constexpr double kReverseTwist = 2.511886;                    // The row's tone stronger, up to 4 dB.
constexpr double kRelativeKey = 6.309573;                     // Other tones of the group 8 dB weaker.
constexpr double kRelativeSum = 0.822243 * kBlock;            // Nearly all energy in the two tones.

struct Waves {
  alignas(64) float at[kBlock][kSums];
  Waves() {
    for (size_t n = 0; n < kBlock; ++n) {
      for (size_t t = 0; t < kTones; ++t) {
        const double phase = 2 * std::numbers::pi * kHertz[t] / kSampleRate * static_cast<double>(n);
        at[n][t] = static_cast<float>(std::cos(phase));
        at[n][t + kTones] = static_cast<float>(std::sin(phase));
      }
    }
  }
};
const Waves waves;

}  // namespace

void InBandDetector::Correlate(const int16_t* samples, size_t count) {
  // Two independent sets of sums, so that no addition waits for the one before it.
  float even[kSums], odd[kSums] = {};
  std::copy(sums_.begin(), sums_.end(), even);
  const float(*wave)[kSums] = waves.at + filled_;
  size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    const float a = samples[i];
    const float b = samples[i + 1];
    for (size_t k = 0; k < kSums; ++k) even[k] += a * wave[i][k];
    for (size_t k = 0; k < kSums; ++k) odd[k] += b * wave[i + 1][k];
  }
  if (i < count) {
    const float a = samples[i];
    for (size_t k = 0; k < kSums; ++k) even[k] += a * wave[i][k];
  }
  for (size_t k = 0; k < kSums; ++k) sums_[k] = even[k] + odd[k];
  int64_t energy = 0;
  for (size_t n = 0; n < count; ++n) energy += static_cast<int32_t>(samples[n]) * samples[n];
  energy_ += energy;
}

char InBandDetector::Digit() const {
  double power[kTones];
  for (size_t t = 0; t < kTones; ++t) {
    power[t] = 2 * (static_cast<double>(sums_[t]) * sums_[t] + static_cast<double>(sums_[t + kTones]) * sums_[t + kTones]);
  }
  const double* row = std::max_element(power, power + 4);
  const double* column = std::max_element(power + 4, power + 8);
  if (*row < kThreshold || *column < kThreshold) return 0;
  if (*column > *row * kNormalTwist || *row > *column * kReverseTwist) return 0;
  for (const double* other = power; other != power + kTones; ++other) {
    if (other == row || other == column) continue;
    if (*other * kRelativeKey > (other < power + 4 ? *row : *column)) return 0;
  }
  if (*row + *column < kRelativeSum * static_cast<double>(energy_)) return 0;
  return kKeys[(row - power) * 4 + (column - power - 4)];
}

void InBandDetector::EndBlock() {
  // Two blocks that agree begin a digit, two that do not agree with it end it.
  const char found = Digit();
  const bool report = found != digit_ && previous_ != digit_;
  if (report) digit_ = found == previous_ ? found : 0;
  previous_ = found;
  sums_.fill(0);
  energy_ = 0;
  filled_ = 0;
  if (report && digit_ != 0) handler_(digit_);
}

void InBandDetector::Feed(const int16_t* frame, size_t samples) {
  while (samples > 0) {
    const size_t count = std::min(samples, kBlock - filled_);
    Correlate(frame, count);
    filled_ += count;
    frame += count;
    samples -= count;
    if (filled_ == kBlock) EndBlock();
  }
}

}  // namespace hotline::telephony::media
