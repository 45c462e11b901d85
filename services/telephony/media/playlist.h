// Plays a sequence of prompts to one leg, frame by frame. Not thread-safe; lives on the leg's media thread.
#pragma once

#include <cstdint>
#include <vector>

#include <absl/status/status.h>

#include "services/telephony/media/prompt.h"
#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

struct Playlist {
  std::vector<PromptPtr> items;
  int loops = 1;          // How often the whole list is played; 0 plays until stopped.
  int gap_ms = 0;         // Silence between items, and before a repetition.
  int64_t start_ms = 0;   // Where in the first pass to begin (music on hold that goes on where it was).
  bool over_bridge = false;  // Mixed onto what the leg hears from its bridge, instead of replacing it.
};

// INVALID_FIELD naming the field, or OK.
absl::Status CheckPlaylist(const Playlist& playlist);

enum class PlayEnd : uint8_t { kCompleted, kStopped, kReplaced, kLegClosed };

class Player {
 public:
  Player() = default;
  explicit Player(Playlist playlist);
  bool active() const { return active_; }
  bool over_bridge() const { return playlist_.over_bridge; }
  int64_t played_ms() const { return played_ms_; }
  const uint8_t* ahead() const { return ahead_; }  // See prefetch.h: perhaps the next frame, not to be read.
  void Stop() { active_ = false; }
  // The 160 bytes of this tick in `law`, and in A-law for the recorder. False when the list has come to its end.
  bool Next(Law law, const uint8_t** coded, const uint8_t** alaw);

 private:
  bool StartItem();

  Playlist playlist_;
  const Prompt* prompt_ = nullptr;  // The item being played, owned by the playlist.
  const uint8_t* ahead_ = nullptr;
  bool active_ = false;
  size_t item_ = 0;
  int pass_ = 0;
  size_t offset_ = 0;      // Samples into the item.
  int gap_left_ = 0;       // Samples of silence left before the item.
  int64_t played_ms_ = 0;
};

}  // namespace hotline::telephony::media
