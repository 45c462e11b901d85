#include "services/telephony/media/prompt.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <numbers>

#include "services/telephony/media/errors.h"
#include "services/telephony/media/g711.h"
#include "services/telephony/media/limits.h"
#include "services/telephony/media/wav.h"

namespace hotline::telephony::media {
namespace {

// The tail is padded with silence so that a player never needs half a frame.
PromptPtr Finish(Prompt prompt) {
  const size_t whole = (prompt.alaw.size() + kFrameSamples - 1) / kFrameSamples * kFrameSamples;
  prompt.alaw.resize(whole, kAlawSilence);
  prompt.ulaw.resize(whole, kUlawSilence);
  return std::make_shared<const Prompt>(std::move(prompt));
}

}  // namespace

PromptPtr PromptFromPcm(const std::vector<int16_t>& samples) {
  Prompt prompt;
  prompt.alaw.resize(samples.size());
  prompt.ulaw.resize(samples.size());
  EncodeG711(Law::kAlaw, samples.data(), samples.size(), prompt.alaw.data());
  EncodeG711(Law::kUlaw, samples.data(), samples.size(), prompt.ulaw.data());
  return Finish(std::move(prompt));
}

absl::StatusOr<PromptPtr> PromptFromWav(const uint8_t* bytes, size_t size) {
  if (size > kMaxPromptBytes) return InvalidWavError("the file is too large");
  auto wav = ParseWav(bytes, size);
  if (!wav.ok()) return wav.status();
  if (wav->sample_rate != kSampleRate) return InvalidWavError("the sample rate must be 8000 Hz");
  if (wav->channels != 1) return InvalidWavError("there must be one channel");
  const size_t samples = wav->format == WavFormat::kPcm16 ? wav->data_bytes / 2 : wav->data_bytes;
  if (samples == 0) return InvalidWavError("there is no audio");
  if (samples / (kSampleRate / 1000) > static_cast<size_t>(kMaxPromptMs)) return InvalidWavError("the audio is too long");
  if (wav->format == WavFormat::kPcm16) {
    std::vector<int16_t> pcm(samples);
    for (size_t i = 0; i < samples; ++i) pcm[i] = static_cast<int16_t>(wav->data[2 * i] | wav->data[2 * i + 1] << 8);
    return PromptFromPcm(pcm);
  }
  const Law law = wav->format == WavFormat::kAlaw ? Law::kAlaw : Law::kUlaw;
  Prompt prompt;
  prompt.alaw.resize(samples);
  prompt.ulaw.resize(samples);
  TranscodeG711(law, wav->data, samples, Law::kAlaw, prompt.alaw.data());
  TranscodeG711(law, wav->data, samples, Law::kUlaw, prompt.ulaw.data());
  return Finish(std::move(prompt));
}

absl::StatusOr<PromptPtr> PromptFromFile(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (!file) return PromptNotFoundError(path);
  std::vector<uint8_t> bytes;
  uint8_t block[65536];
  size_t n = 0;
  while ((n = std::fread(block, 1, sizeof block, file.get())) > 0) {
    if (bytes.size() + n > kMaxPromptBytes) return InvalidWavError("the file is too large");
    bytes.insert(bytes.end(), block, block + n);
  }
  if (std::ferror(file.get()) != 0) return InvalidWavError("the file cannot be read");
  return PromptFromWav(bytes.data(), bytes.size());
}

PromptPtr MakeTone(double hertz, int on_ms, int off_ms, double amplitude) {
  constexpr int kRampSamples = 40;  // 5 ms at each end, so that the tone does not click.
  const int on = on_ms * (kSampleRate / 1000);
  std::vector<int16_t> pcm(static_cast<size_t>(on + off_ms * (kSampleRate / 1000)));
  for (int i = 0; i < on; ++i) {
    const bool continuous = off_ms == 0;
    const double ramp = continuous ? 1.0 : std::min({1.0, (i + 1) / double{kRampSamples}, (on - i) / double{kRampSamples}});
    pcm[static_cast<size_t>(i)] = static_cast<int16_t>(amplitude * ramp * std::sin(2 * std::numbers::pi * hertz * i / kSampleRate));
  }
  return PromptFromPcm(pcm);
}

PromptPtr RingbackTone() {
  static const PromptPtr tone = MakeTone(450, 1000, 4000);
  return tone;
}
PromptPtr BusyTone() {
  static const PromptPtr tone = MakeTone(450, 350, 350);
  return tone;
}
PromptPtr BeepTone() {
  static const PromptPtr tone = MakeTone(1000, 400, 20);
  return tone;
}
PromptPtr SilencePrompt(int ms) {
  return PromptFromPcm(std::vector<int16_t>(static_cast<size_t>(ms) * (kSampleRate / 1000), 0));
}

absl::StatusOr<PromptPtr> PromptStore::Get(std::string_view id) {
  std::lock_guard lock(mutex_);
  auto it = index_.find(std::string(id));
  if (it == index_.end()) return PromptNotFoundError(id);
  order_.splice(order_.begin(), order_, it->second);
  return it->second->prompt;
}

absl::StatusOr<PromptPtr> PromptStore::LoadFile(std::string_view id, const std::string& path) {
  if (auto held = Get(id); held.ok()) return held;
  auto prompt = PromptFromFile(path);
  if (prompt.ok()) Put(id, *prompt);
  return prompt;
}

absl::StatusOr<PromptPtr> PromptStore::LoadBytes(std::string_view id, std::string_view wav) {
  if (auto held = Get(id); held.ok()) return held;
  auto prompt = PromptFromWav(reinterpret_cast<const uint8_t*>(wav.data()), wav.size());
  if (prompt.ok()) Put(id, *prompt);
  return prompt;
}

void PromptStore::RemoveLocked(const std::string& id) {
  auto it = index_.find(id);
  if (it == index_.end()) return;
  bytes_ -= SizeOf(*it->second->prompt);
  order_.erase(it->second);
  index_.erase(it);
}

void PromptStore::Put(std::string_view id, PromptPtr prompt) {
  std::lock_guard lock(mutex_);
  const std::string key(id);
  RemoveLocked(key);
  bytes_ += SizeOf(*prompt);
  order_.push_front({key, std::move(prompt)});
  index_[key] = order_.begin();
  // The newest always stays, even when it alone is over the bound: it is about to be played.
  while (bytes_ > max_bytes_ && order_.size() > 1) RemoveLocked(std::string(order_.back().id));
}

void PromptStore::Remove(std::string_view id) {
  std::lock_guard lock(mutex_);
  RemoveLocked(std::string(id));
}

size_t PromptStore::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace hotline::telephony::media
