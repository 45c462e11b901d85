// Every limit of the SIP layer, by name. Those an operator may want to change are fields of StackConfig with these defaults.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::telephony {

// RFC 3261 §17.1.1.1, in milliseconds.
inline constexpr std::uint64_t kT1Ms = 500;
inline constexpr std::uint64_t kT2Ms = 4'000;
inline constexpr std::uint64_t kTransactionTimeoutMs = 64 * kT1Ms;

// Transactions live 32 s, so the tables are sized for thousands of calls a second (powers of two).
inline constexpr std::uint32_t kTransactionBuckets = 16'384;
inline constexpr std::uint32_t kConnectionBuckets = 256;

inline constexpr std::size_t kDefaultMaxSessions = 4'000;
inline constexpr double kDefaultMaxNewCallsPerSecond = 500;
inline constexpr std::uint32_t kOverloadRetryAfterSeconds = 5;
inline constexpr std::size_t kMaxTrunks = 256;
inline constexpr std::size_t kMaxPeersPerTrunk = 64;
inline constexpr std::size_t kMaxDialRulesPerTrunk = 256;

// Parts of messages. What is longer is refused, not cut, except where a field is only informative.
inline constexpr std::size_t kMaxMessageBytes = 65'536;
inline constexpr std::size_t kMaxHeaders = 128;
inline constexpr std::size_t kMaxHeaderBytes = 8'192;
inline constexpr std::size_t kMaxUriBytes = 1'024;
inline constexpr std::size_t kMaxCallIdBytes = 255;
inline constexpr std::size_t kMaxTagBytes = 255;
inline constexpr std::size_t kMaxUserBytes = 64;
inline constexpr std::size_t kMaxDisplayNameBytes = 128;
inline constexpr std::size_t kMaxRouteHeaders = 16;
inline constexpr std::size_t kMaxSdpBytes = 16'384;
inline constexpr std::size_t kMaxSdpMediaLines = 16;
inline constexpr std::size_t kMaxSdpFormats = 64;
inline constexpr std::size_t kMaxReasonBytes = 64;

inline constexpr std::size_t kMaxEarlyDialogs = 8;      // branches of one forked call
inline constexpr std::size_t kMaxPendingRequests = 16;  // our unanswered requests in one session
inline constexpr int kMaxDigestAttempts = 2;            // first answer and one for a stale nonce
inline constexpr int kMaxGlareRetries = 4;              // 491 to our re-INVITE
inline constexpr std::uint64_t kDefaultRingTimeoutMs = 180'000;

inline constexpr std::uint32_t kDefaultSessionExpiresSeconds = 1'800;
inline constexpr std::uint32_t kMinSessionExpiresSeconds = 90;  // RFC 4028 §4
inline constexpr std::uint32_t kMaxSessionExpiresSeconds = 7'200;

inline constexpr std::uint64_t kDefaultHealthIntervalMs = 30'000;
inline constexpr int kHealthFailuresUntilDown = 2;

// One log line per kind of refusal in this time, with the count of what was not logged.
inline constexpr std::uint64_t kRefusalLogIntervalMs = 10'000;

}  // namespace hotline::telephony
