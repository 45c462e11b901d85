#include "libs/calendar/calendar.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>

namespace hotline::calendar {
namespace {

const std::vector<Shift> kNoShifts;

absl::Status CheckShifts(const std::vector<Shift>& shifts, std::string_view field) {
  const std::string name(field);
  if (shifts.size() > static_cast<size_t>(kMaxShiftsPerDay)) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": at most ", kMaxShiftsPerDay, " shifts a day"));
  }
  int last_end = 0;
  for (const Shift& shift : shifts) {
    if (shift.start_minute < last_end || shift.end_minute <= shift.start_minute || shift.end_minute > kMinutesPerDay) {
      return absl::InvalidArgumentError(absl::StrCat(
          name, ": shifts must be in order, not overlap, and lie between minute 0 and ", kMinutesPerDay));
    }
    last_end = shift.end_minute;
  }
  return absl::OkStatus();
}

int WeekIndex(absl::CivilDay day) { return static_cast<int>(absl::GetWeekday(day)); }

static_assert(static_cast<int>(absl::Weekday::monday) == 0, "Spec::weekly is indexed by absl::Weekday");

// Days that the year's notice moved lie in the year itself; a few late-December ones belong to the next year's notice,
// so December says nothing about its own year.
std::set<int64_t> NoticeYears(const std::vector<Day>& days) {
  std::map<int64_t, int> off_days;
  for (const Day& day : days) {
    if (day.kind == DayKind::kOff && day.date.month() < 12) ++off_days[day.date.year()];
  }
  std::set<int64_t> years;
  for (const auto& [year, count] : off_days) {
    if (count >= kMinNoticeDays) years.insert(year);
  }
  return years;
}

}  // namespace

std::array<std::vector<Shift>, 7> OfficeWeek() {
  const std::vector<Shift> day = {{8 * 60 + 30, 12 * 60}, {13 * 60 + 30, 17 * 60 + 30}};
  return {day, day, day, day, day, {}, {}};
}

absl::StatusOr<Calendar> Calendar::Create(Spec spec) {
  static constexpr std::array<const char*, 7> kWeekdays = {"monday", "tuesday",  "wednesday", "thursday",
                                                           "friday", "saturday", "sunday"};
  const std::vector<Shift>* first = nullptr;
  for (size_t i = 0; i < spec.weekly.size(); ++i) {
    if (absl::Status s = CheckShifts(spec.weekly[i], absl::StrCat("weekly.", kWeekdays[i])); !s.ok()) return s;
    if (first == nullptr && !spec.weekly[i].empty()) first = &spec.weekly[i];
  }
  if (first == nullptr) return absl::InvalidArgumentError("weekly: no day of the week has working hours");
  if (absl::Status s = CheckShifts(spec.make_up, "make_up"); !s.ok()) return s;
  if (spec.make_up.empty()) spec.make_up = *first;
  if (spec.days.size() > kMaxDays) return absl::InvalidArgumentError(absl::StrCat("days: at most ", kMaxDays));
  Calendar calendar(std::move(spec));
  if (calendar.kinds_.size() != calendar.spec_.days.size()) {
    return absl::InvalidArgumentError("days: a date is given twice");
  }
  return calendar;
}

Calendar::Calendar(Spec spec) : spec_(std::move(spec)) {
  for (const Day& day : spec_.days) kinds_.emplace(day.date, day.kind);
  notice_years_ = NoticeYears(spec_.days);
  MakeTable();
}

void Calendar::MakeTable() {
  const absl::CivilDay first(kFirstTableYear, 1, 1), last(kLastTableYear, 12, 31);
  table_.start = table_.end = At(first, 0);
  for (absl::CivilDay day = first; day <= last; ++day) {
    const std::vector<Shift>& shifts = ShiftsOf(day);
    for (const Shift& shift : shifts) {
      Span span = SpanOf(day, shift);
      span.start = std::max(span.start, table_.end);  // Where a clock change makes spans meet, no instant counts twice.
      if (span.start >= span.end) continue;
      span.before = table_.total;
      table_.total += span.end - span.start;
      table_.end = span.end;
      table_.spans.push_back(span);
    }
    if (!shifts.empty()) table_.days.push_back(day);
  }
  table_.spans.shrink_to_fit();
  table_.days.shrink_to_fit();
}

absl::Duration Calendar::WorkingSince(absl::Time t) const {
  auto next = std::upper_bound(table_.spans.begin(), table_.spans.end(), t, [](absl::Time time, const Span& span) { return time < span.start; });
  if (next == table_.spans.begin()) return absl::ZeroDuration();
  const Span& span = *std::prev(next);
  return span.before + (std::min(t, span.end) - span.start);
}

const std::vector<Shift>& Calendar::ShiftsOf(absl::CivilDay day) const {
  if (auto it = kinds_.find(day); it != kinds_.end()) {
    return it->second == DayKind::kWork ? spec_.make_up : kNoShifts;
  }
  return spec_.weekly[WeekIndex(day)];
}

absl::Time Calendar::At(absl::CivilDay day, int minute) const {
  return absl::FromCivil(absl::CivilMinute(day) + minute, spec_.zone);
}

Calendar::Span Calendar::SpanOf(absl::CivilDay day, const Shift& shift) const {
  return {At(day, shift.start_minute), At(day, shift.end_minute), {}};
}

// Ends: some weekday has hours, and there are at most kMaxDays exceptions.
absl::CivilDay Calendar::NextWorkingDay(absl::CivilDay day) const {
  while (!IsWorkingDay(day)) ++day;
  return day;
}

absl::Time Calendar::Opening(absl::CivilDay day) const { return At(day, ShiftsOf(day).front().start_minute); }
absl::Time Calendar::Closing(absl::CivilDay day) const { return At(day, ShiftsOf(day).back().end_minute); }

bool Calendar::IsWorkingTime(absl::Time t) const {
  const absl::CivilDay day = LocalDay(t);
  return std::any_of(ShiftsOf(day).begin(), ShiftsOf(day).end(), [&](const Shift& shift) {
    const Span span = SpanOf(day, shift);
    return span.start <= t && t < span.end;
  });
}

bool Calendar::IsWithinWorkingDay(absl::Time t) const {
  const absl::CivilDay day = LocalDay(t);
  return IsWorkingDay(day) && Opening(day) <= t && t < Closing(day);
}

std::optional<int64_t> Calendar::FirstYearWithoutNotice(absl::Time a, absl::Time b) const {
  for (int64_t year = LocalDay(a).year(); year <= LocalDay(b).year(); ++year) {
    if (!HasNotice(year)) return year;
  }
  return std::nullopt;
}

absl::Time Calendar::NextWorkingTime(absl::Time t) const {
  for (absl::CivilDay day = NextWorkingDay(LocalDay(t));; day = NextWorkingDay(day + 1)) {
    for (const Shift& shift : ShiftsOf(day)) {
      const Span span = SpanOf(day, shift);
      if (t < span.end) return std::max(t, span.start);
    }
  }
}

absl::Time Calendar::AddWorkingDuration(absl::Time t, absl::Duration d) const {
  if (d <= absl::ZeroDuration()) return t;
  if (d == absl::InfiniteDuration() || t == absl::InfiniteFuture()) return absl::InfiniteFuture();
  if (!InTable(t)) return WalkForward(t, d);
  const absl::Duration target = WorkingSince(t) + d;
  if (target > table_.total) return WalkForward(t, d);
  // The first span by whose end the target has passed: the last one that begins before it.
  auto span = std::lower_bound(table_.spans.begin(), table_.spans.end(), target, [](const Span& s, absl::Duration w) { return s.before < w; });
  --span;
  return span->start + (target - span->before);
}

absl::Time Calendar::SubtractWorkingDuration(absl::Time t, absl::Duration d) const {
  if (d <= absl::ZeroDuration()) return t;
  if (d == absl::InfiniteDuration() || t == absl::InfinitePast()) return absl::InfinitePast();
  if (!InTable(t)) return WalkBack(t, d);
  const absl::Duration target = WorkingSince(t) - d;
  if (target < absl::ZeroDuration()) return WalkBack(t, d);
  // The last span that begins at or before the target.
  auto span = std::upper_bound(table_.spans.begin(), table_.spans.end(), target, [](absl::Duration w, const Span& s) { return w < s.before; });
  --span;
  return span->start + (target - span->before);
}

absl::Duration Calendar::WorkingDurationBetween(absl::Time a, absl::Time b) const {
  if (b < a) return -WorkingDurationBetween(b, a);
  if (InTable(a) && InTable(b)) return WorkingSince(b) - WorkingSince(a);
  return WalkBetween(a, b);
}

absl::Time Calendar::WalkForward(absl::Time t, absl::Duration d) const {
  for (absl::CivilDay day = NextWorkingDay(LocalDay(t));; day = NextWorkingDay(day + 1)) {
    for (const Shift& shift : ShiftsOf(day)) {
      const Span span = SpanOf(day, shift);
      const absl::Time from = std::max(t, span.start);
      if (from >= span.end) continue;
      if (d <= span.end - from) return from + d;
      d -= span.end - from;
    }
  }
}

// Ends as NextWorkingDay does: every week has hours.
absl::Time Calendar::WalkBack(absl::Time t, absl::Duration d) const {
  for (absl::CivilDay day = LocalDay(t);; --day) {
    const std::vector<Shift>& shifts = ShiftsOf(day);
    for (auto shift = shifts.rbegin(); shift != shifts.rend(); ++shift) {
      const Span span = SpanOf(day, *shift);
      const absl::Time to = std::min(t, span.end);
      if (to <= span.start) continue;
      if (d <= to - span.start) return to - d;
      d -= to - span.start;
    }
  }
}

absl::Duration Calendar::WalkBetween(absl::Time a, absl::Time b) const {
  absl::Duration sum;
  const absl::CivilDay last = LocalDay(b);
  for (absl::CivilDay day = LocalDay(a); day <= last; ++day) {
    for (const Shift& shift : ShiftsOf(day)) {
      const Span span = SpanOf(day, shift);
      const absl::Time from = std::max(a, span.start);
      const absl::Time to = std::min(b, span.end);
      if (from < to) sum += to - from;
    }
  }
  return sum;
}

absl::CivilDay Calendar::WorkingDayAfter(absl::CivilDay day, int n) const {
  const auto after = std::upper_bound(table_.days.begin(), table_.days.end(), day);
  if (day.year() >= kFirstTableYear && table_.days.end() - after >= n) return after[n - 1];
  for (int i = 0; i < n; ++i) day = NextWorkingDay(day + 1);
  return day;
}

absl::Time Calendar::AddWorkingDays(absl::Time t, int n, DayEnd end) const {
  if (n < 1) n = 1;
  const absl::Time from = end == DayEnd::kSameTime ? NextWorkingTime(t) : t;
  const absl::CivilDay day = WorkingDayAfter(LocalDay(from), n);
  if (end == DayEnd::kEndOfDay) return Closing(day);
  const absl::CivilSecond local = absl::ToCivilSecond(from, spec_.zone);
  const absl::Time same = absl::FromCivil(
      absl::CivilSecond(day.year(), day.month(), day.day(), local.hour(), local.minute(), local.second()), spec_.zone);
  for (const Shift& shift : ShiftsOf(day)) {
    const Span span = SpanOf(day, shift);
    if (same < span.end) return std::max(same, span.start);
  }
  return Closing(day);
}

absl::Duration Calendar::WorkingDayLength() const {
  for (const std::vector<Shift>& shifts : spec_.weekly) {
    int minutes = 0;
    for (const Shift& shift : shifts) minutes += shift.end_minute - shift.start_minute;
    if (minutes > 0) return absl::Minutes(minutes);
  }
  return absl::Hours(24);  // Create refuses such a week.
}

absl::Time Calendar::WorkingDayEnd(absl::Time t) const {
  const absl::CivilDay day = LocalDay(t);
  if (IsWorkingDay(day) && t < Closing(day)) return Closing(day);
  return Closing(NextWorkingDay(day + 1));
}

absl::Time Calendar::NextWorkingDayAt(absl::Time t, int minute) const {
  const absl::CivilDay day = LocalDay(t);
  if (IsWorkingDay(day) && t < Opening(day)) return At(day, minute);
  return At(NextWorkingDay(day + 1), minute);
}

absl::Time Calendar::AddNaturalDays(absl::Time t, int n) const {
  const absl::TimeZone::CivilInfo local = spec_.zone.At(t);
  return absl::FromCivil(absl::CivilSecond(absl::CivilDay(local.cs) + n) + (local.cs - absl::CivilSecond(absl::CivilDay(local.cs))),
                         spec_.zone) +
         local.subsecond;
}

}  // namespace hotline::calendar
