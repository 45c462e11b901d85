// Time left in the words of the city's people. Pure functions.
#pragma once

#include <string>

#include "services/sla_timer/domain/clock.h"

namespace hotline::sla_timer {

struct Words {
  std::string zh;  // "剩余 1 个工作日 3 小时", "超时 2 小时", "已暂停,剩余 2 天 3 小时"
  std::string en;  // "1 working day 3 hours left", "2 hours over", "paused, 2 days 3 hours left"
};

// Of a clock that runs or is paused; empty for a stopped one. A working day has the hours of an ordinary day of the calendar, a
// natural one 24; a limit of days is told in days and hours, a shorter time in hours and minutes, always cut, never rounded up.
Words TimeLeftText(const Clock& clock, const calendar::Calendar& calendar, absl::Time now);

}  // namespace hotline::sla_timer
