#include "services/analytics/domain/figures.h"

#include <absl/strings/numbers.h>

#include <algorithm>

#include "libs/base/error.h"
#include "services/analytics/domain/errors.h"

namespace hotline::analytics {
namespace {

bool IsTime(Grouping grouping) { return grouping == Grouping::kHour || grouping == Grouping::kDay; }

bool OfTickets(Grouping grouping) {
  return grouping == Grouping::kChannel || grouping == Grouping::kType || grouping == Grouping::kCategory ||
         grouping == Grouping::kUnit || grouping == Grouping::kArea;
}

std::string Element(std::string_view field, size_t index) {
  return std::string(field) + "[" + std::to_string(index) + "]";
}

absl::Status CheckPeriod(const Query& query) {
  if (query.to <= query.from) return errors::BadPeriod("to_time", "OUT_OF_RANGE", "after from_time");
  if (query.to - query.from > kMaxPeriod) return errors::BadPeriod("from_time", "OUT_OF_RANGE", "a period of at most five years");
  const bool hourly = std::find(query.groupings.begin(), query.groupings.end(), Grouping::kHour) != query.groupings.end();
  if (hourly && query.to - query.from > kMaxHourlyPeriod) {
    return errors::BadPeriod("from_time", "OUT_OF_RANGE", "by the hour a period of at most 92 days");
  }
  return absl::OkStatus();
}

absl::Status CheckGroupings(const Asked& asked, Query& query) {
  if (asked.groupings.size() > kMaxGroupings) return errors::TooMany("group_by", kMaxGroupings);
  for (size_t i = 0; i < asked.groupings.size(); ++i) {
    const GroupingInfo* info = FindGrouping(asked.groupings[i]);
    if (info == nullptr) return errors::UnknownGrouping(Element("group_by", i));
    if (std::find(query.groupings.begin(), query.groupings.end(), info->grouping) != query.groupings.end()) {
      return errors::RepeatedGrouping(Element("group_by", i));
    }
    query.groupings.push_back(info->grouping);
  }
  return absl::OkStatus();
}

// The first grouping by which the measure cannot be split.
const GroupingInfo* Obstacle(const Measure& measure, const std::vector<Grouping>& groupings) {
  for (const GroupingInfo& info : Groupings()) {
    const bool asked = std::find(groupings.begin(), groupings.end(), info.grouping) != groupings.end();
    if (asked && !measure.Allows(info.grouping)) return &info;
  }
  return nullptr;
}

absl::Status CheckMeasures(const Asked& asked, Query& query) {
  if (asked.measures.size() > kMaxMeasures) return errors::TooMany("measures", kMaxMeasures);
  for (size_t i = 0; i < asked.measures.size(); ++i) {
    const std::string field = Element("measures", i);
    const Measure* measure = FindMeasure(asked.measures[i]);
    if (measure == nullptr) return errors::UnknownMeasure(field);
    if (asked.units_only && !measure->OfUnits()) return errors::MeasureNotOfUnits(field, measure->name);
    if (const GroupingInfo* obstacle = Obstacle(*measure, query.groupings)) {
      return errors::MeasureNotBy(field, measure->name, obstacle->name);
    }
    const bool known = std::find(query.measures.begin(), query.measures.end(), measure) != query.measures.end();
    if (!known) query.measures.push_back(measure);
  }
  if (!asked.measures.empty()) return absl::OkStatus();
  for (const Measure& measure : Measures()) {
    const bool fits = !Obstacle(measure, query.groupings) && (!asked.units_only || measure.OfUnits());
    if (fits) query.measures.push_back(&measure);
  }
  return query.measures.empty() ? errors::NoMeasureFits() : absl::OkStatus();
}

}  // namespace

bool Measure::Allows(Grouping grouping) const {
  switch (source()) {
    case Source::kCalls:
      // A call that nobody answered has no agent.
      return IsTime(grouping) || grouping == Grouping::kQueue || (grouping == Grouping::kAgent && needs_agent);
    case Source::kTickets: return IsTime(grouping) || OfTickets(grouping) || grouping == Grouping::kAgent;
    case Source::kOpen: return OfTickets(grouping);  // As of now: it has no hour.
    case Source::kSteps: {
      const bool callback = numerator >= Sum::kCallbacks && numerator <= Sum::kCallbacksSatisfied;
      return IsTime(grouping) || OfTickets(grouping) || (grouping == Grouping::kAgent && callback);
    }
    case Source::kClocks: return IsTime(grouping) || OfTickets(grouping);
    case Source::kMessages: return IsTime(grouping);
    case Source::kRatings:
    case Source::kAgentTime: return IsTime(grouping) || grouping == Grouping::kAgent;
  }
  return false;
}

bool Measure::OfUnits() const { return Allows(Grouping::kUnit); }

const Measure* FindMeasure(std::string_view name) {
  const auto all = Measures();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Measure& measure) { return measure.name == name; });
  return found == all.end() ? nullptr : &*found;
}

const GroupingInfo* FindGrouping(std::string_view name) {
  const auto all = Groupings();
  const auto found = std::find_if(all.begin(), all.end(), [name](const GroupingInfo& info) { return info.name == name; });
  return found == all.end() ? nullptr : &*found;
}

absl::StatusOr<Query> Check(const Asked& asked, absl::Time now, absl::TimeZone zone) {
  Query query;
  query.from = asked.from.value_or(DayStart(now, zone));
  // At midnight itself today is not yet a period.
  query.to = asked.to.value_or(asked.from ? now : std::max(now, query.from + absl::Seconds(1)));
  HOTLINE_RETURN_IF_ERROR(CheckGroupings(asked, query));
  HOTLINE_RETURN_IF_ERROR(CheckPeriod(query));
  HOTLINE_RETURN_IF_ERROR(CheckMeasures(asked, query));
  return query;
}

absl::Time DayStart(absl::Time time, absl::TimeZone zone) {
  const absl::TimeZone::TimeInfo start = zone.At(absl::CivilSecond(absl::ToCivilDay(time, zone)));
  // Where clocks go forward at midnight the day begins after the gap.
  return start.kind == absl::TimeZone::TimeInfo::SKIPPED ? start.trans : start.pre;
}

std::optional<double> Compute(const Measure& measure, const Sums& sums) {
  const auto value = [&sums](Sum sum) {
    const auto found = sums.find(sum);
    return found == sums.end() ? 0.0 : found->second;
  };
  if (measure.denominator == Sum::kNone) return value(measure.numerator);
  const double divisor = value(measure.denominator);
  if (divisor == 0) return std::nullopt;
  return value(measure.numerator) / divisor;
}

double ComputeOr(std::string_view name, const Sums& sums, double otherwise) {
  const Measure* measure = FindMeasure(name);
  return measure == nullptr ? otherwise : Compute(*measure, sums).value_or(otherwise);
}

std::string GroupValue(Grouping grouping, const std::string& value, absl::TimeZone zone) {
  int64_t seconds = 0;
  if (!IsTime(grouping) || !absl::SimpleAtoi(value, &seconds)) return value;
  return absl::FormatTime(grouping == Grouping::kHour ? "%Y-%m-%dT%H:%M:%S%Ez" : "%Y-%m-%d", absl::FromUnixSeconds(seconds), zone);
}

}  // namespace hotline::analytics
