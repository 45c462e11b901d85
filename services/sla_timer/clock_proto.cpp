#include "services/sla_timer/clock_proto.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include "libs/base/id.h"
#include "services/sla_timer/domain/errors.h"
#include "services/sla_timer/domain/words.h"

namespace hotline::sla_timer {
namespace {

constexpr int64_t kMinSeconds = -62'135'596'800;  // 0001-01-01
constexpr int64_t kMaxSeconds = 253'402'300'799;  // 9999-12-31

}  // namespace

void SetTimestamp(absl::Time t, google::protobuf::Timestamp* out) {
  const int64_t seconds = absl::ToUnixSeconds(t);
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>((absl::ToUnixMicros(t) - seconds * 1'000'000) * 1000));
}

absl::StatusOr<absl::Time> GetTimestamp(std::string_view field, const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kMinSeconds || timestamp.seconds() > kMaxSeconds || timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
    return errors::Invalid(field, "OUT_OF_RANGE", "a time of the years 1 to 9999");
  }
  return absl::FromUnixMicros(timestamp.seconds() * 1'000'000 + timestamp.nanos() / 1000);
}

void FillClock(const Clock& clock, const calendar::Calendar& calendar, absl::Time now, v1::Clock& out) {
  out.set_clock_id(clock.clock_id);
  out.set_ticket_id(clock.ticket_id);
  out.set_step(clock.step);
  out.set_state(static_cast<v1::ClockState>(clock.state));
  out.set_light(static_cast<v1::ClockLight>(clock.light));
  SetTimestamp(clock.start_time, out.mutable_start_time());
  const bool paused = clock.state == ClockState::kPaused;
  if (!paused) SetTimestamp(clock.due_time, out.mutable_due_time());
  if (!paused && !clock.window) SetTimestamp(clock.warn_time, out.mutable_warn_time());
  if (clock.stop_time) SetTimestamp(*clock.stop_time, out.mutable_stop_time());
  const TimeLeft left = Left(clock, calendar, now);
  out.set_working_seconds_left(absl::ToInt64Seconds(left.working));
  out.set_natural_seconds_left(absl::ToInt64Seconds(left.natural));
  out.set_working_time(clock.working);
  out.set_window(clock.window);
  out.set_extensions(clock.extensions);
  out.set_policy_id(clock.policy_id);
  out.set_policy_version(clock.policy_version);
  out.set_unit_id(clock.unit_id);
  out.set_provisional(clock.provisional);
  out.set_stop_reason(clock.stop_reason);
  out.set_etag(absl::StrCat(clock.version));
  out.set_escalation_level(clock.level);
  if (clock.state == ClockState::kRunning && clock.next_rung != absl::InfiniteFuture()) {
    SetTimestamp(clock.next_rung, out.mutable_next_escalation_time());
  }
  const Words words = TimeLeftText(clock, calendar, now);
  out.set_time_left_text(words.zh);
  out.set_time_left_text_en(words.en);
  out.set_calendar_version(clock.calendar_version);
  out.set_area_code(clock.area_code);
}

std::string CursorOf(const Clock& last) { return absl::StrCat(absl::ToUnixMicros(last.due_time), ".", last.clock_id); }

absl::StatusOr<std::optional<std::pair<absl::Time, std::string>>> ParseCursor(std::string_view cursor) {
  if (cursor.empty()) return std::optional<std::pair<absl::Time, std::string>>();
  const size_t dot = cursor.find('.');
  int64_t micros = 0;
  if (dot == std::string_view::npos || !absl::SimpleAtoi(std::string(cursor.substr(0, dot)), &micros) ||
      !base::IsValidId(cursor.substr(dot + 1))) {
    return errors::Invalid("page_token", "BAD_PAGE_TOKEN", "a token of the previous answer to the same query");
  }
  return std::optional(std::pair(absl::FromUnixMicros(micros), std::string(cursor.substr(dot + 1))));
}

}  // namespace hotline::sla_timer
