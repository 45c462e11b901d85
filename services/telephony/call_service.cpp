#include "libs/base/id.h"
#include "libs/base/page.h"
#include "libs/base/text.h"
#include "services/telephony/calls/recordings.h"
#include "services/telephony/domain/errors.h"
#include "services/telephony/domain/limits.h"
#include "services/telephony/events.h"
#include "services/telephony/service.h"

namespace hotline::telephony {
namespace {

using access::v1::ROLE_ADMIN, access::v1::ROLE_AGENT, access::v1::ROLE_ANALYST, access::v1::ROLE_DISPATCHER, access::v1::ROLE_ENTRY_CLERK,
    access::v1::ROLE_INSPECTOR, access::v1::ROLE_OPERATOR, access::v1::ROLE_SUPERVISOR, access::v1::ROLE_TEAM_LEAD;

absl::Status CheckId(const char* field, const std::string& id) {
  return base::IsValidId(id) ? absl::OkStatus() : base::InvalidField(field, "BAD_FORMAT", "a UUID in lower case");
}

// Agents who are nothing else see only their own calls.
bool OnlyOwn(const rpc::Principal& principal) {
  return principal.is_user() && !principal.HasAnyRole({ROLE_TEAM_LEAD, ROLE_SUPERVISOR, ROLE_INSPECTOR, ROLE_ANALYST, ROLE_ADMIN});
}

}  // namespace

void MaskCall(const rpc::Principal& principal, v1::Call& call) {
  if (principal.is_service() || principal.HasAnyRole({ROLE_TEAM_LEAD, ROLE_SUPERVISOR, ROLE_ENTRY_CLERK})) return;
  if (principal.is_user() && !call.agent_id().empty() && call.agent_id() == principal.user_id) return;
  if (call.direction() == "outbound") call.set_called_number(base::MaskPhone(call.called_number()));
  else call.set_caller_number(base::MaskPhone(call.caller_number()));
}

bool MayHear(const rpc::Principal& principal, const KeptRecording& kept) {
  if (principal.is_service()) return true;
  if (principal.HasAnyRole({ROLE_TEAM_LEAD, ROLE_SUPERVISOR, ROLE_DISPATCHER, ROLE_INSPECTOR})) return true;
  if (kept.recording.kind() == "message") return principal.HasAnyRole({ROLE_AGENT, ROLE_ENTRY_CLERK});
  return principal.HasRole(ROLE_ENTRY_CLERK) || (principal.HasRole(ROLE_AGENT) && kept.agent_id == principal.user_id);
}

CallService::CallService(rpc::Node& node, Exchange& exchange, rpc::Pool& pool, Store& store, const std::atomic<bool>& store_ready)
    : Service(node, v1::CallService::service_full_name()), x_(exchange), pool_(pool), store_(store), store_ready_(store_ready) {
  Handle("GetCall", &CallService::GetCall);
  Handle("ListCalls", &CallService::ListCalls);
  Handle("ListActiveCalls", &CallService::ListActiveCalls);
  Handle("ListRecordings", &CallService::ListRecordings);
  Handle("ReadRecording", &CallService::ReadRecording);
  Handle("ListTrunks", &CallService::ListTrunks);
}

absl::Status CallService::Ready() const {
  return store_ready_ ? absl::OkStatus() : base::Unavailable("DATABASE_UNAVAILABLE", "the database has not been reached yet");
}

CallService::Done CallService::GetCall(rpc::Context& context, const v1::GetCallRequest& request, v1::Call& response) {
  HOTLINE_CO_RETURN_IF_ERROR(CheckId("call_id", request.call_id()));
  if (const v1::Call* call = x_.FindRecord(request.call_id())) {
    response = *call;
  } else {
    HOTLINE_CO_RETURN_IF_ERROR(Ready());
    HOTLINE_CO_ASSIGN_OR_RETURN(response, co_await pool_.Run([&] { return store_.GetCall(request.call_id()); }));
  }
  MaskCall(context.principal(), response);
  co_return absl::OkStatus();
}

CallService::Done CallService::ListCalls(rpc::Context& context, const v1::ListCallsRequest& request, v1::ListCallsResponse& response) {
  HOTLINE_CO_RETURN_IF_ERROR(Ready());
  CallFilter filter;
  if (request.has_start_time_from()) filter.from = FromTimestamp(request.start_time_from());
  if (request.has_start_time_to()) filter.to = FromTimestamp(request.start_time_to());
  filter.agent_id = OnlyOwn(context.principal()) ? context.principal().user_id : request.agent_id();
  filter.number = request.number();
  const base::PageQuery query("calls", {filter.agent_id, filter.number, request.start_time_from().ShortDebugString(), request.start_time_to().ShortDebugString()});
  HOTLINE_CO_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), kDefaultPage, kMaxPage));
  HOTLINE_CO_ASSIGN_OR_RETURN(std::vector<v1::Call> calls,
                              co_await pool_.Run([&] { return store_.ListCalls(filter, page.after, page.size + 1); }));
  const bool more = calls.size() > static_cast<size_t>(page.size);
  if (more) calls.pop_back();
  if (more) response.set_next_page_token(query.Token(PageKey(calls.back())));
  for (v1::Call& call : calls) {
    MaskCall(context.principal(), call);
    *response.add_calls() = std::move(call);
  }
  co_return absl::OkStatus();
}

CallService::Done CallService::ListActiveCalls(rpc::Context& context, const v1::ListActiveCallsRequest& request,
                                               v1::ListActiveCallsResponse& response) {
  if (request.page_size() < 0 || request.page_size() > kMaxActive) co_return base::InvalidField("page_size", "OUT_OF_RANGE", "0 to 5000");
  const int limit = request.page_size() == 0 ? kDefaultActive : request.page_size();
  std::vector<v1::Call> calls = x_.ActiveCalls();
  response.set_total(static_cast<int32_t>(calls.size()));
  for (v1::Call& call : calls) {
    if (response.calls_size() == limit) break;
    MaskCall(context.principal(), call);
    *response.add_calls() = std::move(call);
  }
  co_return absl::OkStatus();
}

CallService::Done CallService::ListRecordings(rpc::Context& context, const v1::ListRecordingsRequest& request,
                                              v1::ListRecordingsResponse& response) {
  const bool one = !request.recording_id().empty();
  HOTLINE_CO_RETURN_IF_ERROR(one ? CheckId("recording_id", request.recording_id()) : CheckId("call_id", request.call_id()));
  HOTLINE_CO_RETURN_IF_ERROR(Ready());
  HOTLINE_CO_ASSIGN_OR_RETURN(const std::vector<KeptRecording> found,
                              co_await pool_.Run([&] { return store_.ListRecordings(request.call_id(), request.recording_id()); }));
  for (const KeptRecording& kept : found) {
    if (MayHear(context.principal(), kept)) *response.add_recordings() = kept.recording;
  }
  co_return absl::OkStatus();
}

CallService::Done CallService::ReadRecording(rpc::Context& context, const v1::ReadRecordingRequest& request,
                                             rpc::Writer<v1::ReadRecordingResponse>& out) {
  HOTLINE_CO_RETURN_IF_ERROR(CheckId("recording_id", request.recording_id()));
  if (request.offset() < 0) co_return base::InvalidField("offset", "OUT_OF_RANGE", "not negative");
  if (request.length() < 0) co_return base::InvalidField("length", "OUT_OF_RANGE", "not negative");
  HOTLINE_CO_RETURN_IF_ERROR(Ready());
  HOTLINE_CO_ASSIGN_OR_RETURN(const std::vector<KeptRecording> found, co_await pool_.Run([&] { return store_.ListRecordings("", request.recording_id()); }));
  if (found.empty()) co_return errors::RecordingNotFound(request.recording_id());
  if (!MayHear(context.principal(), found[0])) co_return errors::RecordingForbidden();
  const std::string path = x_.config().recordings_dir + "/" + found[0].path;
  HOTLINE_CO_ASSIGN_OR_RETURN(const RecordingFileInfo info, co_await pool_.Run([&] { return InspectRecording(path); }));
  if (request.offset() > info.pcm_size) co_return base::InvalidField("offset", "OUT_OF_RANGE", "beyond the end");
  int64_t left = info.pcm_size - request.offset();
  if (request.length() > 0) left = std::min(left, request.length());
  int64_t offset = request.offset();
  bool first = true;
  while (left > 0 || first) {
    const int64_t size = std::min<int64_t>(left, kReadChunkBytes);
    v1::ReadRecordingResponse piece;
    if (size > 0) {
      HOTLINE_CO_ASSIGN_OR_RETURN(*piece.mutable_data(), co_await pool_.Run([&] { return ReadAsPcm(path, info, offset, size); }));
    }
    if (std::exchange(first, false)) piece.set_total_size(info.pcm_size);
    offset += size;
    left -= size;
    const bool written = co_await out.Push(std::move(piece));
    if (!written) co_return absl::CancelledError("the reader is gone");
  }
  co_return absl::OkStatus();
}

CallService::Done CallService::ListTrunks(rpc::Context&, const v1::ListTrunksRequest&, v1::ListTrunksResponse& response) {
  response = x_.Trunks();
  co_return absl::OkStatus();
}

}  // namespace hotline::telephony
