// The Range header of RFC 9110, 14: one range of bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hotline::gateway {

// As asked for, before the size is known. "bytes=5-9" {5, 9}, "bytes=5-" {5, none}, "bytes=-3" {none, 3}: the last three.
struct AskedRange {
  std::optional<int64_t> first;
  std::optional<int64_t> last_or_suffix;
};

// Nothing for other units, several ranges and malformed ones: those are answered whole, as the RFC allows.
std::optional<AskedRange> ParseRange(std::string_view header);

struct ByteRange {
  int64_t first = 0;
  int64_t length = 0;
};
// Nothing if no byte of a representation of `size` bytes is asked for: 416.
std::optional<ByteRange> Resolve(const AskedRange& range, int64_t size);

}  // namespace hotline::gateway
