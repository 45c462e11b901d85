#include "libs/rpc/client.h"

#include <algorithm>

namespace hotline::rpc::internal {

Retry::Retry(const Context& context, const CallOptions& options) : options_(options) {
  const absl::Duration timeout = options.timeout > absl::ZeroDuration() ? options.timeout : kDefaultCallTimeout;
  deadline_ = std::min(context.deadline(), absl::Now() + timeout);
}

bool Retry::Again(const absl::Status& status) {
  if (!options_.idempotent || status.code() != absl::StatusCode::kUnavailable || ++attempts_ >= kMaxCallAttempts) return false;
  delay_ = std::clamp(delay_ * 2, kRetryMin, kRetryMax);
  return absl::Now() + delay_ < deadline_;
}

CallOptions Retry::options() const {
  CallOptions options = options_;
  options.timeout = std::max(absl::Milliseconds(1), deadline_ - absl::Now());
  return options;
}

}  // namespace hotline::rpc::internal
