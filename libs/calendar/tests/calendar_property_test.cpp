// What must hold for every time and every calendar, on many drawn ones. The seed is fixed, so a failure repeats.
#include <random>

#include "libs/calendar/tests/calendar_fixture.h"

namespace hotline::calendar {
namespace {

constexpr int kCases = 3000;

Calendar Drawn(std::mt19937& random, const std::string& zone) {
  Spec spec{Zone(zone), {}, {}, zone == "Asia/Shanghai" ? ChinaDays() : std::vector<Day>{}};
  std::uniform_int_distribution<int> minute(0, kMinutesPerDay);
  for (auto& day : spec.weekly) {
    std::set<int> edges;
    const int count = 2 * std::uniform_int_distribution<int>(0, 3)(random);
    while (static_cast<int>(edges.size()) < count) edges.insert(minute(random));
    for (auto it = edges.begin(); it != edges.end();) {
      const int start = *it++;
      day.push_back({start, *it++});
    }
  }
  spec.weekly[0] = {{540, 720}, {780, 1020}};
  auto calendar = Calendar::Create(spec);
  REQUIRE(calendar.ok());
  return *std::move(calendar);
}

// Each property is checked on the instants themselves and not by CHECK per case, which would dominate the run.
void CheckProperties(const Calendar& calendar, std::mt19937& random, int cases) {
  std::uniform_int_distribution<int64_t> second(absl::ToUnixSeconds(absl::FromUnixSeconds(1735689600)), 1830297600);  // 2025 to 2027
  std::uniform_int_distribution<int> length(0, 200 * 3600);
  for (int i = 0; i < cases; ++i) {
    const absl::Time t = absl::FromUnixSeconds(second(random));
    const absl::Time u = t + absl::Seconds(length(random));
    const absl::Duration d = absl::Seconds(length(random));
    const absl::Time added = calendar.AddWorkingDuration(t, d);
    INFO(t << " " << u << " " << d);
    if (calendar.WorkingDurationBetween(t, added) != d) FAIL("between(t, add(t, d)) is d");
    if (d > absl::ZeroDuration() && calendar.WorkingDurationBetween(t, added - absl::Seconds(1)) >= d) FAIL("the earliest such time");
    if (calendar.AddWorkingDuration(u, d) < added) FAIL("a later start is not due earlier");
    if (calendar.AddWorkingDuration(t, d + absl::Minutes(7)) < added) FAIL("a longer limit is not due earlier");
    const absl::Duration half = d / 2;
    if (calendar.AddWorkingDuration(calendar.AddWorkingDuration(t, half), d - half) != added) FAIL("adding in two parts is the same");
    if (calendar.WorkingDurationBetween(u, t) != -calendar.WorkingDurationBetween(t, u)) FAIL("between is antisymmetric");
    if (calendar.WorkingDurationBetween(t, u) > u - t) FAIL("working time is part of natural time");
    const absl::Time next = calendar.NextWorkingTime(t);
    if (next < t || !calendar.IsWorkingTime(next) || calendar.WorkingDurationBetween(t, next) != absl::ZeroDuration()) FAIL("next working time");
    const int n = 1 + i % 20;
    for (DayEnd end : {DayEnd::kSameTime, DayEnd::kEndOfDay}) {
      const absl::Time due = calendar.AddWorkingDays(t, n, end);
      if (due <= t) FAIL("a limit lies in the future");
      if (calendar.AddWorkingDays(t, n + 1, end) <= due) FAIL("more days are later");
      if (calendar.AddWorkingDays(u, n, end) < due) FAIL("a later start is not due earlier, in days");
      if (!calendar.IsWorkingDay(calendar.LocalDay(due - absl::Seconds(1)))) FAIL("days end on working days");
    }
    if (calendar.WorkingDayEnd(t) <= t) FAIL("a working day ends later");
  }
}

TEST_CASE("arithmetic holds together in a zone without clock changes") {
  std::mt19937 random(20260214);
  CheckProperties(China(), random, kCases);
  for (int i = 0; i < 20; ++i) CheckProperties(Drawn(random, "Asia/Shanghai"), random, kCases / 20);
}

TEST_CASE("arithmetic holds together in zones with clock changes") {
  std::mt19937 random(20251001);
  for (const char* zone : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}) {
    for (int i = 0; i < 10; ++i) CheckProperties(Drawn(random, zone), random, kCases / 10);
  }
}

}  // namespace
}  // namespace hotline::calendar
