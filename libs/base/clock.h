// The current time as something that can be given to code, so that tests decide what time it is.
// Both clocks are thread-safe. Whoever receives a Clock& does not own it; it outlives the receiver.
#pragma once

#include <absl/time/time.h>

#include <mutex>

namespace hotline::base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's wall clock. It may step; what measures spans uses std::chrono::steady_clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  // One for the whole process, for those who need no other.
  static const SystemClock& Get();
};

// A clock that stands still until it is moved. For tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now = absl::FromUnixSeconds(1'750'000'000)) : now_(now) {}
  absl::Time Now() const override;
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace hotline::base
