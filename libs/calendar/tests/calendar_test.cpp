#include "libs/calendar/tests/calendar_fixture.h"

namespace hotline::calendar {
namespace {

TEST_CASE("known holidays and make-up days of the notices") {
  const Calendar china = China();
  CHECK_FALSE(china.IsWorkingDay(absl::CivilDay(2025, 10, 1)));
  CHECK_FALSE(china.IsWorkingDay(absl::CivilDay(2025, 10, 8)));
  CHECK(china.IsWorkingDay(absl::CivilDay(2025, 10, 9)));
  CHECK(china.IsWorkingDay(absl::CivilDay(2025, 9, 28)));   // Sunday, made up
  CHECK(china.IsWorkingDay(absl::CivilDay(2025, 10, 11)));  // Saturday, made up
  CHECK_FALSE(china.IsWorkingDay(absl::CivilDay(2025, 10, 12)));
  CHECK(china.IsWorkingDay(absl::CivilDay(2026, 2, 14)));  // Saturday before Spring Festival 2026
  CHECK(china.IsWorkingDay(absl::CivilDay(2026, 2, 28)));  // Saturday after it
  for (int day = 15; day <= 23; ++day) CHECK_FALSE(china.IsWorkingDay(absl::CivilDay(2026, 2, day)));
  CHECK(china.IsWorkingDay(absl::CivilDay(2026, 2, 24)));
}

TEST_CASE("a year without a notice falls back to weekends and says so") {
  const Calendar china = China();
  CHECK_FALSE(china.HasNotice(2006));  // Two late-December days of 2006 belong to the notice of 2007.
  for (int year = 2007; year <= 2026; ++year) CHECK(china.HasNotice(year));
  CHECK_FALSE(china.HasNotice(2027));
  CHECK(china.IsWorkingDay(absl::CivilDay(2027, 1, 1)));  // A Friday; it will be a holiday once the notice is known.
  CHECK_FALSE(china.IsWorkingDay(absl::CivilDay(2027, 1, 2)));
  const absl::Time december = At(china, "2026-12-30 10:00");
  CHECK_FALSE(china.FirstYearWithoutNotice(december, december + absl::Hours(24)));
  CHECK(china.FirstYearWithoutNotice(december, december + absl::Hours(72)) == 2027);
}

TEST_CASE("adding working time") {
  const Calendar china = China();
  struct Case {
    const char* start;
    int minutes;
    const char* due;
  };
  const Case cases[] = {
      {"2026-03-02 09:00", 120, "2026-03-02 11:00"},
      {"2026-03-02 11:00", 120, "2026-03-02 14:30"},   // across the midday break
      {"2026-03-02 08:30", 210, "2026-03-02 12:00"},   // used up when the morning ends
      {"2026-03-02 12:30", 60, "2026-03-02 14:30"},    // started in the break
      {"2026-03-02 17:00", 60, "2026-03-03 09:00"},    // over night
      {"2026-03-06 17:00", 60, "2026-03-09 09:00"},    // over the weekend
      {"2025-09-30 17:00", 60, "2025-10-09 09:00"},    // over National Day 2025
      {"2025-10-10 17:00", 60, "2025-10-11 09:00"},    // Friday, then a make-up Saturday
      {"2026-02-13 17:00", 60, "2026-02-14 09:00"},    // make-up Saturday before Spring Festival
      {"2026-02-14 17:00", 60, "2026-02-24 09:00"},    // over Spring Festival 2026
      {"2026-02-18 03:00", 450, "2026-02-24 17:30"},   // a whole day from inside the holiday
      {"2026-03-02 09:00", 24 * 60, "2026-03-05 10:30"},  // 24 working hours are three days and more
      {"2026-03-01 05:00", 0, "2026-03-01 05:00"},
  };
  for (const Case& c : cases) {
    INFO(c.start << " + " << c.minutes << " min");
    CHECK(Text(china, china.AddWorkingDuration(At(china, c.start), absl::Minutes(c.minutes))) == c.due);
  }
}

TEST_CASE("adding working days") {
  const Calendar china = China();
  struct Case {
    const char* start;
    int days;
    const char* end_of_day;
    const char* same_time;
  };
  const Case cases[] = {
      {"2026-03-02 10:00", 1, "2026-03-03 17:30", "2026-03-03 10:00"},
      {"2026-03-06 10:00", 1, "2026-03-09 17:30", "2026-03-09 10:00"},
      {"2026-03-06 20:00", 1, "2026-03-09 17:30", "2026-03-10 08:30"},
      {"2026-03-07 10:00", 1, "2026-03-09 17:30", "2026-03-10 08:30"},
      {"2026-03-02 12:30", 1, "2026-03-03 17:30", "2026-03-03 13:30"},
      {"2025-09-28 10:00", 3, "2025-10-09 17:30", "2025-10-09 10:00"},
      {"2026-02-13 16:00", 2, "2026-02-24 17:30", "2026-02-24 16:00"},
      {"2026-02-13 16:00", 15, "2026-03-12 17:30", "2026-03-12 16:00"},
  };
  for (const Case& c : cases) {
    INFO(c.start << " + " << c.days << " working days");
    CHECK(Text(china, china.AddWorkingDays(At(china, c.start), c.days, DayEnd::kEndOfDay)) == c.end_of_day);
    CHECK(Text(china, china.AddWorkingDays(At(china, c.start), c.days, DayEnd::kSameTime)) == c.same_time);
  }
}

TEST_CASE("the same working day, and 10:00 of the next one") {
  const Calendar china = China();
  CHECK(Text(china, china.WorkingDayEnd(At(china, "2026-03-02 09:00"))) == "2026-03-02 17:30");
  CHECK(Text(china, china.WorkingDayEnd(At(china, "2026-03-02 17:30"))) == "2026-03-03 17:30");
  CHECK(Text(china, china.WorkingDayEnd(At(china, "2026-02-15 09:00"))) == "2026-02-24 17:30");
  CHECK(Text(china, china.NextWorkingDayAt(At(china, "2026-03-02 20:00"), 600)) == "2026-03-03 10:00");
  CHECK(Text(china, china.NextWorkingDayAt(At(china, "2026-03-03 02:00"), 600)) == "2026-03-03 10:00");
  CHECK(Text(china, china.NextWorkingDayAt(At(china, "2026-02-14 18:00"), 600)) == "2026-02-24 10:00");
  CHECK(china.IsWithinWorkingDay(At(china, "2026-03-02 12:30")));
  CHECK_FALSE(china.IsWorkingTime(At(china, "2026-03-02 12:30")));
  CHECK(china.IsWorkingTime(At(china, "2026-03-02 08:30")));
  CHECK_FALSE(china.IsWorkingTime(At(china, "2026-03-02 17:30")));
}

TEST_CASE("a day across a clock change has its real length") {
  Spec spec{Zone("Europe/Berlin"), {}, {}, {}};
  spec.weekly.fill({{0, kMinutesPerDay}});  // every hour of every day
  auto berlin = Calendar::Create(spec);
  REQUIRE(berlin.ok());
  // Clocks go forward on 2026-03-29 and back on 2026-10-25.
  CHECK(berlin->WorkingDurationBetween(At(*berlin, "2026-03-29 00:00"), At(*berlin, "2026-03-30 00:00")) == absl::Hours(23));
  CHECK(berlin->WorkingDurationBetween(At(*berlin, "2026-10-25 00:00"), At(*berlin, "2026-10-26 00:00")) == absl::Hours(25));
  CHECK(Text(*berlin, berlin->AddWorkingDuration(At(*berlin, "2026-03-28 12:00"), absl::Hours(24))) == "2026-03-29 13:00");
  CHECK(Text(*berlin, berlin->AddNaturalDays(At(*berlin, "2026-03-28 12:00"), 1)) == "2026-03-29 12:00");
}

TEST_CASE("what is wrong with a calendar is named") {
  const absl::TimeZone utc = absl::UTCTimeZone();
  CHECK(Calendar::Create({utc, {}, {}, {}}).status().code() == absl::StatusCode::kInvalidArgument);
  Spec overlap{utc, OfficeWeek(), {}, {}};
  overlap.weekly[2] = {{60, 120}, {100, 200}};
  CHECK_THAT(std::string(Calendar::Create(overlap).status().message()), Catch::Contains("weekly.wednesday"));
  Spec late{utc, OfficeWeek(), {{0, kMinutesPerDay + 1}}, {}};
  CHECK_THAT(std::string(Calendar::Create(late).status().message()), Catch::Contains("make_up"));
  Spec twice{utc, OfficeWeek(), {}, {{absl::CivilDay(2026, 1, 1), DayKind::kOff, ""}, {absl::CivilDay(2026, 1, 1), DayKind::kWork, ""}}};
  CHECK_THAT(std::string(Calendar::Create(twice).status().message()), Catch::Contains("days"));
}

}  // namespace
}  // namespace hotline::calendar
