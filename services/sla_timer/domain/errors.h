// Every error this service gives on its own account. Reasons are stable: callers branch on them. Pure functions.
#pragma once

#include <string_view>

#include <absl/status/status.h>

namespace hotline::sla_timer::errors {

absl::Status PolicyNotFound(std::string_view policy_id);
absl::Status ClockNotFound(std::string_view clock_id);
absl::Status ClockNotRunning(std::string_view clock_id);   // FAILED_PRECONDITION CLOCK_NOT_RUNNING
absl::Status ClockNotPaused(std::string_view clock_id);    // FAILED_PRECONDITION CLOCK_NOT_PAUSED
absl::Status ClockOverdue(std::string_view clock_id);      // FAILED_PRECONDITION CLOCK_OVERDUE
absl::Status ExtensionLimit(std::string_view clock_id);    // FAILED_PRECONDITION EXTENSION_LIMIT
absl::Status TooManyPolicies();                            // FAILED_PRECONDITION TOO_MANY_POLICIES
absl::Status EtagMismatch(std::string_view kind, std::string_view id);
absl::Status Invalid(std::string_view field, std::string_view rule, std::string_view description);

}  // namespace hotline::sla_timer::errors
