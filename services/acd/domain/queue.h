// Queues as an administrator defines them (ACD-1, ACD-2). Plain values and pure functions.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/acd/domain/limits.h"

namespace hotline::acd {

inline constexpr std::string_view kDefaultGroup = "city";

enum class Strategy { kLongestIdle, kSkillLevel, kLeastOccupied, kRoundRobin };

// After `after`, agents of `minimum_level` do; 0 means any level, and the last of the skills still asked is dropped.
struct Ring {
  int after_seconds = 0;
  int minimum_level = 0;
  friend bool operator==(const Ring&, const Ring&) = default;
};

struct Queue {
  std::string id;
  std::string name;
  std::string name_en;
  std::string group{kDefaultGroup};
  std::vector<std::string> required_skills;
  int minimum_level = 1;
  Strategy strategy = Strategy::kLongestIdle;
  int priority = 0;
  int ring_seconds = kDefaultRingSeconds;
  int capacity = kDefaultCapacity;
  int target_seconds = kDefaultTargetSeconds;
  std::vector<Ring> rings;
  std::string etag;
  friend bool operator==(const Queue&, const Queue&) = default;
};

// Fills in what is left open; INVALID_FIELD naming the fields at fault ("queue.rings[1].after_seconds").
absl::Status Complete(Queue& queue);

// What an agent must know for a contact: skills with their least levels, sorted by name.
using Asked = std::vector<std::pair<std::string, int>>;

// What is asked after `rings` of the queue's rings have opened; `extra` are the contact's own skills, never dropped.
Asked AskedOf(const Queue& queue, const std::vector<std::string>& extra, size_t rings);
// How many rings have opened after a wait.
size_t OpenRings(const Queue& queue, absl::Duration wait);

}  // namespace hotline::acd
