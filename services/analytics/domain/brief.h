// What a brief says (TKT-20): its period, and the sums of it and of the one before, put in order. Pure; plain values.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/analytics/domain/figures.h"

namespace hotline::analytics {

inline constexpr size_t kBriefRows = 10;      // of a table or chart
inline constexpr double kHotGrowth = 0.2;     // a topic is hot if it grew by so much
inline constexpr double kHotLeast = 3;        // and has so many tickets

enum class BriefPeriod { kWeek = 1, kMonth = 2 };

struct BriefDays {
  absl::CivilDay first = {};
  absl::CivilDay end = {};     // exclusive
  absl::CivilDay before = {};  // first day of the period before
};
// The period in which the day lies; without one the last that is over. INVALID_ARGUMENT naming date: BAD_FORMAT, IN_THE_FUTURE.
absl::StatusOr<BriefDays> DaysOf(BriefPeriod period, std::string_view date, absl::CivilDay today);

// One value of a grouping in both periods.
struct BriefRow {
  std::string key = {};
  Sums now = {};
  Sums before = {};
  double Created(bool earlier = false) const;
};
// Rows of both periods, most tickets first; rows without a key are left out, beyond kBriefRows too.
std::vector<BriefRow> Rank(const std::map<std::vector<std::string>, Sums>& now, const std::map<std::vector<std::string>, Sums>& before, size_t most = kBriefRows);
// Those that grew most, by the rule above.
std::vector<BriefRow> Hot(const std::map<std::vector<std::string>, Sums>& now, const std::map<std::vector<std::string>, Sums>& before);

// "增加12件（+30.0%）", "减少3件（-7.5%）", "持平".
std::string Compared(double now, double before, std::string_view unit);
// "95.3%", "—" if there is nothing to divide by.
std::string Percent(const std::optional<double>& share);
// "上升2.1个百分点", "下降0.4个百分点", "持平"; empty if either is unknown.
std::string PointsCompared(const std::optional<double>& now, const std::optional<double>& before);

}  // namespace hotline::analytics
