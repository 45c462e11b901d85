#include "services/sla_timer/domain/errors.h"

#include <string>

#include "libs/base/error.h"

namespace hotline::sla_timer::errors {
namespace {

absl::Status Precondition(std::string_view reason, std::string_view message, std::string_view clock_id) {
  return base::FailedPrecondition(reason, message, {{"clock_id", std::string(clock_id)}});
}

}  // namespace

absl::Status PolicyNotFound(std::string_view policy_id) { return base::NotFound("policy", policy_id); }
absl::Status ClockNotFound(std::string_view clock_id) { return base::NotFound("clock", clock_id); }
absl::Status ClockNotRunning(std::string_view clock_id) {
  return Precondition("CLOCK_NOT_RUNNING", "the clock is paused or stopped", clock_id);
}
absl::Status ClockNotPaused(std::string_view clock_id) {
  return Precondition("CLOCK_NOT_PAUSED", "the clock is running or stopped", clock_id);
}
absl::Status ClockOverdue(std::string_view clock_id) {
  return Precondition("CLOCK_OVERDUE", "an extension must be asked for before the limit", clock_id);
}
absl::Status ExtensionLimit(std::string_view clock_id, int max_extensions) {
  return base::FailedPrecondition("EXTENSION_LIMIT", "the policy allows no further extension",
                                  {{"clock_id", std::string(clock_id)}, {"max_extensions", std::to_string(max_extensions)}});
}
absl::Status ExtensionTooFar(std::string_view clock_id, absl::Time latest) {
  return base::FailedPrecondition("EXTENSION_LIMIT", "the policy allows no longer extension",
                                  {{"clock_id", std::string(clock_id)},
                                   {"latest_due_time", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", latest, absl::UTCTimeZone())}});
}
absl::Status NoReplyAwaited(std::string_view ticket_id) { return base::NotFound("clock", ticket_id); }
absl::Status CalendarNotFound(std::string_view version) { return base::NotFound("calendar", version); }
absl::Status PreviewBusy() { return base::ResourceExhausted("PREVIEW_BUSY", "one preview at a time"); }
absl::Status TooManyPolicies() { return base::FailedPrecondition("TOO_MANY_POLICIES", "the number of policies is limited"); }
absl::Status EtagMismatch(std::string_view kind, std::string_view id) { return base::EtagMismatch(kind, id); }
absl::Status Invalid(std::string_view field, std::string_view rule, std::string_view description) {
  return base::InvalidField(field, rule, description);
}

}  // namespace hotline::sla_timer::errors
