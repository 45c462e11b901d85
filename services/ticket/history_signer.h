// Signs the heads of histories from time to time and lays them down outside the database (TKT-16). One thread in every replica;
// one of them does it. Start and Stop by one thread; what it is given outlives it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/base/clock.h"
#include "libs/runtime/metrics.h"
#include "services/ticket/history_heads_store.h"

namespace hotline::ticket {

inline constexpr absl::Duration kSignerLook = absl::Seconds(15);  // between looks whether it is time

class HistorySigner {
 public:
  HistorySigner(HistoryHeadsStore& store, const HeadsDirectory& heads, absl::Duration pace, const base::Clock& clock, runtime::Metrics* metrics = nullptr)
      : store_(store), heads_(heads), pace_(pace), clock_(clock), metrics_(metrics) {}
  ~HistorySigner() { Stop(); }
  HistorySigner(const HistorySigner&) = delete;
  HistorySigner& operator=(const HistorySigner&) = delete;

  void Start();
  void Stop();
  // One block, if it is time for one; true if one was made.
  absl::StatusOr<bool> SignOnce();

 private:
  void Loop();

  HistoryHeadsStore& store_;
  const HeadsDirectory& heads_;
  const absl::Duration pace_;
  const base::Clock& clock_;
  runtime::Metrics* const metrics_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hotline::ticket
