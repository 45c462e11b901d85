// A media thread walks over megabytes of legs every 20 ms, so that each leg is cold when its turn comes, and waiting for
// memory, line after line, was half of the time spent outside the kernel. Therefore the lines a tick uses are asked for
// while the legs before are worked on: first the leg itself (what a tick uses lies in one stretch before the jitter buffer's ring),
// then what it points to.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotline::telephony::media {

inline constexpr size_t kCacheLineBytes = 64;

// Any address will do, null and those beyond an object's end included: nothing is read.
inline void Prefetch(const void* data, size_t bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(data);
  for (size_t at = 0; at < bytes; at += kCacheLineBytes) __builtin_prefetch(reinterpret_cast<const void*>(begin + at));
}

}  // namespace hotline::telephony::media
