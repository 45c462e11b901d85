// The wall clock as RTCP's NTP times and the kernel's receive times count it.
#pragma once

#include <time.h>

#include <cstdint>

namespace hotline::telephony::media {

// Microseconds since the Unix epoch.
inline uint64_t UnixMicros() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace hotline::telephony::media
