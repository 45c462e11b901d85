#include "services/telephony/domain/errors.h"

#include "libs/base/error.h"

namespace hotline::telephony::errors {

absl::Status CallNotFound(std::string_view id) { return base::NotFound("call", id); }
absl::Status RecordingNotFound(std::string_view id) { return base::NotFound("recording", id); }
absl::Status RecordingForbidden() {
  return base::PermissionDenied("RECORDING_FORBIDDEN", "agents hear the recordings of their own calls and callers' messages");
}
absl::Status AttachFirst() { return base::InvalidField("attach", "REQUIRED", "the first message of a line's stream is attach"); }
absl::Status TooManyLines() { return base::ResourceExhausted("TOO_MANY_LINES", "no more lines can be attached here"); }
absl::Status NotAllowed() { return base::PermissionDenied("NUMBER_NOT_ALLOWED", "this number may not be dialled"); }
absl::Status QuotaExceeded() { return base::ResourceExhausted("QUOTA_EXCEEDED", "too many calls dialled within an hour"); }
absl::Status LineBusy() { return base::FailedPrecondition("LINE_BUSY", "the line has a call already"); }
absl::Status LineDown() { return base::FailedPrecondition("LINE_DOWN", "the browser's audio is not connected"); }
absl::Status NoSuchCall() { return base::FailedPrecondition("NO_SUCH_CALL", "the line has no such call, or it is in another state"); }
absl::Status SpoolUnreadable(std::string_view what) { return base::Error(absl::StatusCode::kDataLoss, "SPOOL_UNREADABLE", what); }
absl::Status NotServing() { return base::Unavailable("NOT_SERVING", "telephony is stopping"); }

}  // namespace hotline::telephony::errors
