// Against an oracle that knows nothing but minutes: whether each minute of some years is worked, counted one by one. The number of
// cases is CALENDAR_CASES (tests/soak asks for ten million); the seed is fixed, so a failure repeats.
#include <cstdlib>
#include <numeric>
#include <random>
#include <set>

#include "libs/calendar/tests/calendar_fixture.h"

namespace hotline::calendar {
namespace {

constexpr int kDefaultCases = 100'000;
constexpr int kCasesOfOneCalendar = 10'000;
constexpr int kOracleDays = 3 * 365;

int Cases() {
  const char* cases = std::getenv("CALENDAR_CASES");
  return cases == nullptr ? kDefaultCases : std::atoi(cases);
}

// Minutes since the midnight of `first`, and how many of those before each are worked.
class Oracle {
 public:
  Oracle(const Spec& spec, absl::CivilDay first) : first_(absl::FromCivil(first, spec.zone)) {
    worked_.push_back(0);
    for (int d = 0; d < kOracleDays; ++d) {
      std::vector<bool> minutes(kMinutesPerDay, false);
      for (const Shift& shift : HoursOf(spec, first + d)) std::fill(minutes.begin() + shift.start_minute, minutes.begin() + shift.end_minute, true);
      for (const bool minute : minutes) worked_.push_back(worked_.back() + (minute ? 1 : 0));
    }
  }
  absl::Time At(int minute) const { return first_ + absl::Minutes(minute); }
  int Worked(int from, int to) const { return worked_[to] - worked_[from]; }
  // The first minute by which so many have passed; the last from which so many pass.
  int Add(int from, int minutes) const {
    return minutes == 0 ? from : static_cast<int>(std::lower_bound(worked_.begin(), worked_.end(), worked_[from] + minutes) - worked_.begin());
  }
  int Subtract(int to, int minutes) const {
    return minutes == 0 ? to : static_cast<int>(std::upper_bound(worked_.begin(), worked_.end(), worked_[to] - minutes) - worked_.begin()) - 1;
  }
  bool Has(int from, int minutes) const { return worked_[from] + minutes < worked_.back(); }
  int size() const { return static_cast<int>(worked_.size()) - 1; }

 private:
  static std::vector<Shift> HoursOf(const Spec& spec, absl::CivilDay day) {
    for (const Day& other : spec.days) {
      if (other.date == day) return other.kind == DayKind::kWork ? spec.make_up : std::vector<Shift>{};
    }
    return spec.weekly[static_cast<size_t>(absl::GetWeekday(day))];
  }
  absl::Time first_;
  std::vector<int> worked_;
};

std::vector<Shift> DrawnShifts(std::mt19937& random, int most) {
  std::set<int> edges;
  const size_t count = 2 * std::uniform_int_distribution<size_t>(0, static_cast<size_t>(most))(random);
  while (edges.size() < count) edges.insert(std::uniform_int_distribution<int>(0, 96)(random) * 15);
  std::vector<Shift> shifts;
  for (auto it = edges.begin(); it != edges.end();) {
    const int start = *it++;
    shifts.push_back({start, *it++});
  }
  return shifts;
}

// Some periods a day, holidays and make-up days; of the years of the real calendar for every third.
Spec DrawnSpec(std::mt19937& random, absl::CivilDay first, bool real) {
  Spec spec{Zone("Asia/Shanghai"), OfficeWeek(), OfficeWeek()[0], {}};
  if (real) {
    spec.days = ChinaDays();
    return spec;
  }
  for (auto& day : spec.weekly) day = DrawnShifts(random, 4);
  spec.weekly[2] = {{8 * 60, 12 * 60}, {13 * 60, 18 * 60}};
  spec.make_up = DrawnShifts(random, 3);
  if (spec.make_up.empty()) spec.make_up = {{600, 660}};
  std::set<int> moved;
  for (int i = 0; i < 60; ++i) moved.insert(std::uniform_int_distribution<int>(0, kOracleDays - 1)(random));
  for (const int day : moved) spec.days.push_back({first + day, random() % 3 == 0 ? DayKind::kWork : DayKind::kOff, ""});
  return spec;
}

// A limit that stands still at times: what is left when a pause begins goes on when it ends.
int OracleWithPauses(const Oracle& oracle, int start, int limit, const std::vector<int>& edges) {
  int at = start, left = limit;
  for (size_t i = 0; i + 1 < edges.size(); i += 2) {
    if (oracle.Add(at, left) <= edges[i]) break;
    left -= oracle.Worked(at, edges[i]);
    at = edges[i + 1];
  }
  return oracle.Add(at, left);
}

absl::Time WithPauses(const Calendar& calendar, const Oracle& oracle, absl::Time start, absl::Duration limit, const std::vector<int>& edges) {
  for (size_t i = 0; i + 1 < edges.size(); i += 2) {
    if (calendar.AddWorkingDuration(start, limit) <= oracle.At(edges[i])) break;
    limit -= calendar.WorkingDurationBetween(start, oracle.At(edges[i]));
    start = oracle.At(edges[i + 1]);
  }
  return calendar.AddWorkingDuration(start, limit);
}

// Nothing is said per case, which would dominate the run.
void CheckCases(std::mt19937& random, absl::CivilDay first, bool real, int cases) {
  const Spec spec = DrawnSpec(random, first, real);
  const Oracle oracle(spec, first);
  const Calendar calendar = *Calendar::Create(spec);
  std::uniform_int_distribution<int> minute(0, oracle.size() * 2 / 3), length(0, 60 * 60), natural(0, 40 * kMinutesPerDay);
  for (int i = 0; i < cases; ++i) {
    const int start = minute(random), limit = length(random), end = std::min(start + natural(random), oracle.size());
    if (!oracle.Has(start, limit)) continue;
    const auto wrong = [&](const char* what) { FAIL(what << ": from day " << first << " minute " << start << " limit " << limit << " end " << end); };
    const absl::Time due = calendar.AddWorkingDuration(oracle.At(start), absl::Minutes(limit));
    if (due != oracle.At(oracle.Add(start, limit))) wrong("add");
    if (calendar.WorkingDurationBetween(oracle.At(start), oracle.At(end)) != absl::Minutes(oracle.Worked(start, end))) wrong("between");
    if (limit <= oracle.Worked(0, start)) {
      const absl::Time back = calendar.SubtractWorkingDuration(oracle.At(start), absl::Minutes(limit));
      if (back != oracle.At(oracle.Subtract(start, limit))) wrong("subtract");
    }
    // There and back again: what lies within one span of the other side is the same instant.
    const absl::Time round = calendar.SubtractWorkingDuration(due, absl::Minutes(limit));
    if (calendar.WorkingDurationBetween(round, due) != absl::Minutes(limit)) wrong("subtract(add) is as long");
    if (limit > 0 && calendar.AddWorkingDuration(round, absl::Minutes(limit)) != due) wrong("add(subtract(due)) is due");
    std::vector<int> pauses;
    for (int n = i % 4; n > 0; --n) pauses.insert(pauses.end(), {minute(random) % 20'000, minute(random) % 20'000});
    std::sort(pauses.begin(), pauses.end());
    for (int& edge : pauses) edge = std::min(start + edge, oracle.size() * 5 / 6);
    const int last = pauses.empty() ? start : pauses.back();
    if (!oracle.Has(last, limit)) continue;
    if (WithPauses(calendar, oracle, oracle.At(start), absl::Minutes(limit), pauses) != oracle.At(OracleWithPauses(oracle, start, limit, pauses))) wrong("pauses");
  }
}

TEST_CASE("SLA-9: adding, subtracting and pausing as a count of minutes has it") {
  std::mt19937 random(20261126);
  int left = Cases();
  // The first years are answered from the table, the last ones by walking; 2044 to 2046 by both.
  for (int i = 0; left > 0; ++i) {
    const int cases = std::min(left, kCasesOfOneCalendar);
    const absl::CivilDay firsts[] = {absl::CivilDay(2024, 1, 1), absl::CivilDay(2025, 1, 1), absl::CivilDay(2044, 6, 1), absl::CivilDay(2024, 3, 1)};
    CheckCases(random, i == 5 ? absl::CivilDay(2050, 1, 1) : firsts[i % 4], i % 3 == 1, i == 5 ? std::min(cases, 1000) : cases);
    left -= cases;
  }
}

}  // namespace
}  // namespace hotline::calendar
