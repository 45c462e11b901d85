// Fires the clocks: warnings and limits, each once, when their time comes.
//
// The table is the truth; the wheel keeps the fire times of the next minutes in memory and asks the database when the next
// one has come. What is told and that it is told are one transaction on a locked row, so replicas, a kill at any moment, and
// a wall clock that steps back neither lose nor repeat anything; replicas skip the rows another has in hand. Between looks it
// waits at most kMaxWait, so a wall clock that steps forward is noticed within that time.
// Owns one thread between Start and Stop. Thread-safe. What it is given is not owned and must outlive it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "libs/base/clock.h"
#include "libs/runtime/metrics.h"
#include "services/sla_timer/rules.h"
#include "services/sla_timer/store.h"

namespace hotline::sla_timer {

inline constexpr absl::Duration kMaxWait = absl::Seconds(1);
// Fire times up to here ahead are kept in memory.
inline constexpr absl::Duration kHorizon = absl::Minutes(3);
inline constexpr int kMaxNear = 10'000;
// Another replica may start a clock or change the rules: they are read again this often.
inline constexpr absl::Duration kReload = absl::Seconds(5);
inline constexpr int kFireBatch = 100;
inline constexpr int kRecomputeBatch = 200;
inline constexpr absl::Duration kRetry = absl::Milliseconds(250);

class Wheel {
 public:
  Wheel(Store& store, Rules& rules, const base::Clock& clock, runtime::Metrics& metrics);
  ~Wheel();  // Stops.
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;

  void Start();
  void Stop();
  // Something will fire at this time: a clock was started or moved. Times that turn out wrong do no harm.
  void Expect(absl::Time time);
  // The rules changed: read them now and recompute what they move.
  void Wake();

  // One round: fires what is due and recomputes what is stale. For the thread, and for tests without it.
  absl::Status Turn();

 private:
  void Loop();
  absl::Status Reload(absl::Time now);
  absl::Status FireAllDue(absl::Time now);
  absl::Status RecomputeAllStale(absl::Time now);
  void Count(const Change& change);

  Store& store_;
  Rules& rules_;
  const base::Clock& clock_;
  runtime::Metrics& metrics_;

  std::mutex mutex_;
  std::condition_variable woken_;
  std::set<absl::Time> near_;
  absl::Time next_reload_ = absl::InfinitePast();
  bool wake_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace hotline::sla_timer
