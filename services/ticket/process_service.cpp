#include "services/ticket/process_service.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "hotline/ticket/v1/process_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/base/page.h"
#include "services/ticket/catalogue_convert.h"
#include "services/ticket/domain/configuration_limits.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/domain/validate.h"

namespace hotline::ticket {
namespace {

absl::StatusOr<domain::Type> ReadType(v1::TicketType type) {
  if (type <= 0 || type >= domain::kTypes) return base::InvalidField("type", "REQUIRED", "must be a known type");
  return static_cast<domain::Type>(type);
}

}  // namespace

ProcessService::ProcessService(rpc::Node& node, rpc::Pool& pool, ProcessStore& store, ProcessBook& book)
    : PlainService(node, pool, v1::ProcessService::service_full_name()), clock_(node.clock()), store_(store), book_(book) {
  Handle("ListProcesses", &ProcessService::ListProcesses);
  Handle("GetProcess", &ProcessService::GetProcess);
  Handle("ListProcessVersions", &ProcessService::ListProcessVersions);
  Handle("PutProcess", &ProcessService::PutProcess);
  Handle("PublishProcess", &ProcessService::PublishProcess);
}

absl::Status ProcessService::ListProcesses(rpc::Context&, const v1::ListProcessesRequest&, v1::ListProcessesResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<KeptProcess> current, store_.Current());
  for (int number = 1; number < domain::kTypes; ++number) {
    const auto type = static_cast<domain::Type>(number);
    const auto kept = std::find_if(current.begin(), current.end(), [&](const KeptProcess& one) { return one.process.type == type; });
    *response.add_processes() = ToProto(kept == current.end() ? KeptProcess{domain::DefaultProcess(type)} : *kept);
  }
  return absl::OkStatus();
}

absl::StatusOr<KeptProcess> ProcessService::Current(domain::Type type) {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<KeptProcess> newest, store_.Versions(type, 0, 1));
  return newest.empty() ? KeptProcess{domain::DefaultProcess(type)} : newest[0];
}

absl::Status ProcessService::GetProcess(rpc::Context&, const v1::GetProcessRequest& request, v1::Process& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Type type, ReadType(request.type()));
  absl::StatusOr<KeptProcess> found = request.built_in()     ? KeptProcess{domain::DefaultProcess(type)}
                                      : request.version() != 0 ? store_.Get(type, request.version())
                                      : request.draft()        ? store_.Draft(type)
                                                               : Current(type);
  if (absl::IsNotFound(found.status()) && request.version() == 0) found = Current(type);
  HOTLINE_RETURN_IF_ERROR(found.status());
  response = ToProto(*found);
  return absl::OkStatus();
}

absl::Status ProcessService::ListProcessVersions(rpc::Context&, const v1::ListProcessVersionsRequest& request, v1::ListProcessVersionsResponse& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Type type, ReadType(request.type()));
  const base::PageQuery query("process_versions", {absl::StrCat(static_cast<int>(type))});
  HOTLINE_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), domain::kDefaultVersionPage, domain::kMaxVersionPage));
  int64_t before = 0;
  if (!page.after.empty() && !absl::SimpleAtoi(page.after, &before)) return domain::BadPageToken();
  HOTLINE_ASSIGN_OR_RETURN(std::vector<KeptProcess> versions, store_.Versions(type, before, page.size + 1));
  if (versions.size() > static_cast<size_t>(page.size)) {
    versions.pop_back();
    response.set_next_page_token(query.Token(absl::StrCat(versions.back().process.version)));
  }
  for (const KeptProcess& version : versions) *response.add_processes() = ToProto(version);
  return absl::OkStatus();
}

absl::Status ProcessService::PutProcess(rpc::Context& context, const v1::PutProcessRequest& request, v1::Process& response) {
  const domain::Process process = FromProto(request.process());
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(domain::CheckProcess(process)));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.process().etag(), "process.etag"));
  HOTLINE_ASSIGN_OR_RETURN(const KeptProcess kept, store_.PutDraft(process, expected, context.principal().user_id, clock_.Now()));
  response = ToProto(kept);
  return absl::OkStatus();
}

absl::Status ProcessService::PublishProcess(rpc::Context& context, const v1::PublishProcessRequest& request, v1::Process& response) {
  HOTLINE_ASSIGN_OR_RETURN(const domain::Type type, ReadType(request.type()));
  domain::Violations bad;
  domain::CheckText(bad, "note", request.note(), 1, domain::kMaxNote);
  HOTLINE_RETURN_IF_ERROR(domain::ToStatus(std::move(bad)));
  HOTLINE_ASSIGN_OR_RETURN(const auto expected, ReadEtag(request.etag(), "etag"));
  HOTLINE_ASSIGN_OR_RETURN(const KeptProcess published, store_.Publish(type, expected, context.principal().user_id, request.note(), clock_.Now()));
  book_.Forget();
  response = ToProto(published);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
