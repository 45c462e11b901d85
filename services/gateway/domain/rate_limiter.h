// Token buckets by key (an address, a user). The table is bounded: the key that was idle longest goes first. Not
// thread-safe: used on one executor.
#pragma once

#include <absl/time/time.h>

#include <list>
#include <string>
#include <unordered_map>

namespace hotline::gateway {

struct RateLimit {
  double per_second = 0;  // tokens that come back; 0 means no limit
  double burst = 0;       // tokens a bucket holds
};

class RateLimiter {
 public:
  RateLimiter(RateLimit limit, size_t max_keys) : limit_(limit), max_keys_(max_keys) {}

  // Zero if a token was taken, else how long until there is one.
  absl::Duration Take(const std::string& key, absl::Time now);
  size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::string key;
    double tokens;
    absl::Time time;
  };
  using Order = std::list<Bucket>;  // longest idle first

  const RateLimit limit_;
  const size_t max_keys_;
  Order order_;
  std::unordered_map<std::string, Order::iterator> buckets_;
};

}  // namespace hotline::gateway
