// Policies between their contract (and so their JSON, in which the presets are written and the database keeps them) and
// the domain. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "hotline/sla_timer/v1/policy.pb.h"
#include "services/sla_timer/domain/policy.h"

namespace hotline::sla_timer {

inline constexpr size_t kMaxPolicyBytes = 256 * 1024;

// Also validates: INVALID_ARGUMENT naming the field.
absl::StatusOr<Policy> FromProto(const v1::Policy& proto);

// The JSON of a policy without its output fields. Parsing is strict: unknown keys are refused.
std::string ToJson(const v1::Policy& proto);
absl::StatusOr<v1::Policy> FromJson(std::string_view json);

// "HH:MM" to minutes, 24:00 included; -1 if it is not that.
int ParseMinute(std::string_view text);
std::string FormatMinute(int minute);

}  // namespace hotline::sla_timer
