#include "services/telephony/media/errors.h"

#include <cerrno>
#include <system_error>

#include "libs/base/error.h"

namespace hotline::telephony::media {

absl::Status MediaBusyError() { return base::ResourceExhausted("MEDIA_BUSY", "the media plane is at its limit"); }
absl::Status MediaStoppedError() { return base::Unavailable("MEDIA_STOPPED", "the media plane is stopping"); }
absl::Status LegNotFoundError() { return base::Error(absl::StatusCode::kNotFound, "LEG_NOT_FOUND", "no such media leg"); }
absl::Status BridgeNotFoundError() { return base::Error(absl::StatusCode::kNotFound, "BRIDGE_NOT_FOUND", "no such bridge"); }
absl::Status BridgeFullError() { return base::ResourceExhausted("BRIDGE_FULL", "the bridge has its maximum of members"); }
absl::Status NotMemberError() { return base::FailedPrecondition("NOT_A_MEMBER", "the leg is not in the bridge"); }
absl::Status PortsExhaustedError() { return base::ResourceExhausted("PORTS_EXHAUSTED", "no free RTP port"); }
absl::Status InvalidMediaError(std::string_view field, std::string_view why) { return base::InvalidField(field, "INVALID", why); }
absl::Status PromptNotFoundError(std::string_view id) { return base::NotFound("prompt", id); }
absl::Status InvalidWavError(std::string_view why) { return base::Error(absl::StatusCode::kInvalidArgument, "INVALID_WAV", why); }
absl::Status RecordingNotFoundError() { return base::Error(absl::StatusCode::kNotFound, "RECORDING_NOT_FOUND", "no such recording"); }
absl::Status TooManyRecordingsError() {
  return base::ResourceExhausted("TOO_MANY_RECORDINGS", "the leg has its maximum of recordings");
}
absl::Status RecordingFileError(int error_number) {
  const std::string why = std::generic_category().message(error_number);
  if (error_number == ENOSPC || error_number == EDQUOT) return base::ResourceExhausted("DISK_FULL", why);
  return base::Internal("RECORDING_FILE_ERROR", why);
}
absl::Status SdpTooLargeError() {
  return base::Error(absl::StatusCode::kInvalidArgument, "SDP_TOO_LARGE", "the session description is too large");
}
absl::Status InvalidSdpError(std::string_view field, std::string_view why) {
  return base::Error(absl::StatusCode::kInvalidArgument, "INVALID_SDP", "the session description is malformed",
                     {{std::string(field), "BAD_FORMAT", std::string(why)}});
}
absl::Status SdpNotAcceptableError(std::string_view why) { return base::FailedPrecondition("SDP_NOT_ACCEPTABLE", why); }
absl::Status DtlsSetupError(std::string_view why) { return base::Internal("DTLS_SETUP_FAILED", why); }

}  // namespace hotline::telephony::media
