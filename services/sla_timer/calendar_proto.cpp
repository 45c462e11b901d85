#include "services/sla_timer/calendar_proto.h"

#include <google/protobuf/util/json_util.h>

#include "libs/base/error.h"
#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {
namespace {

void FillShifts(const std::vector<calendar::Shift>& shifts, google::protobuf::RepeatedPtrField<v1::Shift>* out) {
  for (const calendar::Shift& shift : shifts) {
    v1::Shift* added = out->Add();
    added->set_start(FormatMinute(shift.start_minute));
    added->set_end(FormatMinute(shift.end_minute));
  }
}

}  // namespace

void FillHours(const calendar::Calendar& calendar, v1::Calendar& out) {
  out.set_zone(calendar.zone().name());
  for (size_t i = 0; i < 7; ++i) {
    v1::WeekdayHours* hours = out.add_weekly();
    hours->set_weekday(static_cast<int>(i) + 1);
    FillShifts(calendar.spec().weekly[i], hours->mutable_shifts());
  }
  FillShifts(calendar.spec().make_up, out.mutable_make_up());
}

std::string HoursToJson(const calendar::Calendar& calendar) {
  v1::Calendar hours;
  FillHours(calendar, hours);
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(hours, &json);  // Cannot fail: it has no Any and is UTF-8.
  return json;
}

absl::Status HoursFromJson(std::string_view json, v1::Calendar& out) {
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(json), &out);
  if (status.ok()) return absl::OkStatus();
  return base::Internal("CALENDAR_UNREADABLE", "a version of the calendar has unreadable hours");
}

}  // namespace hotline::sla_timer
