// Shared by the calendar's tests: the real holiday file, and times written as people write them.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/calendar/calendar.h"

namespace hotline::calendar {

inline absl::TimeZone Zone(const std::string& name) {
  absl::TimeZone zone;
  REQUIRE(absl::LoadTimeZone(name, &zone));
  return zone;
}

inline std::vector<Day> ChinaDays() {
  std::ifstream file(std::string(HOTLINE_SOURCE_DIR) + "/deploy/demo/data/china-holidays.csv");
  REQUIRE(file.good());
  std::vector<Day> days;
  std::string line;
  std::getline(file, line);  // The heading.
  while (std::getline(file, line)) {
    Day day;
    REQUIRE(absl::ParseCivilTime(line.substr(0, 10), &day.date));
    day.kind = line.substr(11, 3) == "off" ? DayKind::kOff : DayKind::kWork;
    days.push_back(day);
  }
  REQUIRE(days.size() > 500);
  return days;
}

inline Calendar China() {
  auto calendar = Calendar::Create({Zone("Asia/Shanghai"), OfficeWeek(), {}, ChinaDays()});
  REQUIRE(calendar.ok());
  return *std::move(calendar);
}

// "2026-02-14 09:00", seconds optional.
inline absl::Time At(const Calendar& calendar, const std::string& local) {
  absl::Time t;
  std::string error;
  const bool ok = absl::ParseTime(local.size() > 16 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M", local, calendar.zone(), &t, &error);
  INFO(local << ": " << error);
  REQUIRE(ok);
  return t;
}

inline std::string Text(const Calendar& calendar, absl::Time t) { return absl::FormatTime("%Y-%m-%d %H:%M", t, calendar.zone()); }

}  // namespace hotline::calendar
