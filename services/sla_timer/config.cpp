#include "services/sla_timer/config.h"

#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {
namespace {

// ["08:30-12:00", "13:30-17:30"]
std::vector<calendar::Shift> ReadShifts(base::JsonReader& reader, const std::string& key) {
  std::vector<calendar::Shift> shifts;
  for (const std::string& text : reader.Strings(key)) {
    const calendar::Shift shift = text.size() == 11 ? calendar::Shift{ParseMinute(text.substr(0, 5)), ParseMinute(text.substr(6))}
                                                    : calendar::Shift{-1, -1};
    if (shift.start_minute < 0 || shift.end_minute < 0 || text[5] != '-') reader.Fail(key, "BAD_FORMAT", "HH:MM-HH:MM");
    shifts.push_back(shift);
  }
  return shifts;
}

}  // namespace

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.presets_dir = root.String("presets_dir");
  config.holidays_file = root.String("holidays_file", "");
  config.rules.active_policy = root.String("policy", "standard");
  if (!absl::LoadTimeZone(root.String("zone", "Asia/Shanghai"), &config.rules.zone)) {
    root.Fail("zone", "BAD_VALUE", "an IANA time zone that this machine knows");
  }
  if (root.Has("working_hours")) {
    static constexpr const char* kDays[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    base::JsonReader hours = root.Object("working_hours");
    for (size_t i = 0; i < 7; ++i) config.rules.weekly[i] = ReadShifts(hours, kDays[i]);
    config.rules.make_up = ReadShifts(hours, "make_up");
  }
  const auto calendar = calendar::Calendar::Create({config.rules.zone, config.rules.weekly, config.rules.make_up, {}});
  if (!calendar.ok()) root.Fail("working_hours", "BAD_VALUE", std::string(calendar.status().message()));
  if (!config.common.postgres) root.Fail("postgres", "REQUIRED", "the clocks are kept there");
  if (!config.common.redis) root.Fail("redis", "REQUIRED", "events come and go there");
  return config;
}

}  // namespace hotline::sla_timer
