// What acd keeps: queue definitions, and which replica serves which queue group. Waiting contacts are in memory only.
// Implementations block and are thread-safe; the dispatcher calls them on a pool.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

#include "services/acd/domain/queue.h"

namespace hotline::acd {

struct Lease {
  bool held = false;
  int64_t epoch = 0;  // checked by agent_state on every Reserve
};

class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<Lease> AcquireLease(const std::string& group, const std::string& holder, absl::Duration ttl) = 0;
  virtual absl::Status ReleaseLease(const std::string& group, const std::string& holder) = 0;
  virtual absl::StatusOr<std::vector<Queue>> LoadQueues() = 0;
  // Adds the queue, or changes it if `queue.etag` is that of the stored one; gives it back with its new etag.
  // ABORTED ETAG_MISMATCH, FAILED_PRECONDITION QUEUE_GROUP_FIXED, RESOURCE_EXHAUSTED TOO_MANY_QUEUES.
  virtual absl::StatusOr<Queue> PutQueue(const Queue& queue) = 0;
};

}  // namespace hotline::acd
