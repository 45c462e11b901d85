#include "services/gateway/rest/problem.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/time/time.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "services/gateway/domain/url.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kClientClosedRequest = 499;
constexpr char kRetryAfterMetadata[] = "retry_after_seconds";

// What is said of an error whose own words stay inside.
struct Generic {
  const char* reason;
  const char* detail;
};
Generic GenericOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable: return {"SERVICE_UNAVAILABLE", "a part of the hotline does not answer; try again soon"};
    case absl::StatusCode::kDeadlineExceeded: return {"TIMED_OUT", "the answer took too long"};
    case absl::StatusCode::kCancelled: return {"CANCELLED", "the request was cancelled"};
    case absl::StatusCode::kUnauthenticated: return {"UNAUTHENTICATED", "sign in first"};
    case absl::StatusCode::kPermissionDenied: return {"PERMISSION_DENIED", "this is not allowed to you"};
    case absl::StatusCode::kNotFound: return {"NOT_FOUND", "there is no such thing, or it is not yours to see"};
    case absl::StatusCode::kInvalidArgument: return {"INVALID_ARGUMENT", "the request is not valid"};
    case absl::StatusCode::kResourceExhausted: return {"TOO_MUCH", "too much at once; try again soon"};
    case absl::StatusCode::kUnimplemented: return {"UNIMPLEMENTED", "this is not available"};
    default: return {"INTERNAL", "an error inside the hotline; its trace id helps to find the cause"};
  }
}

bool StaysInside(const absl::Status& status) {
  const auto code = status.code();
  return base::Reason(status).empty() || code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

Response Write(int status, const std::string& reason, const std::string& detail, std::string_view trace_id, Json errors) {
  Json json{{"type", "urn:hotline:error:" + absl::AsciiStrToLower(reason)},
            {"title", HttpTitle(status)},
            {"status", status},
            {"detail", detail},
            {"reason", reason},
            {"traceId", trace_id}};
  if (!errors.empty()) json["errors"] = std::move(errors);
  Response response;
  response.status = status;
  response.Set("Content-Type", "application/problem+json");
  response.Set("Cache-Control", "no-store");
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

std::string FieldAsWritten(const std::string& field, std::string_view body_field) {
  std::string_view path = field;
  if (!body_field.empty() && body_field != "*" && path.starts_with(body_field) && path.size() > body_field.size() &&
      path[body_field.size()] == '.') {
    path.remove_prefix(body_field.size() + 1);
  }
  return LowerCamelPath(path);
}

}  // namespace

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk: return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange: return 400;
    case absl::StatusCode::kUnauthenticated: return 401;
    case absl::StatusCode::kPermissionDenied: return 403;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition: return 409;
    case absl::StatusCode::kResourceExhausted: return 429;
    case absl::StatusCode::kCancelled: return kClientClosedRequest;
    case absl::StatusCode::kUnimplemented: return 501;
    case absl::StatusCode::kUnavailable: return 503;
    case absl::StatusCode::kDeadlineExceeded: return 504;
    default: return 500;
  }
}

std::string_view HttpTitle(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 426: return "Upgrade Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Internal Server Error";
  }
}

Response Problem(const absl::Status& status, std::string_view trace_id, std::string_view body_field) {
  Json errors = Json::array();
  std::string reason = base::Reason(status), detail(status.message());
  if (StaysInside(status)) {
    const Generic generic = GenericOf(status.code());
    reason = generic.reason;
    detail = generic.detail;
  } else {
    for (const auto& violation : base::FieldViolations(status)) {
      errors.push_back({{"field", FieldAsWritten(violation.field, body_field)},
                        {"reason", violation.reason},
                        {"description", violation.description}});
    }
  }
  const int http = HttpStatusOf(status.code());
  Response response = Write(http, reason, detail, trace_id, std::move(errors));
  if (http == 401) response.Set("WWW-Authenticate", "Bearer");
  if (http == 429 || http == 503) {
    const auto metadata = base::Metadata(status);
    const auto after = metadata.find(kRetryAfterMetadata);
    int64_t seconds = 1;
    if (after == metadata.end() || !absl::SimpleAtoi(after->second, &seconds)) seconds = 1;
    SetRetryAfter(response, absl::Seconds(seconds));
  }
  return response;
}

Response Problem(int http_status, std::string_view reason, std::string_view detail, std::string_view trace_id) {
  return Write(http_status, std::string(reason), std::string(detail), trace_id, Json::array());
}

void SetRetryAfter(Response& response, absl::Duration after) {
  response.Set("Retry-After", std::to_string(std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(after, absl::Seconds(1))))));
}

}  // namespace hotline::gateway
