// Fires the clocks: warnings, limits and rungs of the ladder, each once, when their time comes; and recomputes those whose rules
// changed.
//
// The table is the truth, and a replica's lease on a clock is the lock on its row: it takes the rows that are due in batches,
// skips those another replica has in hand, and writes what they become and what is told of it in one transaction. So a kill at any
// moment, two replicas, and a wall clock that steps back neither lose nor repeat anything, and what a dead or standing replica had
// in hand is free at once or after kTakeover. Of the rows themselves nothing is kept in memory, only when the next is due; between
// looks it waits at most kMaxWait, so a wall clock that steps forward, and clocks that other replicas start, are noticed by then.
// Owns two threads between Start and Stop: one fires, one follows the rules, so that a million recomputed clocks hold up no
// warning. Thread-safe. What it is given is not owned and must outlive it.
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

inline constexpr absl::Duration kMaxWait = absl::Milliseconds(500);
// Between rounds at least, so that what falls due in a busy moment is fired together.
inline constexpr absl::Duration kFirePace = absl::Milliseconds(25);
// Times of clocks that this replica started are kept up to here ahead; the database tells all others.
inline constexpr absl::Duration kHorizon = absl::Seconds(10);
inline constexpr int kMaxNear = 10'000;
// Another replica may change the rules: they are read again this often.
inline constexpr absl::Duration kReload = absl::Seconds(5);
inline constexpr int kFireBatch = 1000;
inline constexpr int kRecomputeBatch = 2000;
inline constexpr int kRecomputeThreads = 2;
// Between looks for what others left to be recomputed.
inline constexpr absl::Duration kFollowPace = absl::Milliseconds(100);
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

  // Fires what is due. For the thread, and for tests without it.
  absl::Status Turn();
  // Reads the rules and recomputes what is stale. For the thread, and for tests without it.
  absl::Status Follow();

 private:
  void FireLoop();
  void FollowLoop();
  absl::Status RecomputeGroup(const StaleGroup& group);
  absl::Status Walk(const StaleGroup& group);
  void Count(const std::vector<Change>& changes);
  bool stopped();

  Store& store_;
  Rules& rules_;
  const base::Clock& clock_;
  runtime::Metrics& metrics_;

  std::mutex mutex_;
  std::condition_variable fire_woken_;
  std::condition_variable follow_woken_;
  std::set<absl::Time> near_;
  absl::Time next_look_ = absl::InfinitePast();
  bool wake_ = false;
  bool stop_ = false;
  std::thread fire_thread_;
  std::thread follow_thread_;
};

}  // namespace hotline::sla_timer
