// The limits of directory, in one place. Lengths are in code points.
#pragma once

#include <absl/time/time.h>

#include <cstddef>

namespace hotline::directory {

inline constexpr size_t kMinUserName = 2;
inline constexpr size_t kMaxUserName = 64;
inline constexpr size_t kMinPassword = 10;
inline constexpr size_t kMaxPassword = 128;
inline constexpr size_t kMaxDisplayName = 100;
inline constexpr size_t kMaxEmployeeNumber = 20;
inline constexpr size_t kMinUnitId = 2;
inline constexpr size_t kMaxUnitId = 64;
inline constexpr size_t kMaxUnitName = 100;
inline constexpr size_t kMaxTags = 30;
inline constexpr size_t kMaxTag = 30;
inline constexpr size_t kMaxPhone = 20;
inline constexpr size_t kMaxLabel = 100;
inline constexpr size_t kMaxRolesOfUser = 10;
inline constexpr int kMaxUnitDepth = 8;
inline constexpr size_t kMaxRequestId = 64;

inline constexpr absl::Duration kAccessTokenLife = absl::Minutes(10);
inline constexpr absl::Duration kRefreshTokenLife = absl::Hours(12);
// A refresh whose answer was lost may be repeated with the same token for so long.
inline constexpr absl::Duration kRefreshGrace = absl::Seconds(30);
inline constexpr int kMaxSessionsOfUser = 10;  // the oldest end when a newer one begins

// Failed sign-ins within the window before further ones are refused, for one user from one address, for one address, and
// for one user from anywhere. The last is high, so that a stranger can hardly lock somebody out.
inline constexpr absl::Duration kAttemptWindow = absl::Minutes(15);
inline constexpr int kMaxAttemptsUserAddress = 5;
inline constexpr int kMaxAttemptsAddress = 50;
inline constexpr int kMaxAttemptsUser = 100;

}  // namespace hotline::directory
