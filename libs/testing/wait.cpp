#include "libs/testing/wait.h"

#include <absl/time/clock.h>

namespace hotline::testing {

bool WaitUntil(absl::FunctionRef<bool()> condition, absl::Duration cap) {
  constexpr absl::Duration kPoll = absl::Milliseconds(5);
  const absl::Time give_up = absl::Now() + cap;
  while (!condition()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(kPoll);
  }
  return true;
}

}  // namespace hotline::testing
