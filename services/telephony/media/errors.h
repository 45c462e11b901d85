// Named errors of the media plane. Callers branch on base::Reason(status), never on the text.
#pragma once

#include <string_view>

#include <absl/status/status.h>

namespace hotline::telephony::media {

absl::Status MediaBusyError();                              // MEDIA_BUSY: a queue or thread is full; try later.
absl::Status MediaStoppedError();                           // MEDIA_STOPPED: the engine is shutting down.
absl::Status LegNotFoundError();                            // LEG_NOT_FOUND
absl::Status BridgeNotFoundError();                         // BRIDGE_NOT_FOUND
absl::Status BridgeFullError();                             // BRIDGE_FULL
absl::Status NotMemberError();                              // NOT_A_MEMBER: the leg is not in that bridge.
absl::Status PortsExhaustedError();                         // PORTS_EXHAUSTED: no free RTP port in the range.
absl::Status InvalidMediaError(std::string_view field, std::string_view why);  // INVALID_FIELD, names the field.
absl::Status PromptNotFoundError(std::string_view id);      // PROMPT_NOT_FOUND
absl::Status InvalidWavError(std::string_view why);         // INVALID_WAV
absl::Status RecordingNotFoundError();                      // RECORDING_NOT_FOUND
absl::Status TooManyRecordingsError();                      // TOO_MANY_RECORDINGS
absl::Status RecordingFileError(int error_number);          // RECORDING_FILE_ERROR or DISK_FULL
absl::Status SdpTooLargeError();                            // SDP_TOO_LARGE
absl::Status InvalidSdpError(std::string_view field, std::string_view why);  // INVALID_SDP, names the line.
absl::Status SdpNotAcceptableError(std::string_view why);   // SDP_NOT_ACCEPTABLE: well formed, nothing in common.
absl::Status DtlsSetupError(std::string_view why);          // DTLS_SETUP_FAILED

}  // namespace hotline::telephony::media
