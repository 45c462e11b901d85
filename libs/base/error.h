// Errors of the suite: an absl::Status that carries a stable reason, the fields at fault and metadata. Callers branch on
// Reason(), never on text. Services wrap these in named functions of their own (domain/errors.h). libs/rpc carries the
// details over gRPC and back without loss. Messages and metadata hold no personal data and never repeat a bad value.
// All functions are pure and thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hotline::base {

// More than so many wrong fields are not told: the details travel in gRPC's trailing metadata, which is small.
inline constexpr size_t kMaxFieldViolations = 20;
inline constexpr size_t kMaxErrorText = 300;  // bytes of a message, description or metadata value

struct FieldViolation {
  std::string field;        // "ticket.caller.phone", "items[2].id"
  std::string reason;       // the rule broken: "TOO_LONG"
  std::string description;  // for people
  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

using ErrorMetadata = std::map<std::string, std::string>;

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   std::vector<FieldViolation> violations = {}, ErrorMetadata metadata = {});

// What Error put in; empty for a status made otherwise.
std::string Reason(const absl::Status& status);
std::vector<FieldViolation> FieldViolations(const absl::Status& status);
ErrorMetadata Metadata(const absl::Status& status);
inline bool HasReason(const absl::Status& status, std::string_view reason) { return Reason(status) == reason; }

// INVALID_ARGUMENT with reason INVALID_FIELD. `rule` e.g. "REQUIRED", "TOO_LONG", "OUT_OF_RANGE", "BAD_FORMAT".
absl::Status InvalidField(std::string_view field, std::string_view rule, std::string_view description);
absl::Status InvalidFields(std::vector<FieldViolation> violations);
// NOT_FOUND with reason "<KIND>_NOT_FOUND"; `kind` is lower case: "ticket", "flow_version".
absl::Status NotFound(std::string_view kind, std::string_view id);
absl::Status AlreadyExists(std::string_view reason, std::string_view message, ErrorMetadata metadata = {});
absl::Status PermissionDenied(std::string_view reason, std::string_view message, ErrorMetadata metadata = {});
absl::Status Unauthenticated(std::string_view reason, std::string_view message);
// ABORTED with reason ETAG_MISMATCH: somebody else changed it; read again and decide again.
absl::Status EtagMismatch(std::string_view kind, std::string_view id);
absl::Status Aborted(std::string_view reason, std::string_view message, ErrorMetadata metadata = {});
absl::Status FailedPrecondition(std::string_view reason, std::string_view message, ErrorMetadata metadata = {});
absl::Status ResourceExhausted(std::string_view reason, std::string_view message, ErrorMetadata metadata = {});
absl::Status Unavailable(std::string_view reason, std::string_view message);
absl::Status DeadlineExceeded(std::string_view reason, std::string_view message);
absl::Status Internal(std::string_view reason, std::string_view message);

}  // namespace hotline::base

// Both leave the calling function, which returns absl::Status or StatusOr. Not for coroutines: see HOTLINE_CO_* below.
#define HOTLINE_RETURN_IF_ERROR(expr)                             \
  do {                                                            \
    if (absl::Status hotline_status = (expr); !hotline_status.ok()) \
      return hotline_status;                                      \
  } while (false)

#define HOTLINE_ASSIGN_OR_RETURN(lhs, expr) \
  HOTLINE_ASSIGN_OR_LEAVE_(HOTLINE_CAT_(hotline_value_, __LINE__), return, lhs, expr)

#define HOTLINE_CO_RETURN_IF_ERROR(expr)                          \
  do {                                                            \
    if (absl::Status hotline_status = (expr); !hotline_status.ok()) \
      co_return hotline_status;                                   \
  } while (false)

// HOTLINE_CO_ASSIGN_OR_RETURN(auto ticket, co_await client.Call(...));
#define HOTLINE_CO_ASSIGN_OR_RETURN(lhs, expr) \
  HOTLINE_ASSIGN_OR_LEAVE_(HOTLINE_CAT_(hotline_value_, __LINE__), co_return, lhs, expr)

#define HOTLINE_ASSIGN_OR_LEAVE_(value, leave, lhs, expr) \
  auto value = (expr);                                    \
  if (!value.ok()) leave std::move(value).status();       \
  lhs = *std::move(value)
#define HOTLINE_CAT_(a, b) HOTLINE_CAT2_(a, b)
#define HOTLINE_CAT2_(a, b) a##b
