#include "services/analytics/domain/brief.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "libs/base/error.h"
#include "services/analytics/domain/errors.h"

namespace hotline::analytics {
namespace {

using GroupSums = std::map<std::vector<std::string>, Sums>;

double Value(const Sums& sums, Sum sum) {
  const auto found = sums.find(sum);
  return found == sums.end() ? 0 : found->second;
}

std::vector<BriefRow> Joined(const GroupSums& now, const GroupSums& before) {
  std::map<std::string, BriefRow> rows;
  for (const auto& [group, sums] : now) rows[group[0]].now = sums;
  for (const auto& [group, sums] : before) rows[group[0]].before = sums;
  std::vector<BriefRow> joined;
  for (auto& [key, row] : rows) {
    if (key.empty()) continue;
    row.key = key;
    joined.push_back(std::move(row));
  }
  return joined;
}

}  // namespace

double BriefRow::Created(bool earlier) const { return Value(earlier ? before : now, Sum::kTicketsCreated); }

absl::StatusOr<BriefDays> DaysOf(BriefPeriod period, std::string_view date, absl::CivilDay today) {
  absl::CivilDay day;
  if (!date.empty() && (date.size() != 10 || !absl::ParseCivilTime(absl::string_view(date.data(), date.size()), &day)))
    return errors::BadPeriod("date", "BAD_FORMAT", "must be a day like 2026-11-20");
  if (!date.empty() && day > today) return errors::BadPeriod("date", "IN_THE_FUTURE", "must not be after today");
  BriefDays days;
  if (period == BriefPeriod::kWeek) {
    const auto monday = [](absl::CivilDay any) { return any - static_cast<int>(absl::GetWeekday(any)); };
    static_assert(static_cast<int>(absl::Weekday::monday) == 0);
    days.first = date.empty() ? monday(today) - 7 : monday(day);
    days.end = days.first + 7;
    days.before = days.first - 7;
  } else {
    const absl::CivilMonth month = date.empty() ? absl::CivilMonth(today) - 1 : absl::CivilMonth(day);
    days.first = absl::CivilDay(month);
    days.end = absl::CivilDay(month + 1);
    days.before = absl::CivilDay(month - 1);
  }
  return days;
}

std::vector<BriefRow> Rank(const GroupSums& now, const GroupSums& before, size_t most) {
  std::vector<BriefRow> rows = Joined(now, before);
  std::stable_sort(rows.begin(), rows.end(), [](const BriefRow& a, const BriefRow& b) {
    return std::pair(a.Created(), a.Created(true)) > std::pair(b.Created(), b.Created(true));
  });
  if (rows.size() > most) rows.resize(most);
  return rows;
}

std::vector<BriefRow> Hot(const GroupSums& now, const GroupSums& before) {
  std::vector<BriefRow> rows = Joined(now, before);
  std::erase_if(rows, [](const BriefRow& row) { return row.Created() < kHotLeast || row.Created() < (1 + kHotGrowth) * row.Created(true); });
  std::stable_sort(rows.begin(), rows.end(),
                   [](const BriefRow& a, const BriefRow& b) { return a.Created() - a.Created(true) > b.Created() - b.Created(true); });
  constexpr size_t kHotTopics = 5;
  if (rows.size() > kHotTopics) rows.resize(kHotTopics);
  return rows;
}

std::string Compared(double now, double before, std::string_view unit) {
  const absl::string_view of(unit.data(), unit.size());
  if (now == before) return "持平";
  const std::string change = absl::StrFormat("%s%.0f%s", now > before ? "增加" : "减少", std::abs(now - before), of);
  if (before == 0) return change;
  return absl::StrFormat("%s（%+.1f%%）", change, (now - before) / before * 100);
}

std::string Percent(const std::optional<double>& share) { return share ? absl::StrFormat("%.1f%%", *share * 100) : "—"; }

std::string PointsCompared(const std::optional<double>& now, const std::optional<double>& before) {
  if (!now || !before) return "";
  const double points = std::round((*now - *before) * 1000) / 10;
  if (points == 0) return "持平";
  return absl::StrFormat("%s%.1f个百分点", points > 0 ? "上升" : "下降", std::abs(points));
}

}  // namespace hotline::analytics
