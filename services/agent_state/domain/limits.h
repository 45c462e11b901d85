// Limits and waits of agent_state, in one place. Constants only.
#pragma once

#include <absl/time/time.h>

#include <cstddef>

namespace hotline::agent_state {

// Agents known at most; a snapshot of so many still fits into one message of WatchAgents.
inline constexpr size_t kMaxAgents = 10'000;
inline constexpr size_t kMaxSkills = 50;
inline constexpr size_t kMaxSkillName = 64;
inline constexpr int kMinSkillLevel = 1;
inline constexpr int kMaxSkillLevel = 10;
inline constexpr size_t kMaxId = 64;           // bytes of an agent, contact or reservation id
inline constexpr size_t kMaxGroupName = 64;
inline constexpr size_t kMaxDisplayName = 50;  // characters
inline constexpr size_t kMaxEmployeeNumber = 20;
inline constexpr size_t kMinForceReason = 2;
inline constexpr size_t kMaxForceReason = 100;
inline constexpr absl::Duration kMaxWrapUp = absl::Seconds(600);
inline constexpr absl::Duration kMinReservation = absl::Seconds(1);
inline constexpr absl::Duration kMaxReservation = absl::Seconds(120);
// Longest time an agent is rung before the reservation is given up without any report: telephony itself stops after 60 s.
inline constexpr absl::Duration kMaxRing = absl::Seconds(120);
// A line that comes back within this (a page reload) does not change a ready agent's state.
inline constexpr absl::Duration kLineGrace = absl::Seconds(5);
// After a start, telephony has this long to report the lines of agents who were ready or reserved.
inline constexpr absl::Duration kSnapshotGrace = absl::Seconds(30);
// After a start, a call that telephony does not confirm within this is taken as over.
inline constexpr absl::Duration kTalkConfirmGrace = absl::Minutes(2);
// Telephony instances whose numbering is remembered.
inline constexpr size_t kMaxTelephonyInstances = 64;
inline constexpr size_t kMaxQueueGroups = 1000;

}  // namespace hotline::agent_state
