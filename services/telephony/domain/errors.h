// Named errors of the call layer. Callers branch on base::Reason(status), never on the text.
#pragma once

#include <string_view>

#include <absl/status/status.h>

namespace hotline::telephony::errors {

absl::Status CallNotFound(std::string_view id);       // CALL_NOT_FOUND
absl::Status RecordingNotFound(std::string_view id);  // RECORDING_NOT_FOUND: not known, or its file is gone
absl::Status RecordingForbidden();                    // RECORDING_FORBIDDEN: not of the caller's own calls
absl::Status AttachFirst();                           // ATTACH_FIRST: the first message of a line is `attach`
absl::Status TooManyLines();                          // TOO_MANY_LINES
absl::Status NotAllowed();                            // NUMBER_NOT_ALLOWED
absl::Status QuotaExceeded();                         // QUOTA_EXCEEDED
absl::Status LineBusy();                              // LINE_BUSY: the line has a call already
absl::Status LineDown();                              // LINE_DOWN: the browser's media is not connected
absl::Status NoSuchCall();                            // NO_SUCH_CALL: not this line's call, or not in that state
absl::Status SpoolUnreadable(std::string_view what);  // SPOOL_UNREADABLE
absl::Status NotServing();                            // NOT_SERVING: the process stops

}  // namespace hotline::telephony::errors
