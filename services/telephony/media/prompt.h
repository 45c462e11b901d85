// Prompts: audio encoded once into both laws and shared, immutable, between all threads. Tones are prompts too, made
// instead of loaded, so that one player serves announcements, music on hold, ringback and beeps.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/status/statusor.h>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct Prompt {
  std::vector<uint8_t> alaw;  // Both hold the same samples; the length is a multiple of a frame.
  std::vector<uint8_t> ulaw;
  const std::vector<uint8_t>& coded(Law law) const { return law == Law::kAlaw ? alaw : ulaw; }
  int64_t duration_ms() const { return static_cast<int64_t>(alaw.size()) / (kSampleRate / 1000); }
};
using PromptPtr = std::shared_ptr<const Prompt>;

PromptPtr PromptFromPcm(const std::vector<int16_t>& samples);
// 8 kHz mono PCM16, A-law or u-law; anything else is INVALID_WAV.
absl::StatusOr<PromptPtr> PromptFromWav(const uint8_t* bytes, size_t size);
// Blocks on the file; call it on an I/O thread.
absl::StatusOr<PromptPtr> PromptFromFile(const std::string& path);

// One cycle of a tone: sound, then silence.
PromptPtr MakeTone(double hertz, int on_ms, int off_ms, double amplitude = 8000);
// YD/T 1103 (the Chinese tone plan): 450 Hz, 1 s on and 4 s off, to be looped.
PromptPtr RingbackTone();
// 450 Hz, 0.35 s on and 0.35 s off, to be looped.
PromptPtr BusyTone();
// "Speak after the tone": 1 kHz, 0.4 s.
PromptPtr BeepTone();
PromptPtr SilencePrompt(int ms);

// A cache by id with a bound on the bytes held; the least recently used go first, and what is still playing stays alive
// through its shared pointer. Thread-safe.
class PromptStore {
 public:
  explicit PromptStore(size_t max_bytes = 256u << 20) : max_bytes_(max_bytes) {}
  // PROMPT_NOT_FOUND when the id is not held.
  absl::StatusOr<PromptPtr> Get(std::string_view id);
  // Loads into the cache unless held. Blocks on the file.
  absl::StatusOr<PromptPtr> LoadFile(std::string_view id, const std::string& path);
  absl::StatusOr<PromptPtr> LoadBytes(std::string_view id, std::string_view wav);
  void Put(std::string_view id, PromptPtr prompt);
  void Remove(std::string_view id);
  size_t bytes() const;

 private:
  struct Entry {
    std::string id;
    PromptPtr prompt;
  };
  static size_t SizeOf(const Prompt& prompt) { return prompt.alaw.size() + prompt.ulaw.size(); }
  void RemoveLocked(const std::string& id);

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  size_t bytes_ = 0;
  std::list<Entry> order_;  // Most recently used first.
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

}  // namespace hotline::telephony::media
