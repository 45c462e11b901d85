// Every limit of the call layer, by name.
#pragma once

#include <absl/time/time.h>

#include <cstddef>

namespace hotline::telephony {

inline constexpr size_t kMaxCheckpointBytes = 16 << 10;
inline constexpr int kMaxPromptsInPlay = 64;
inline constexpr size_t kMaxPromptId = 200;
inline constexpr size_t kMaxWavBytes = 4 << 20;               // of a prompt
inline constexpr size_t kMaxQueuedEvents = 256;               // to ivr, of one call; beyond it keys are dropped
inline constexpr size_t kMaxLineOutbox = 256;                 // messages to one tab; beyond it the tab is cut off
inline constexpr size_t kMaxLines = 20'000;
inline constexpr size_t kMaxTabId = 64;
inline constexpr int kMaxRecordSeconds = 600;
inline constexpr int kMaxRingSeconds = 120;
inline constexpr size_t kMinDialDigits = 3, kMaxDialDigits = 20;
inline constexpr size_t kMaxRememberedDials = 1000;           // request ids of one process
inline constexpr size_t kMaxEndedCalls = 2000;                // kept in memory until the database surely has them
inline constexpr size_t kMaxUnackedLegs = 10'000;             // beyond it the stream is begun anew with a snapshot

inline constexpr absl::Duration kShortestMessage = absl::Seconds(1);  // what is shorter is nobody's message
inline constexpr absl::Duration kStreamRetryMin = absl::Milliseconds(100);
inline constexpr absl::Duration kStreamRetryMax = absl::Seconds(1);
inline constexpr absl::Duration kStreamSettled = absl::Seconds(3);    // a stream that lived so long is taken for served
inline constexpr absl::Duration kStreamGoodbye = absl::Seconds(5);    // ivr's time to end a stream after `hung_up`
inline constexpr absl::Duration kPromptPatience = absl::Seconds(1);
inline constexpr absl::Duration kPromptRefresh = absl::Seconds(30);
inline constexpr absl::Duration kLineGrace = absl::Seconds(10);       // a line without page or without media in a call
inline constexpr absl::Duration kAttachPatience = absl::Seconds(10);
inline constexpr absl::Duration kReservePatience = absl::Seconds(2);
inline constexpr absl::Duration kDialReservation = absl::Seconds(30);
inline constexpr absl::Duration kCallEndGrace = absl::Seconds(5);     // for recordings and figures of an ended call
inline constexpr int kBuiltinMessageSeconds = 180;
inline constexpr int kBuiltinSilenceSeconds = 10;
inline constexpr int kReadChunkBytes = 64 << 10;
inline constexpr int kDefaultPage = 50, kMaxPage = 500;
inline constexpr int kDefaultActive = 500, kMaxActive = 5000;

}  // namespace hotline::telephony
