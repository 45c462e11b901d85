// Waiting for a condition in tests, instead of sleeping for a guess. Safe from any thread.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/time/time.h>

namespace hotline::testing {

// Generous: it is reached only when a test fails.
inline constexpr absl::Duration kWaitCap = absl::Seconds(60);

// Polls until `condition` is true; false if the cap passed first. Use as REQUIRE(WaitUntil([&] { return ...; })).
bool WaitUntil(absl::FunctionRef<bool()> condition, absl::Duration cap = kWaitCap);

}  // namespace hotline::testing
