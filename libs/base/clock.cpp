#include "libs/base/clock.h"

#include <absl/time/clock.h>

namespace hotline::base {

absl::Time SystemClock::Now() const { return absl::Now(); }

const SystemClock& SystemClock::Get() {
  static const SystemClock clock;
  return clock;
}

absl::Time ManualClock::Now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

void ManualClock::Set(absl::Time now) {
  std::lock_guard lock(mutex_);
  now_ = now;
}

void ManualClock::Advance(absl::Duration by) {
  std::lock_guard lock(mutex_);
  now_ += by;
}

}  // namespace hotline::base
