// Every bound of the media plane in one place. Each says what happens when it is reached.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::telephony::media {

inline constexpr int kMaxMediaThreads = 64;
inline constexpr int kMaxDescriptorsPerThread = 65536;        // fd_setsize; beyond it legs are refused.
inline constexpr size_t kMaxQueuedCommands = 65536;           // Per media thread; beyond it a call fails with MEDIA_BUSY.
inline constexpr int kMaxLegsPerThread = 8192;                // Beyond it a leg is refused with MEDIA_BUSY.
inline constexpr int kMaxCatchUpTicks = 5;                    // Later ticks than these are skipped, not replayed in a burst.
inline constexpr int kMaxPacketsPerLegTick = 32;              // A flood beyond it waits in, and overflows, the socket buffer.
inline constexpr size_t kMaxDatagramBytes = 1500;             // Longer datagrams are dropped and counted.
inline constexpr size_t kMaxAudioPayloadBytes = 960;          // 120 ms; longer payloads are dropped and counted.
inline constexpr int kMaxBridgeMembers = 32;                  // Beyond it BridgeAdd fails with BRIDGE_FULL.
inline constexpr double kMaxGain = 4.0;                       // Gains are clamped to 0..kMaxGain.
inline constexpr int kMaxPlaylistItems = 64;                  // Longer playlists are refused.
inline constexpr int kMaxGapMs = 60'000;
inline constexpr size_t kMaxQueuedDigits = 64;                // Digits waiting to be sent on one leg.
inline constexpr int kMaxDigitMs = 8000;                      // RFC 4733: the duration field is 16 bits of samples.
inline constexpr int kMaxRecordingsPerLeg = 2;                // The call's recording and one message.
inline constexpr size_t kMaxRecorderQueueBytes = 64u << 20;   // Beyond it chunks become silence in the file, counted.
inline constexpr int kMaxRecordingMs = 12 * 3600 * 1000;      // A forgotten recording ends here.
inline constexpr size_t kMaxPromptBytes = 32u << 20;          // A larger WAV is refused.
inline constexpr int kMaxPromptMs = 30 * 60 * 1000;
inline constexpr size_t kMaxSdpBytes = 16384;                 // A larger offer is refused with SDP_TOO_LARGE.
inline constexpr int kMaxSdpLines = 1000;
inline constexpr int kMaxAdvertisedAddresses = 8;

}  // namespace hotline::telephony::media
