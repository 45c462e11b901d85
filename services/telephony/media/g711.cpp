#include "services/telephony/media/g711.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctime>

#include "services/telephony/media/libre.h"

namespace hotline::telephony::media {
namespace {

// librem's encoders negate the sample, so that -32768 would index outside their tables.
int16_t Safe(int16_t sample) { return std::max<int16_t>(sample, -32767); }

struct Tables {
  std::array<uint8_t, 256> to_alaw, to_ulaw;
  std::array<uint32_t, 256> alaw_square, ulaw_square;
  Tables() {
    for (int i = 0; i < 256; ++i) {
      const int16_t a = g711_alaw2pcm(static_cast<uint8_t>(i));
      const int16_t u = g711_ulaw2pcm(static_cast<uint8_t>(i));
      to_ulaw[i] = g711_pcm2ulaw(Safe(a));
      to_alaw[i] = g711_pcm2alaw(Safe(u));
      alaw_square[i] = static_cast<uint32_t>(a * a);
      ulaw_square[i] = static_cast<uint32_t>(u * u);
    }
  }
};
const Tables& tables() {
  static const Tables instance;
  return instance;
}

}  // namespace

void DecodeG711(Law law, const uint8_t* in, size_t samples, int16_t* out) {
  const int16_t* table = law == Law::kAlaw ? g711_A2l : g711_u2l;
  for (size_t i = 0; i < samples; ++i) out[i] = table[in[i]];
}

void EncodeG711(Law law, const int16_t* in, size_t samples, uint8_t* out) {
  if (law == Law::kAlaw) {
    for (size_t i = 0; i < samples; ++i) out[i] = g711_pcm2alaw(Safe(in[i]));
  } else {
    for (size_t i = 0; i < samples; ++i) out[i] = g711_pcm2ulaw(Safe(in[i]));
  }
}

void TranscodeG711(Law from, const uint8_t* in, size_t samples, Law to, uint8_t* out) {
  if (from == to) {
    std::copy_n(in, samples, out);
    return;
  }
  const auto& table = to == Law::kAlaw ? tables().to_alaw : tables().to_ulaw;
  for (size_t i = 0; i < samples; ++i) out[i] = table[in[i]];
}

double EnergyOfG711(Law law, const uint8_t* in, size_t samples) {
  const auto& table = law == Law::kAlaw ? tables().alaw_square : tables().ulaw_square;
  // Whole numbers and four sums: no addition waits for the one before it.
  uint64_t sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= samples; i += 4) {
    for (size_t k = 0; k < 4; ++k) sums[k] += table[in[i + k]];
  }
  for (; i < samples; ++i) sums[0] += table[in[i]];
  return static_cast<double>(sums[0] + sums[1] + sums[2] + sums[3]);
}

double EnergyOfPcm(const int16_t* in, size_t samples) {
  int64_t sum = 0;
  for (size_t i = 0; i < samples; ++i) sum += static_cast<int32_t>(in[i]) * in[i];
  return static_cast<double>(sum);
}

void EnsureCoded(AudioFrame& frame, Law law) {
  if (frame.coded_valid && frame.law == law) return;
  if (frame.coded_valid) {
    TranscodeG711(frame.law, frame.coded.data(), kFrameSamples, law, frame.coded.data());
  } else {
    EncodeG711(law, frame.pcm.data(), kFrameSamples, frame.coded.data());
  }
  frame.law = law;
  frame.coded_valid = true;
}

void FillPcm(AudioFrame& frame) { DecodeG711(frame.law, frame.coded.data(), kFrameSamples, frame.pcm.data()); }

double LevelMeter::Rms() const { return samples_ == 0 ? 0 : std::sqrt(energy_ / static_cast<double>(samples_)); }

}  // namespace hotline::telephony::media
