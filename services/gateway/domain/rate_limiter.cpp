#include "services/gateway/domain/rate_limiter.h"

#include <algorithm>

namespace hotline::gateway {

absl::Duration RateLimiter::Take(const std::string& key, absl::Time now) {
  if (limit_.per_second <= 0) return absl::ZeroDuration();
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= max_keys_) {
      buckets_.erase(order_.front().key);
      order_.pop_front();
    }
    order_.push_back({key, limit_.burst, now});
    found = buckets_.emplace(key, std::prev(order_.end())).first;
  } else {
    order_.splice(order_.end(), order_, found->second);
  }
  Bucket& bucket = *found->second;
  // A clock that was set back gives nothing and takes nothing.
  const double passed = std::max(0.0, absl::ToDoubleSeconds(now - bucket.time));
  bucket.tokens = std::min(limit_.burst, bucket.tokens + passed * limit_.per_second);
  bucket.time = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return absl::ZeroDuration();
  }
  return absl::Seconds((1 - bucket.tokens) / limit_.per_second);
}

}  // namespace hotline::gateway
