#include "libs/postgres/error.h"

#include <absl/strings/cord.h>

#include "libs/base/error.h"

namespace hotline::postgres {
namespace {

constexpr char kSqlStateUrl[] = "hotline.postgres/sqlstate";
constexpr char kConstraintUrl[] = "hotline.postgres/constraint";

std::string Payload(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

bool IsViolation(const absl::Status& status, std::string_view reason, std::string_view constraint) {
  return base::Reason(status) == reason && (constraint.empty() || ConstraintOf(status) == constraint);
}

}  // namespace

std::string SqlStateOf(const absl::Status& status) { return Payload(status, kSqlStateUrl); }
std::string ConstraintOf(const absl::Status& status) { return Payload(status, kConstraintUrl); }

bool IsUniqueViolation(const absl::Status& status, std::string_view constraint) {
  return IsViolation(status, kReasonUnique, constraint);
}
bool IsForeignKeyViolation(const absl::Status& status, std::string_view constraint) {
  return IsViolation(status, kReasonForeignKey, constraint);
}
bool IsConflict(const absl::Status& status) {
  const std::string reason = base::Reason(status);
  return reason == kReasonSerialization || reason == kReasonDeadlock;
}
bool IsConnectionFailure(const absl::Status& status) {
  const std::string reason = base::Reason(status);
  return reason == kReasonUnavailable || reason == kReasonConnectionLost;
}
bool IsCommitUnknown(const absl::Status& status) { return base::Reason(status) == kReasonCommitUnknown; }

namespace internal {

absl::Status MakeError(absl::StatusCode code, std::string_view reason, std::string_view message,
                       std::string_view sql_state, std::string_view constraint) {
  absl::Status status = base::Error(code, reason, message);
  const auto set = [&status](const char* url, std::string_view value) {
    if (!value.empty()) status.SetPayload(url, absl::Cord(absl::string_view(value.data(), value.size())));
  };
  set(kSqlStateUrl, sql_state);
  set(kConstraintUrl, constraint);
  return status;
}

absl::Status FromSqlState(std::string_view sql_state, std::string_view constraint) {
  using enum absl::StatusCode;
  const std::string_view family = sql_state.substr(0, 2);
  const auto make = [&](absl::StatusCode code, std::string_view reason, std::string_view message) {
    return MakeError(code, reason, message, sql_state, constraint);
  };
  if (sql_state == "23505") return make(kAlreadyExists, kReasonUnique, "a record with this key is there already");
  if (sql_state == "23503") return make(kFailedPrecondition, kReasonForeignKey, "a record that is referred to is missing");
  if (family == "23") return make(kFailedPrecondition, kReasonConstraint, "a rule of the database forbids the change");
  if (sql_state == "40P01") return make(kAborted, kReasonDeadlock, "two transactions waited for each other");
  if (family == "40") return make(kAborted, kReasonSerialization, "another transaction changed the same records");
  if (sql_state == "57014" || sql_state == "55P03") return make(kDeadlineExceeded, kReasonTimeout, "the database took too long");
  if (family == "08" || sql_state.substr(0, 3) == "57P") {
    return make(kUnavailable, kReasonConnectionLost, "the connection to the database was lost");
  }
  if (family == "53") return make(kResourceExhausted, kReasonFull, "the database is out of resources");
  if (sql_state == "22021" || sql_state == "22P05") return make(kInvalidArgument, kReasonText, "a text is not valid UTF-8");
  return make(kInternal, kReasonQuery, "the database refused a statement");
}

}  // namespace internal
}  // namespace hotline::postgres
