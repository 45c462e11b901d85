#include "services/sla_timer/seed.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/json_reader.h"
#include "libs/base/log.h"
#include "services/sla_timer/calendar_proto.h"
#include "services/sla_timer/policy_proto.h"

namespace hotline::sla_timer {
namespace {

constexpr char kPresetAuthor[] = "preset";

absl::Status SeedPolicy(Store& store, const std::string& path, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string json, base::ReadFile(path, kMaxSeedBytes));
  const absl::StatusOr<v1::Policy> proto = FromJson(json);
  const absl::Status valid = proto.ok() ? FromProto(*proto).status() : proto.status();
  if (!valid.ok()) {
    base::log::Error("a preset is not a policy", {{"file", path}, {"error", valid}});
    return valid;
  }
  const absl::StatusOr<PolicyRecord> there = store.GetPolicy(proto->policy_id(), 0);
  if (!there.ok() && there.status().code() != absl::StatusCode::kNotFound) return there.status();
  if (there.ok()) {
    if (there->updated_by != kPresetAuthor) return absl::OkStatus();  // The city's own now.
    const absl::StatusOr<v1::Policy> kept = FromJson(there->json);
    if (kept.ok() && ToJson(*kept) == ToJson(*proto)) return absl::OkStatus();
  }
  const absl::Status put = store.PutPolicy(proto->policy_id(), ToJson(*proto), there.ok() ? there->version : 0, kPresetAuthor, now).status();
  // Another replica that starts at the same time may have been faster.
  return base::HasReason(put, "ETAG_MISMATCH") ? absl::OkStatus() : put;
}

}  // namespace

absl::Status SeedPolicies(Store& store, const std::string& directory, absl::Time now) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  }
  if (error) return base::FailedPrecondition("PRESETS_UNREADABLE", "presets_dir cannot be read");
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) HOTLINE_RETURN_IF_ERROR(SeedPolicy(store, file, now));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<calendar::Day>> ParseHolidays(std::string_view csv) {
  std::vector<calendar::Day> days;
  std::istringstream lines{std::string(csv)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (number == 1 || line.empty()) continue;  // The heading.
    const size_t first = line.find(','), second = line.find(',', first + 1);
    const std::string kind = second == std::string::npos ? "" : line.substr(first + 1, second - first - 1);
    calendar::Day day;
    if (first != 10 || (kind != "off" && kind != "work") || !absl::ParseCivilTime(line.substr(0, 10), &day.date)) {
      return base::InvalidField(absl::StrCat("line[", number, "]"), "BAD_FORMAT", "YYYY-MM-DD,off|work,name");
    }
    day.kind = kind == "off" ? calendar::DayKind::kOff : calendar::DayKind::kWork;
    day.name = line.substr(second + 1);
    days.push_back(std::move(day));
  }
  return days;
}

absl::Status SeedHolidays(Store& store, const std::string& file, absl::Time now) {
  if (file.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const CalendarRecord calendar, store.GetCalendar());
  if (!calendar.days.empty()) return absl::OkStatus();
  HOTLINE_ASSIGN_OR_RETURN(const std::string csv, base::ReadFile(file, kMaxSeedBytes));
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<calendar::Day> days, ParseHolidays(csv));
  const absl::Status imported = store.ImportDays(days, calendar.version, "", now).status();
  return base::HasReason(imported, "ETAG_MISMATCH") ? absl::OkStatus() : imported;
}

absl::Status SeedHours(Store& store, const RulesOptions& options, absl::Time now) {
  HOTLINE_ASSIGN_OR_RETURN(const calendar::Calendar calendar, calendar::Calendar::Create({options.zone, options.weekly, options.make_up, {}}));
  return store.KeepHours(HoursToJson(calendar), now);
}

}  // namespace hotline::sla_timer
