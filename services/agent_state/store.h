// What agent_state keeps. Implementations block and are thread-safe; the hub calls them on a pool.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "services/agent_state/domain/registry.h"

namespace hotline::agent_state {

// Which replica holds the states. Every write is refused to the others.
struct Lease {
  bool held = false;
  int64_t epoch = 0;
};

struct Saved {
  std::vector<Agent> agents;
  std::map<std::string, int64_t> epochs;  // by queue group
};

// Changes in the order in which they happened.
struct Batch {
  std::vector<Change> changes;
  std::map<std::string, int64_t> epochs;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<Lease> AcquireLease(const std::string& holder, absl::Duration ttl) = 0;
  virtual absl::Status ReleaseLease(const std::string& holder) = 0;
  virtual absl::StatusOr<Saved> Load() = 0;
  // Agents' rows and their AgentStateChanged events in one transaction. ABORTED when the lease is another's.
  virtual absl::Status Save(const Batch& batch, const std::string& holder, int64_t epoch) = 0;
};

}  // namespace hotline::agent_state
