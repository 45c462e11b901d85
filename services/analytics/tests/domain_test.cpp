// The registry and the arithmetic of figures (ANA-1, ACD-7).
#include <catch2/catch.hpp>

#include <set>

#include "libs/base/error.h"
#include "services/analytics/domain/figures.h"

namespace hotline::analytics {
namespace {

absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  return zone;
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  REQUIRE(absl::ParseTime(absl::RFC3339_full, text, &time, &error));
  return time;
}

const absl::Time kNow = absl::FromUnixSeconds(1'772'420'400);  // 2026-03-02 11:00 in Shanghai

absl::StatusOr<Query> Ask(std::vector<std::string> measures, std::vector<std::string> groupings, bool units_only = false) {
  return Check({.measures = std::move(measures), .groupings = std::move(groupings), .units_only = units_only}, kNow, Zone("Asia/Shanghai"));
}

// "measures[1] NOT_BY_GROUPING" of a refusal.
std::string Fault(const absl::StatusOr<Query>& query) {
  const auto violations = base::FieldViolations(query.status());
  return violations.size() == 1 ? violations[0].field + " " + violations[0].reason : std::string(query.status().message());
}

TEST_CASE("ANA-1: every measure is complete and takes its sums from one source") {
  std::set<std::string_view> names;
  for (const Measure& measure : Measures()) {
    INFO(measure.name);
    CHECK(names.insert(measure.name).second);
    CHECK_FALSE(measure.title.empty());
    CHECK_FALSE(measure.title_en.empty());
    CHECK(measure.definition.ends_with("."));
    CHECK(measure.numerator != Sum::kNone);
    if (measure.denominator != Sum::kNone) CHECK(SourceOf(measure.denominator) == measure.source());
    CHECK((!measure.ratio || measure.denominator != Sum::kNone));
    CHECK(FindMeasure(measure.name) == &measure);
  }
  for (const GroupingInfo& grouping : Groupings()) CHECK(FindGrouping(grouping.name) == &grouping);
  CHECK(FindMeasure("calls") == nullptr);
}

TEST_CASE("ANA-1: ratios are of the sums, and of nothing there is none") {
  const Measure& rate = *FindMeasure("connect_rate");
  CHECK(Compute(rate, {{Sum::kCallsConnected, 19}, {Sum::kCallsRequested, 20}}) == 0.95);
  CHECK(Compute(rate, {{Sum::kCallsRequested, 20}}) == 0.0);
  CHECK_FALSE(Compute(rate, {}).has_value());
  CHECK(ComputeOr("connect_rate", {}, -1) == -1);
  CHECK(Compute(*FindMeasure("calls_offered"), {}) == 0.0);
  CHECK(Compute(*FindMeasure("average_wait_seconds"), {{Sum::kCallsWaitSeconds, 30}, {Sum::kCallsConnected, 4}}) == 7.5);
}

TEST_CASE("ANA-1: what makes no sense is refused and the field is named") {
  CHECK(Fault(Ask({"calls_offered", "calls"}, {})) == "measures[1] UNKNOWN");
  CHECK(Fault(Ask({"calls_offered"}, {"hour", "weekday"})) == "group_by[1] UNKNOWN");
  CHECK(Fault(Ask({"calls_offered"}, {"hour", "hour"})) == "group_by[1] REPEATED");
  CHECK(Fault(Ask({"tickets_created"}, {"hour", "type", "unit", "area"})) == "group_by TOO_MANY");
  CHECK(Fault(Ask({"tickets_created", "calls_offered"}, {"type"})) == "measures[1] NOT_BY_GROUPING");
  CHECK(Fault(Ask({"calls_abandoned"}, {"agent"})) == "measures[0] NOT_BY_GROUPING");
  CHECK(Fault(Ask({"tickets_open"}, {"day"})) == "measures[0] NOT_BY_GROUPING");
  CHECK(Fault(Ask({"tickets_created"}, {"queue"})) == "measures[0] NOT_BY_GROUPING");
  CHECK(Fault(Ask({"calls_offered"}, {}, true)) == "measures[0] NOT_BY_UNIT");
  CHECK(Fault(Ask({}, {"queue", "unit"})) == "group_by NOT_BY_GROUPING");
  CHECK(Ask({"calls_connected", "answered_in_15s_rate"}, {"hour", "queue", "agent"}).ok());
  CHECK(Ask({"tickets_created", "on_time_rate", "satisfied_rate"}, {"day", "unit", "type"}).ok());
}

TEST_CASE("ANA-1: no measure named means all that fit") {
  CHECK(Ask({}, {})->measures.size() == Measures().size());
  const auto by_unit = Ask({}, {"unit"}), by_queue = Ask({}, {"queue"}), of_units = Ask({}, {}, true);
  for (const Measure* measure : by_unit->measures) CHECK(measure->OfUnits());
  for (const Measure* measure : by_queue->measures) CHECK(measure->source() == Source::kCalls);
  for (const Measure* measure : of_units->measures) CHECK(measure->OfUnits());
}

TEST_CASE("ANA-1: the period is today of the city's zone unless it is told") {
  const absl::TimeZone shanghai = Zone("Asia/Shanghai");
  const auto today = Check({}, At("2026-03-02T15:59:59Z"), shanghai);
  CHECK(today->from == At("2026-03-02T00:00:00+08:00"));
  CHECK(today->to == At("2026-03-02T15:59:59Z"));
  const auto midnight = Check({}, At("2026-03-02T16:00:00Z"), shanghai);
  CHECK(midnight->from == At("2026-03-03T00:00:00+08:00"));
  CHECK(midnight->to > midnight->from);
  CHECK(Fault(Check({.from = kNow, .to = kNow}, kNow, shanghai)) == "to_time OUT_OF_RANGE");
  CHECK(Fault(Check({.from = kNow - kMaxPeriod - absl::Seconds(1), .to = kNow}, kNow, shanghai)) == "from_time OUT_OF_RANGE");
  CHECK(Fault(Check({.from = kNow - absl::Hours(24 * 100), .to = kNow, .groupings = {"hour"}}, kNow, shanghai)) == "from_time OUT_OF_RANGE");
}

TEST_CASE("ANA-1: days begin in the city's zone, also where clocks skip midnight") {
  CHECK(DayStart(At("2026-03-01T15:59:59Z"), Zone("Asia/Shanghai")) == At("2026-03-01T00:00:00+08:00"));
  CHECK(DayStart(At("2026-03-01T16:00:00Z"), Zone("Asia/Shanghai")) == At("2026-03-02T00:00:00+08:00"));
  // Beirut went from 00:00 to 01:00 on 2024-03-31.
  CHECK(DayStart(At("2024-03-31T09:00:00Z"), Zone("Asia/Beirut")) == At("2024-03-30T22:00:00Z"));
}

TEST_CASE("ANA-1: hours and days are told in the city's zone") {
  const absl::TimeZone shanghai = Zone("Asia/Shanghai");
  const std::string nine = std::to_string(absl::ToUnixSeconds(At("2026-03-02T09:00:00+08:00")));
  CHECK(GroupValue(Grouping::kHour, nine, shanghai) == "2026-03-02T09:00:00+08:00");
  CHECK(GroupValue(Grouping::kDay, nine, shanghai) == "2026-03-02");
  CHECK(GroupValue(Grouping::kUnit, "17", shanghai) == "17");
}

}  // namespace
}  // namespace hotline::analytics
