// Clocks in the contract's form, times, and where the pages of their lists end. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include "hotline/sla_timer/v1/sla_timer.pb.h"
#include "services/sla_timer/domain/clock.h"

namespace hotline::sla_timer {

void SetTimestamp(absl::Time t, google::protobuf::Timestamp* out);
// INVALID_ARGUMENT naming the field for what is outside of year 1 to 9999. Cut to microseconds.
absl::StatusOr<absl::Time> GetTimestamp(std::string_view field, const google::protobuf::Timestamp& timestamp);

// The time left is computed here, as of `now`.
void FillClock(const Clock& clock, const calendar::Calendar& calendar, absl::Time now, v1::Clock& out);

// Where a page of clocks ends, for base::PageQuery.
std::string CursorOf(const Clock& last);
// INVALID_ARGUMENT naming page_token for what CursorOf did not make.
absl::StatusOr<std::optional<std::pair<absl::Time, std::string>>> ParseCursor(std::string_view cursor);

}  // namespace hotline::sla_timer
