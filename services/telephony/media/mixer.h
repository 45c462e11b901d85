// The mixer: one gain for every (speaker, listener) pair. A conference is all ones; listening, whispering and barge-in
// are rows and columns of zeros and ones; holding a party is zeros. A speaker never hears itself. Pure logic.
#pragma once

#include <cstdint>
#include <vector>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

class GainMatrix {
 public:
  // A new member speaks to and hears everyone at gain 1.
  void Add();
  // The last member takes the removed one's place, as in the caller's own vector.
  void RemoveSwap(size_t index);
  void Set(size_t speaker, size_t listener, double gain);
  float Get(size_t speaker, size_t listener) const { return gains_[speaker][listener]; }
  size_t size() const { return gains_.size(); }

 private:
  std::vector<std::vector<float>> gains_;
};

// What listener `listener` hears of `speakers` (same order as the matrix). A single undamped speaker is passed through
// unchanged, coded bytes included; more are summed and limited.
void MixFor(const GainMatrix& gains, size_t listener, const std::vector<const AudioFrame*>& speakers, AudioFrame& out);

// Adds `extra` onto `frame`, limited.
void AddInto(AudioFrame& frame, const AudioFrame& extra);

}  // namespace hotline::telephony::media
