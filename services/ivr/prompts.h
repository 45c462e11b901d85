// What callers hear: fixed prompts from texts, spoken once by espeak-ng and kept as WAV, a city's own recordings in their
// place, and texts spoken while a call runs (a published reply). Thread-safe; blocking: call on pool threads.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ivr {

inline constexpr size_t kMaxPrompts = 2000;
inline constexpr size_t kMaxPromptBytes = 4 << 20;
inline constexpr size_t kMaxSpokenCharacters = 300;  // of a text spoken on the fly; the rest is left out
inline constexpr size_t kMaxSpokenKept = 2000;       // files of texts spoken on the fly, the oldest go first
inline constexpr int kMaxNumberPrompt = 99;

struct PromptConfig {
  std::string texts_file = {};      // {"welcome": "……", …}
  std::string cache_dir = {};       // WAV files made here
  std::string recordings_dir = {};  // a city's own "<id>.wav", preferred; may be empty
  std::string voice = "cmn";   // espeak-ng voice
  int words_per_minute = 160;
};

struct Prompt {
  std::string wav;     // 8 kHz, mono, 16 bit
  std::string digest;  // hex SHA-256 of it
};

class PromptLibrary {
 public:
  explicit PromptLibrary(PromptConfig config) : config_(std::move(config)) {}

  // Makes what is missing: digits, numbers and all texts. Takes a while the first time only.
  absl::Status Provision();
  // Names of the fixed prompts, for checking flows.
  std::vector<std::string> Names() const;
  // Name and digest of each fixed prompt.
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Digests() const;
  // NOT_FOUND "PROMPT_NOT_FOUND".
  absl::StatusOr<Prompt> Get(std::string_view prompt_id) const;
  // The prompt id of a text, spoken now unless it was before.
  absl::StatusOr<std::string> Speak(std::string_view text);

 private:
  std::string FileOf(const std::string& prompt_id) const;
  absl::Status Synthesize(const std::string& text, const std::string& file) const;

  const PromptConfig config_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> files_;  // fixed prompt -> file
};

}  // namespace hotline::ivr
