// Ids and secrets. All functions are thread-safe; all randomness is libsodium's (crypto-strong).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "libs/base/clock.h"

namespace hotline::base {

inline constexpr size_t kMaxRandomDigits = 32;
inline constexpr size_t kMaxTokenBytes = 64;

// A UUIDv7 (RFC 9562, 5.7) in lower-case text: sorts by time to a quarter of a microsecond, 62 bits are random.
std::string NewId(const Clock& clock = SystemClock::Get());

// Whether it is a UUID of any version in canonical lower-case text.
bool IsValidId(std::string_view id);

// So many decimal digits, each equally likely; leading zeros occur. For acceptance numbers, PINs, one-time codes.
std::string RandomDigits(size_t digits);

// So many random bytes in lower-case hexadecimal, for tokens and nonces.
std::string RandomHex(size_t bytes);

}  // namespace hotline::base
