// Working-time arithmetic over a city's calendar: weekly hours, public holidays and make-up working days (调休).
//
// Pure: no clock, no I/O. A Calendar is immutable after Create, so any number of threads may read one; it is cheap to
// move and is usually held by shared_ptr<const Calendar>.
//
// Rules that hold everywhere below:
//  - A working day is a local calendar day that has working hours. A holiday has none, whatever the weekly hours say; a
//    make-up day has the calendar's make-up hours, whatever the weekday.
//  - Spans are half open: 17:30 itself is outside 13:30–17:30.
//  - Where several instants would do (the end of a span and the start of the next are the same working time apart), the
//    earliest is returned, so a limit that is used up at 12:00 ends at 12:00 and not after lunch.
//  - Local times that a clock change skips or repeats resolve as absl::FromCivil does; durations are real elapsed time.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

namespace hotline::calendar {

// Between these years every question is answered from a table made by Create, in a few dozen nanoseconds; outside of them
// days are walked one by one, with the same answers.
inline constexpr int kFirstTableYear = 2015;
inline constexpr int kLastTableYear = 2045;

// Limits on what Create accepts; they also bound every search below.
inline constexpr int kMaxShiftsPerDay = 8;
inline constexpr size_t kMaxDays = 5000;
inline constexpr int kMinutesPerDay = 24 * 60;
// The State Council moves at least this many days a year; fewer `off` days than this are local ones, not a notice.
inline constexpr int kMinNoticeDays = 7;

// A piece of a working day in minutes of local time since midnight, [start, end); end may be 1440.
struct Shift {
  int start_minute = 0;
  int end_minute = 0;
  friend bool operator==(const Shift&, const Shift&) = default;
};

enum class DayKind { kOff, kWork };

// A day that differs from what its weekday says.
struct Day {
  absl::CivilDay date;
  DayKind kind = DayKind::kOff;
  std::string name;
};

struct Spec {
  absl::TimeZone zone;
  std::array<std::vector<Shift>, 7> weekly;  // Index 0 is Monday.
  std::vector<Shift> make_up;                // Hours of `work` days; empty: those of the first weekday that has hours.
  std::vector<Day> days;
};

// 08:30–12:00 and 13:30–17:30, Monday to Friday: what most city offices keep.
std::array<std::vector<Shift>, 7> OfficeWeek();

enum class DayEnd {
  kSameTime,   // The same local time on the n-th working day, moved into that day's hours.
  kEndOfDay,   // The end of the n-th working day's last shift.
};

class Calendar {
 public:
  // INVALID_ARGUMENT names the part that is wrong: no hours in any week, shifts that overlap, a date given twice.
  static absl::StatusOr<Calendar> Create(Spec spec);

  const absl::TimeZone& zone() const { return spec_.zone; }
  const Spec& spec() const { return spec_; }

  absl::CivilDay LocalDay(absl::Time t) const { return absl::ToCivilDay(t, spec_.zone); }
  bool IsWorkingDay(absl::CivilDay day) const { return !ShiftsOf(day).empty(); }
  bool IsWorkingTime(absl::Time t) const;
  // Between the opening and the closing of a working day, the midday break included.
  bool IsWithinWorkingDay(absl::Time t) const;

  // True if the year's holidays are known. Without a notice the year falls back to the weekly hours alone, which callers
  // must show: every due time that rests on such a year is provisional.
  bool HasNotice(int64_t year) const { return notice_years_.count(year) > 0; }
  // The first year without a notice that the time from `a` to `b` touches.
  std::optional<int64_t> FirstYearWithoutNotice(absl::Time a, absl::Time b) const;

  // `t` if it is working time, otherwise the next opening.
  absl::Time NextWorkingTime(absl::Time t) const;
  // The earliest instant by which `d` (>= 0) of working time has passed since `t`; `t` itself for zero.
  absl::Time AddWorkingDuration(absl::Time t, absl::Duration d) const;
  // The latest instant from which `d` (>= 0) of working time passes until `t`; `t` itself for zero. So 1 h before 09:30 is the
  // opening at 08:30 and not the closing of the day before.
  absl::Time SubtractWorkingDuration(absl::Time t, absl::Duration d) const;
  // Working time from `a` to `b`; negative if `b` is earlier. Both must be finite.
  absl::Duration WorkingDurationBetween(absl::Time a, absl::Time b) const;
  // The n-th (>= 1) working day after `t`. kEndOfDay does not count the local day of `t` itself, as the law counts days;
  // kSameTime adds whole working days to the next working time at or after `t`.
  absl::Time AddWorkingDays(absl::Time t, int n, DayEnd end) const;
  // The close of the working day `t` lies in or before; after closing, that of the next working day.
  absl::Time WorkingDayEnd(absl::Time t) const;
  // `minute` of local time on the first working day that opens after `t`.
  absl::Time NextWorkingDayAt(absl::Time t, int minute) const;

  // The hours of an ordinary working day: of the first weekday that has any. What "one working day" means when time is told.
  absl::Duration WorkingDayLength() const;

  // Natural time: the same local time `n` days later.
  absl::Time AddNaturalDays(absl::Time t, int n) const;

 private:
  struct Span {
    absl::Time start;
    absl::Time end;
    absl::Duration before;  // Working time of the table before it.
  };
  struct Table {
    absl::Time start, end;           // What lies in [start, end] is answered by the table.
    absl::Duration total;
    std::vector<Span> spans;         // In order; none is empty.
    std::vector<absl::CivilDay> days;  // Working days, in order.
  };

  explicit Calendar(Spec spec);
  const std::vector<Shift>& ShiftsOf(absl::CivilDay day) const;
  Span SpanOf(absl::CivilDay day, const Shift& shift) const;
  absl::Time At(absl::CivilDay day, int minute) const;
  absl::CivilDay NextWorkingDay(absl::CivilDay day) const;  // The first working day at or after `day`.
  absl::Time Opening(absl::CivilDay day) const;
  absl::Time Closing(absl::CivilDay day) const;

  void MakeTable();
  bool InTable(absl::Time t) const { return table_.start <= t && t <= table_.end; }
  absl::Duration WorkingSince(absl::Time t) const;   // Working time from the table's start to `t`, which is in it.
  absl::Time WalkForward(absl::Time t, absl::Duration d) const;
  absl::Time WalkBack(absl::Time t, absl::Duration d) const;
  absl::Duration WalkBetween(absl::Time a, absl::Time b) const;
  // The n-th working day after `day`.
  absl::CivilDay WorkingDayAfter(absl::CivilDay day, int n) const;

  Spec spec_;
  std::map<absl::CivilDay, DayKind> kinds_;
  std::set<int64_t> notice_years_;
  Table table_;
};

}  // namespace hotline::calendar
