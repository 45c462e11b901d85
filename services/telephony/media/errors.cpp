#include "services/telephony/media/errors.h"

#include <cerrno>
#include <cstring>

#include <absl/status/status.h>
#include <absl/strings/cord.h>
#include <absl/strings/str_cat.h>

namespace hotline::telephony::media {
namespace {

constexpr char kReasonUrl[] = "hotline/telephony/media/reason";

absl::Status Make(absl::StatusCode code, std::string_view reason, const std::string& text) {
  absl::Status status(code, text);
  status.SetPayload(kReasonUrl, absl::Cord(absl::string_view(reason.data(), reason.size())));
  return status;
}

std::string Join(std::string_view a, std::string_view b) {
  return std::string(a) + ": " + std::string(b);
}

}  // namespace

std::string ErrorReason(const absl::Status& status) {
  auto payload = status.GetPayload(kReasonUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

absl::Status MediaBusyError() { return Make(absl::StatusCode::kResourceExhausted, "MEDIA_BUSY", "the media plane is at its limit"); }
absl::Status MediaStoppedError() { return Make(absl::StatusCode::kUnavailable, "MEDIA_STOPPED", "the media plane is stopping"); }
absl::Status LegNotFoundError() { return Make(absl::StatusCode::kNotFound, "LEG_NOT_FOUND", "no such media leg"); }
absl::Status BridgeNotFoundError() { return Make(absl::StatusCode::kNotFound, "BRIDGE_NOT_FOUND", "no such bridge"); }
absl::Status BridgeFullError() { return Make(absl::StatusCode::kResourceExhausted, "BRIDGE_FULL", "the bridge has its maximum of members"); }
absl::Status NotMemberError() { return Make(absl::StatusCode::kFailedPrecondition, "NOT_A_MEMBER", "the leg is not in the bridge"); }
absl::Status PortsExhaustedError() { return Make(absl::StatusCode::kResourceExhausted, "PORTS_EXHAUSTED", "no free RTP port"); }
absl::Status InvalidMediaError(std::string_view field, std::string_view why) {
  return Make(absl::StatusCode::kInvalidArgument, "INVALID_MEDIA_ARGUMENT", Join(field, why));
}
absl::Status PromptNotFoundError(std::string_view id) { return Make(absl::StatusCode::kNotFound, "PROMPT_NOT_FOUND", Join("no such prompt", id)); }
absl::Status InvalidWavError(std::string_view why) { return Make(absl::StatusCode::kInvalidArgument, "INVALID_WAV", Join("wav", why)); }
absl::Status RecordingNotFoundError() { return Make(absl::StatusCode::kNotFound, "RECORDING_NOT_FOUND", "no such recording"); }
absl::Status TooManyRecordingsError() {
  return Make(absl::StatusCode::kResourceExhausted, "TOO_MANY_RECORDINGS", "the leg has its maximum of recordings");
}
absl::Status RecordingFileError(int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return Make(full ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal,
              full ? "DISK_FULL" : "RECORDING_FILE_ERROR", Join("recording file", std::strerror(error_number)));
}
absl::Status SdpTooLargeError() { return Make(absl::StatusCode::kInvalidArgument, "SDP_TOO_LARGE", "the session description is too large"); }
absl::Status InvalidSdpError(std::string_view field, std::string_view why) {
  return Make(absl::StatusCode::kInvalidArgument, "INVALID_SDP", Join(field, why));
}
absl::Status SdpNotAcceptableError(std::string_view why) {
  return Make(absl::StatusCode::kFailedPrecondition, "SDP_NOT_ACCEPTABLE", Join("session description", why));
}
absl::Status DtlsSetupError(std::string_view why) { return Make(absl::StatusCode::kInternal, "DTLS_SETUP_FAILED", Join("DTLS", why)); }

}  // namespace hotline::telephony::media
