#include "libs/base/error.h"

#include <absl/strings/ascii.h>
#include <absl/strings/cord.h>
#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "libs/base/text.h"
#include "libs/base/view.h"

namespace hotline::base {
namespace {

using Json = nlohmann::json;

// JSON: {"reason": "...", "fields": [{"field", "reason", "description"}], "metadata": {...}}
constexpr char kTypeUrl[] = "type.hotline/error.v1";

std::string Bounded(std::string_view text) { return TruncateUtf8(text, kMaxErrorText); }

Json Payload(const absl::Status& status) {
  const auto payload = status.GetPayload(kTypeUrl);
  if (!payload.has_value()) return Json::object();
  Json json = Json::parse(std::string(*payload), nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : Json::object();
}

std::string Text(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   std::vector<FieldViolation> violations, ErrorMetadata metadata) {
  absl::Status status(code, Sv(Bounded(message)));
  Json json;
  json["reason"] = reason;
  if (violations.size() > kMaxFieldViolations) violations.resize(kMaxFieldViolations);
  for (const auto& violation : violations) {
    json["fields"].push_back({{"field", Bounded(violation.field)},
                              {"reason", violation.reason},
                              {"description", Bounded(violation.description)}});
  }
  for (const auto& [key, value] : metadata) json["metadata"][key] = Bounded(value);
  const std::string payload = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  status.SetPayload(kTypeUrl, absl::Cord(Sv(payload)));  // Debian's absl lacks Cord(std::string&&) as Clang names it
  return status;
}

std::string Reason(const absl::Status& status) { return Text(Payload(status), "reason"); }

std::vector<FieldViolation> FieldViolations(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const Json payload = Payload(status);
  if (!payload.contains("fields") || !payload["fields"].is_array()) return violations;
  for (const Json& field : payload["fields"]) {
    if (field.is_object()) violations.push_back({Text(field, "field"), Text(field, "reason"), Text(field, "description")});
  }
  return violations;
}

ErrorMetadata Metadata(const absl::Status& status) {
  ErrorMetadata metadata;
  const Json payload = Payload(status);
  if (!payload.contains("metadata") || !payload["metadata"].is_object()) return metadata;
  for (const auto& [key, value] : payload["metadata"].items()) {
    if (value.is_string()) metadata[key] = value.get<std::string>();
  }
  return metadata;
}

absl::Status InvalidField(std::string_view field, std::string_view rule, std::string_view description) {
  return InvalidFields({{std::string(field), std::string(rule), std::string(description)}});
}

absl::Status InvalidFields(std::vector<FieldViolation> violations) {
  std::string message = "invalid request";
  if (!violations.empty()) message = absl::StrCat(violations[0].field, ": ", violations[0].description);
  return Error(absl::StatusCode::kInvalidArgument, "INVALID_FIELD", message, std::move(violations));
}

absl::Status NotFound(std::string_view kind, std::string_view id) {
  return Error(absl::StatusCode::kNotFound, absl::StrCat(absl::AsciiStrToUpper(Sv(kind)), "_NOT_FOUND"),
               absl::StrCat("there is no such ", Sv(kind), ", or it is not yours to see"), {},
               {{"kind", std::string(kind)}, {"id", std::string(id)}});
}

absl::Status AlreadyExists(std::string_view reason, std::string_view message, ErrorMetadata metadata) {
  return Error(absl::StatusCode::kAlreadyExists, reason, message, {}, std::move(metadata));
}

absl::Status PermissionDenied(std::string_view reason, std::string_view message, ErrorMetadata metadata) {
  return Error(absl::StatusCode::kPermissionDenied, reason, message, {}, std::move(metadata));
}

absl::Status Unauthenticated(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message);
}

absl::Status EtagMismatch(std::string_view kind, std::string_view id) {
  return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
               absl::StrCat("the ", Sv(kind), " was changed in the meantime: read it again"), {},
               {{"kind", std::string(kind)}, {"id", std::string(id)}});
}

absl::Status Aborted(std::string_view reason, std::string_view message, ErrorMetadata metadata) {
  return Error(absl::StatusCode::kAborted, reason, message, {}, std::move(metadata));
}

absl::Status FailedPrecondition(std::string_view reason, std::string_view message, ErrorMetadata metadata) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, message, {}, std::move(metadata));
}

absl::Status ResourceExhausted(std::string_view reason, std::string_view message, ErrorMetadata metadata) {
  return Error(absl::StatusCode::kResourceExhausted, reason, message, {}, std::move(metadata));
}

absl::Status Unavailable(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kUnavailable, reason, message);
}

absl::Status DeadlineExceeded(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kDeadlineExceeded, reason, message);
}

absl::Status Internal(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInternal, reason, message);
}

}  // namespace hotline::base
