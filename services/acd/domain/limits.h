// Limits and waits of acd, in one place. Constants only.
#pragma once

#include <absl/time/time.h>

#include <cstddef>

namespace hotline::acd {

inline constexpr size_t kMinQueueId = 2;
inline constexpr size_t kMaxQueueId = 64;
inline constexpr size_t kMaxQueueName = 100;      // characters
inline constexpr size_t kMaxQueues = 2000;
inline constexpr size_t kMaxQueueGroups = 200;
inline constexpr size_t kMaxRequiredSkills = 20;
inline constexpr size_t kMaxSkillName = 64;
inline constexpr size_t kMaxRings = 10;
inline constexpr int kMaxLevel = 10;
inline constexpr int kMaxPriority = 100;
inline constexpr int kMinRingSeconds = 5;
inline constexpr int kMaxRingSeconds = 60;
inline constexpr int kDefaultRingSeconds = 15;
inline constexpr int kDefaultCapacity = 1000;
inline constexpr int kMaxCapacity = 20'000;
inline constexpr int kDefaultTargetSeconds = 15;  // STD-1
inline constexpr int kMaxTargetSeconds = 3600;
inline constexpr int kMaxRingAfterSeconds = 3600;
inline constexpr size_t kMaxContactId = 64;
inline constexpr size_t kMaxContactSkills = 10;
inline constexpr size_t kMaxExcludedAgents = 50;
// Contacts that come back after a break keep their place, so they may exceed a queue's capacity by this factor.
inline constexpr int kReentryFactor = 2;
// A first enqueue time further back than this is taken as this.
inline constexpr absl::Duration kMaxWait = absl::Hours(24);
// An agent who failed to answer a contact is not asked again for it before this.
inline constexpr absl::Duration kExclusion = absl::Seconds(15);
// An agent whom agent_state would not reserve is left alone until it tells of a change, at most this long.
inline constexpr absl::Duration kHoldOff = absl::Seconds(1);
// ivr has this long beyond the ringing to say how an offer ended.
inline constexpr absl::Duration kOfferGrace = absl::Seconds(10);
// Reserving takes milliseconds; an offer without its answer is not kept longer than this.
inline constexpr absl::Duration kReserveTimeout = absl::Seconds(5);
// Sets of asked skills that no contact and no queue uses now, kept for the next contact.
inline constexpr size_t kMaxIdleDemands = 256;
// Handled contacts before an expected wait is told.
inline constexpr int kMinHandled = 3;
inline constexpr double kHandlingWeight = 0.1;    // of the newest handling time in the running mean
inline constexpr absl::Duration kOccupancyWindow = absl::Hours(1);

}  // namespace hotline::acd
