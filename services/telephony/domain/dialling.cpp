#include "services/telephony/domain/dialling.h"

#include <algorithm>

#include "services/telephony/domain/limits.h"

namespace hotline::telephony {

bool MayDial(std::string_view number, const std::vector<std::string>& allowed_prefixes) {
  if (number.size() < kMinDialDigits || number.size() > kMaxDialDigits) return false;
  if (!std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  return std::any_of(allowed_prefixes.begin(), allowed_prefixes.end(), [&](const auto& prefix) { return number.starts_with(prefix); });
}

bool DialQuota::Take(const std::string& agent_id, absl::Time now) {
  auto& times = taken_[agent_id];
  while (!times.empty() && times.front() <= now - absl::Hours(1)) times.pop_front();
  if (times.size() >= static_cast<size_t>(per_hour_)) return false;
  times.push_back(now);
  return true;
}

}  // namespace hotline::telephony
