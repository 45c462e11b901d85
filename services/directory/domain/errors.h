// Every refusal of directory, by name. Reasons are stable; see directory.proto.
#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "libs/base/error.h"

namespace hotline::directory {

// Does not say whether the name or the password was wrong, or the account is disabled.
inline absl::Status BadCredentials() { return base::Unauthenticated("BAD_CREDENTIALS", "user name or password is wrong"); }
inline absl::Status TooManyAttempts() {
  return base::ResourceExhausted("TOO_MANY_ATTEMPTS", "too many failed sign-ins; try again later");
}
inline absl::Status BadRefreshToken() { return base::Unauthenticated("BAD_REFRESH_TOKEN", "sign in again"); }
inline absl::Status BadApiKey() { return base::Unauthenticated("BAD_API_KEY", "the API key is unknown, expired or revoked"); }
inline absl::Status WeakPassword(std::string_view field, std::string_view rule) {
  return base::Error(absl::StatusCode::kInvalidArgument, "WEAK_PASSWORD", "the password is too weak",
                     {{std::string(field), "WEAK_PASSWORD", std::string(rule)}});
}
inline absl::Status UnitNotFound(std::string_view id) { return base::NotFound("unit", id); }
inline absl::Status UserNotFound(std::string_view id) { return base::NotFound("user", id); }
inline absl::Status ApiKeyNotFound(std::string_view id) { return base::NotFound("api_key", id); }
inline absl::Status UnitExists(std::string_view id) {
  return base::AlreadyExists("UNIT_EXISTS", "another unit has this id", {{"unit_id", std::string(id)}});
}
inline absl::Status UserExists() { return base::AlreadyExists("USER_EXISTS", "another user has this name"); }
inline absl::Status RequestIdReused() {
  return base::AlreadyExists("REQUEST_ID_REUSED", "this request id was used for something else");
}
inline absl::Status UnitTooDeep() { return base::FailedPrecondition("UNIT_TOO_DEEP", "the tree of units is too deep there"); }
inline absl::Status UnitInactive() { return base::FailedPrecondition("UNIT_INACTIVE", "the unit is not active"); }
inline absl::Status LastAdmin() {
  return base::FailedPrecondition("LAST_ADMIN", "the last active administrator cannot be disabled or lose the role");
}

}  // namespace hotline::directory
