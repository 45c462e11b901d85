// Forms and steps in memory (PLT-6). Published versions never change, so each is read once; which one counts is looked up
// when that is known no longer. Thread-safe; the store and the clock outlive it.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "libs/base/clock.h"
#include "services/ticket/process_source.h"
#include "services/ticket/process_store.h"

namespace hotline::ticket {

// How long another replica's publishing may go unseen.
inline constexpr absl::Duration kProcessAge = absl::Seconds(2);

class ProcessBook final : public ProcessSource {
 public:
  ProcessBook(ProcessStore& store, const base::Clock& clock) : store_(store), clock_(clock) {}

  // What new tickets of the type run under.
  absl::StatusOr<domain::Process> Current(domain::Type type) override;
  // What a running ticket was registered under; version 0 is what the software brings along. NOT_FOUND PROCESS_NOT_FOUND.
  absl::StatusOr<domain::Process> Get(domain::Type type, int64_t version) override;
  // Something was published here.
  void Forget();

 private:
  ProcessStore& store_;
  const base::Clock& clock_;
  std::mutex mutex_;
  absl::Time read_at_ = absl::InfinitePast();
  std::map<domain::Type, domain::Process> current_;
  std::map<std::pair<domain::Type, int64_t>, domain::Process> versions_;  // at most kMaxProcessesInMemory
};

}  // namespace hotline::ticket
