// Every error this service gives on its own account. Reasons are stable: callers branch on them. Pure functions.
#pragma once

#include <string_view>

#include <absl/status/status.h>
#include <absl/time/time.h>

namespace hotline::sla_timer::errors {

absl::Status PolicyNotFound(std::string_view policy_id);
absl::Status ClockNotFound(std::string_view clock_id);
absl::Status ClockNotRunning(std::string_view clock_id);   // FAILED_PRECONDITION CLOCK_NOT_RUNNING
absl::Status ClockNotPaused(std::string_view clock_id);    // FAILED_PRECONDITION CLOCK_NOT_PAUSED
absl::Status ClockOverdue(std::string_view clock_id);      // FAILED_PRECONDITION CLOCK_OVERDUE
absl::Status ExtensionLimit(std::string_view clock_id, int max_extensions);     // FAILED_PRECONDITION EXTENSION_LIMIT: too often
absl::Status ExtensionTooFar(std::string_view clock_id, absl::Time latest);     // FAILED_PRECONDITION EXTENSION_LIMIT: too far
absl::Status NoReplyAwaited(std::string_view ticket_id);   // NOT_FOUND CLOCK_NOT_FOUND
absl::Status CalendarNotFound(std::string_view version);   // NOT_FOUND CALENDAR_NOT_FOUND
absl::Status PreviewBusy();                                // RESOURCE_EXHAUSTED PREVIEW_BUSY
absl::Status TooManyPolicies();                            // FAILED_PRECONDITION TOO_MANY_POLICIES
absl::Status EtagMismatch(std::string_view kind, std::string_view id);
absl::Status Invalid(std::string_view field, std::string_view rule, std::string_view description);

}  // namespace hotline::sla_timer::errors
