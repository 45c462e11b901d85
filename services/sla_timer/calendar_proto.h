// The calendar in the contract's form. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>

#include "hotline/sla_timer/v1/sla_timer.pb.h"
#include "libs/calendar/calendar.h"

namespace hotline::sla_timer {

// zone, weekly and make_up.
void FillHours(const calendar::Calendar& calendar, v1::Calendar& out);
// The same as JSON, as it is kept with each version of the calendar.
std::string HoursToJson(const calendar::Calendar& calendar);
absl::Status HoursFromJson(std::string_view json, v1::Calendar& out);

}  // namespace hotline::sla_timer
