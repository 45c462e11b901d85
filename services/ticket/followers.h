// Members of group cases follow their group case to its result (TKT-11). One thread looks for those that have not yet, right
// away and again and again: whatever dies in between, nothing is left behind, and replicas share the work. Everything it is
// given outlives it.
#pragma once

#include <absl/time/time.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/base/clock.h"
#include "services/ticket/process_source.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

inline constexpr int kFollowBatch = 50;                           // members a transaction
inline constexpr absl::Duration kFollowPace = absl::Seconds(1);   // between looks that found nothing

// Once: the number of members that followed, at most kFollowBatch.
absl::StatusOr<int> FollowOnce(Store& store, ProcessSource& processes, absl::Time now);

class Followers {
 public:
  Followers(Store& store, ProcessSource& processes, const base::Clock& clock);
  ~Followers();
  Followers(const Followers&) = delete;
  Followers& operator=(const Followers&) = delete;

 private:
  void Run();

  Store& store_;
  ProcessSource& processes_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hotline::ticket
