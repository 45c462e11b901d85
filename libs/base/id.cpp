#include "libs/base/id.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace hotline::base {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void FillRandom(uint8_t* out, size_t size) {
  static const int ready = sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium cannot start");
  randombytes_buf(out, size);
}

}  // namespace

std::string NewId(const Clock& clock) {
  uint8_t bytes[16];
  FillRandom(bytes, sizeof bytes);
  const int64_t nanos = std::max<int64_t>(absl::ToUnixNanos(clock.Now()), 0);
  const uint64_t ms = static_cast<uint64_t>(nanos) / 1'000'000;
  // RFC 9562, 6.2, method 3: the 12 bits after the milliseconds hold the fraction of the millisecond.
  const uint64_t fraction = static_cast<uint64_t>(nanos) % 1'000'000 * 4096 / 1'000'000;
  for (int i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(ms >> (40 - 8 * i));
  bytes[6] = static_cast<uint8_t>(0x70 | fraction >> 8);
  bytes[7] = static_cast<uint8_t>(fraction);
  bytes[8] = static_cast<uint8_t>(0x80 | (bytes[8] & 0x3f));
  std::string id;
  id.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += kHex[bytes[i] >> 4];
    id += kHex[bytes[i] & 15];
  }
  return id;
}

bool IsValidId(std::string_view id) {
  if (id.size() != 36) return false;
  for (size_t i = 0; i < id.size(); ++i) {
    const char c = id[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      return false;
    }
  }
  return true;
}

std::string RandomDigits(size_t digits) {
  if (digits > kMaxRandomDigits) throw std::invalid_argument("RandomDigits: too many digits");
  std::string text;
  while (text.size() < digits) {
    uint8_t byte;
    FillRandom(&byte, 1);
    if (byte < 250) text += static_cast<char>('0' + byte % 10);  // 250 to 255 would favour small digits
  }
  return text;
}

std::string RandomHex(size_t size) {
  if (size > kMaxTokenBytes) throw std::invalid_argument("RandomHex: too many bytes");
  uint8_t bytes[kMaxTokenBytes];
  FillRandom(bytes, size);
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace hotline::base
