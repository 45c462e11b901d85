#include "libs/rpc/status.h"

#include <absl/strings/cord.h>

#include <string>

#include "google/rpc/status.pb.h"
#include "hotline/errors/v1/errors.pb.h"
#include "libs/base/error.h"

namespace hotline::rpc {
namespace {

namespace pb = hotline::errors::v1;

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kBaseUrlPrefix[] = "type.hotline/";
constexpr char kDomain[] = "hotline";

void AddDetail(google::rpc::Status& out, const char* url, const google::protobuf::Message& message) {
  auto* detail = out.add_details();
  detail->set_type_url(url);
  detail->set_value(message.SerializeAsString());
}

void AddErrorDetails(google::rpc::Status& out, const absl::Status& status) {
  const std::string reason = base::Reason(status);
  if (reason.empty()) return;
  pb::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kDomain);
  for (const auto& [key, value] : base::Metadata(status)) (*info.mutable_metadata())[key] = value;
  AddDetail(out, kErrorInfoUrl, info);
  pb::BadRequest request;
  for (const auto& violation : base::FieldViolations(status)) {
    auto* field = request.add_field_violations();
    field->set_field(violation.field);
    field->set_reason(violation.reason);
    field->set_description(violation.description);
  }
  if (request.field_violations_size() > 0) AddDetail(out, kBadRequestUrl, request);
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status out;
  AddErrorDetails(out, status);
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    const std::string url(type_url);
    if (url.starts_with(kBaseUrlPrefix)) return;
    auto* detail = out.add_details();
    detail->set_type_url(url);
    detail->set_value(std::string(payload));
  });
  std::string details;
  if (out.details_size() > 0) {
    out.set_code(static_cast<int>(status.code()));
    out.set_message(std::string(status.message()));
    while (out.ByteSizeLong() > kMaxErrorDetailBytes && out.details_size() > 0) out.mutable_details()->RemoveLast();
    details = out.SerializeAsString();
  }
  // The codes of both libraries are those of google.rpc.Code.
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message()), std::move(details)};
}

absl::Status FromGrpc(const grpc::Status& from) {
  if (from.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(from.error_code());
  google::rpc::Status details;
  if (from.error_details().empty() || !details.ParseFromString(from.error_details())) {
    return absl::Status(code, from.error_message());
  }
  pb::ErrorInfo info;
  pb::BadRequest request;
  for (const auto& detail : details.details()) {
    if (detail.type_url() == kErrorInfoUrl && !info.ParseFromString(detail.value())) info.Clear();
    if (detail.type_url() == kBadRequestUrl && !request.ParseFromString(detail.value())) request.Clear();
  }
  absl::Status status(code, from.error_message());
  if (!info.reason().empty()) {
    std::vector<base::FieldViolation> violations;
    for (const auto& field : request.field_violations()) {
      violations.push_back({field.field(), field.reason(), field.description()});
    }
    status = base::Error(code, info.reason(), from.error_message(), std::move(violations),
                         {info.metadata().begin(), info.metadata().end()});
  }
  for (const auto& detail : details.details()) {
    if (detail.type_url() == kErrorInfoUrl || detail.type_url() == kBadRequestUrl) continue;
    status.SetPayload(detail.type_url(), absl::Cord(absl::string_view(detail.value())));
  }
  return status;
}

}  // namespace hotline::rpc
