// Published flows in memory, so that a call begins without the database. Refreshed at start, at publishing, and regularly for
// what other replicas publish. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "services/ivr/domain/flow.h"
#include "services/ivr/store.h"

namespace hotline::ivr {

inline constexpr absl::Duration kFlowRefresh = absl::Seconds(5);
inline constexpr size_t kMaxOldFlows = 50;  // versions kept for calls that resume

struct PublishedFlow {
  std::string flow_id;
  int version = 0;
  std::shared_ptr<const Flow> flow;
};

class FlowCache {
 public:
  explicit FlowCache(Store& store) : store_(store) {}

  // Reads what is published. Blocking.
  absl::Status Refresh();
  // The flow for a dialled number: one that names it, or one for "*". FAILED_PRECONDITION "NO_FLOW".
  absl::StatusOr<PublishedFlow> ForLine(const std::string& called_number) const;
  // One version, for a call that resumes; from memory only. NOT_FOUND when it was not seen before.
  absl::StatusOr<PublishedFlow> Version(const std::string& flow_id, int version) const;
  // As Version, but asks the database. Blocking.
  absl::StatusOr<PublishedFlow> Load(const std::string& flow_id, int version);

 private:
  Store& store_;
  mutable std::mutex mutex_;
  std::map<std::string, PublishedFlow> current_;
  std::map<std::pair<std::string, int>, PublishedFlow> known_;
};

}  // namespace hotline::ivr
