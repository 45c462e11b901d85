// What agents and flows may dial (toll fraud): which numbers, and how often. DialQuota is used by one thread.
#pragma once

#include <absl/time/time.h>

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hotline::telephony {

// Digits only, of a length that numbers have, and beginning with one of the allowed prefixes.
bool MayDial(std::string_view number, const std::vector<std::string>& allowed_prefixes);

// At most `per_hour` calls of one agent in any hour.
class DialQuota {
 public:
  explicit DialQuota(int per_hour) : per_hour_(per_hour) {}
  bool Take(const std::string& agent_id, absl::Time now);

 private:
  const int per_hour_;
  std::unordered_map<std::string, std::deque<absl::Time>> taken_;
};

}  // namespace hotline::telephony
