#include "services/gateway/files.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/gateway/domain/url.h"
#include "services/gateway/rest/json.h"
#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

constexpr std::string_view kTickets = "/v1/tickets/";
constexpr std::string_view kAttachmentsSuffix = "/attachments";
constexpr std::string_view kContentSuffix = "/content";
constexpr std::string_view kContentTicketSuffix = ":contentTicket";
constexpr char kUploadRoute[] = "/v1/tickets/{ticket_id}/attachments";

absl::StatusOr<ticket::v1::UploadInfo> ReadUploadInfo(const Request& request) {
  ticket::v1::UploadInfo info;
  info.set_ticket_id(SegmentIn(request.path, kTickets, kAttachmentsSuffix));
  info.set_media_type(std::string(request.Header("content-type")));
  const auto query = ParseQuery(request.query);
  if (!query.ok()) return query.status();
  for (const auto& [name, value] : *query) {
    if (name == "fileName" || name == "file_name") {
      info.set_file_name(value);
    } else if (name == "requestId" || name == "request_id") {
      info.set_request_id(value);
    } else if ((name == "fromCaller" || name == "from_caller") && (value == "true" || value == "false")) {
      info.set_from_caller(value == "true");
    } else {
      return base::InvalidField(name, "UNKNOWN_PARAMETER", "fileName, fromCaller (true, false) and requestId are known");
    }
  }
  return info;
}

}  // namespace

Files::Files(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key)
    : node_(node), rest_(rest), authenticator_(authenticator), box_(key) {
  upload_access_ = AccessOf(*ticket::v1::UploadInfo::descriptor()->file()->FindServiceByName("AttachmentService")->FindMethodByName("UploadAttachment"));
  AddSource(attachments_, "ticket", "/v1/attachments/", false, "ReadAttachment", &Attachments::Api::ReadAttachment);
  AddSource(documents_, "ticket", "/v1/documents/", true, "ReadDocument", &Documents::Api::ReadDocument);
  AddSource(briefs_, "analytics", "/v1/briefs/", true, "ReadBrief", &Briefs::Api::ReadBrief);
}

template <class GrpcService, class Method>
void Files::AddSource(std::optional<rpc::Client<GrpcService>>& client, const char* peer, const std::string& prefix, bool inline_shown,
                      const char* name, Method method) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(GrpcService::service_full_name());
  sources_.push_back({prefix, inline_shown, AccessOf(*service->FindMethodByName(name)), {}});
  const auto found = node_.channels().all().find(peer);
  if (found == node_.channels().all().end()) return;
  client.emplace(found->second);
  sources_.back().open = [&client, method](const rpc::Context& context, const files::v1::ReadFileRequest& ask, const rpc::CallOptions& options) {
    return client->Open(context, method, ask, options);
  };
}

bool Files::Streams(std::string_view method, std::string_view path) { return method == "POST" && !SegmentIn(path, kTickets, kAttachmentsSuffix).empty(); }

bool Files::Handles(std::string_view method, std::string_view path) {
  if (Streams(method, path)) return true;
  for (std::string_view prefix : {"/v1/attachments/", "/v1/documents/", "/v1/briefs/"}) {
    if (!SegmentIn(path, prefix, kContentSuffix).empty() || !SegmentIn(path, prefix, kContentTicketSuffix).empty()) return true;
  }
  return false;
}

const Files::Source* Files::SourceOf(std::string_view path) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& source) { return path.starts_with(source.prefix); });
  return found == sources_.end() || !found->open ? nullptr : &*found;
}

asio::awaitable<Response> Files::Handle(const Request& request) {
  const std::string& trace = request.trace.trace_id;
  if (Streams(request.method, request.path)) {
    Response response = co_await Upload(request);
    response.route = kUploadRoute;
    // What was not read would be taken for the next request.
    if (request.stream == nullptr || !request.stream->Ended()) response.close = true;
    co_return response;
  }
  const bool ticket = request.path.ends_with(kContentTicketSuffix);
  const bool good = ticket ? request.method == "POST" : request.method == "GET" || request.method == "HEAD";
  const Source* source = SourceOf(request.path);
  const std::string_view suffix = ticket ? kContentTicketSuffix : kContentSuffix;
  Response response;
  if (!good) {
    response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", trace);
    response.Set("Allow", ticket ? "POST" : "GET, HEAD");
  } else if (source == nullptr) {
    response = Problem(base::Unavailable("SERVICE_NOT_CONFIGURED", "there is no service with such files here"), trace);
  } else if (ticket) {
    response = co_await MakeTicket(request, *source, SegmentIn(request.path, source->prefix, suffix));
  } else {
    response = co_await Content(request, *source, SegmentIn(request.path, source->prefix, suffix));
  }
  response.route = source == nullptr ? "other" : absl::StrCat(source->prefix, "{file_id}", absl::string_view(suffix.data(), suffix.size()));
  co_return response;
}

asio::awaitable<Response> Files::Upload(const Request& request) {
  const std::string& trace = request.trace.trace_id;
  if (!attachments_) co_return Problem(base::Unavailable("SERVICE_NOT_CONFIGURED", "there is no ticket service here"), trace);
  const auto caller = co_await rest_.Admit(request, upload_access_);
  if (!caller.ok()) co_return Problem(caller.status(), trace);
  const auto info = ReadUploadInfo(request);
  if (!info.ok()) co_return Problem(info.status(), trace);
  if (request.stream == nullptr) co_return Problem(base::InvalidField("content", "EMPTY", "the body is the file"), trace);
  if (request.stream->length() > kMaxUploadBytes) co_return Problem(413, "FILE_TOO_LARGE", "an attachment has 20 MiB at most", trace);
  if (uploads_ >= kMaxUploads) co_return Problem(base::ResourceExhausted("TOO_MANY_UPLOADS", "too many files are being sent; try again"), trace);
  const Counted counted(uploads_);
  rpc::Context context(co_await asio::this_coro::executor, node_.clock().Now() + kUploadTime);
  context.SetTrace(request.trace);
  context.ActFor(caller->token);
  auto made = co_await rpc::WithTimeout(kUploadTime, Send(request, context, *info));
  if (!made.ok()) {
    Response refused = base::HasReason(made.status(), "FILE_TOO_LARGE") ? Problem(413, "FILE_TOO_LARGE", "an attachment has 20 MiB at most", trace)
                                                                        : Problem(made.status(), trace);
    refused.user_id = caller->claims->user_id;
    co_return refused;
  }
  Response response;
  response.user_id = caller->claims->user_id;
  response.Set("Content-Type", "application/json");
  response.Set("Cache-Control", "no-store");
  response.body = ToJson(*made);
  co_return response;
}

asio::awaitable<absl::StatusOr<ticket::v1::Attachment>> Files::Send(const Request& request, const rpc::Context& context,
                                                                   const ticket::v1::UploadInfo& info) {
  ticket::v1::UploadAttachmentRequest first;
  *first.mutable_info() = info;
  co_return co_await PassOn(request, attachments_->Open(context, &Attachments::Api::UploadAttachment), std::move(first),
                            +[](ticket::v1::UploadAttachmentRequest& next, std::string piece) { next.set_data(std::move(piece)); });
}

asio::awaitable<absl::StatusOr<Files::Facts>> Files::FactsOf(const rpc::Context& context, const Source& source, const std::string& file_id) {
  files::v1::ReadFileRequest ask;
  ask.set_file_id(file_id);
  ask.set_length(1);
  rpc::CallOptions options;
  options.timeout = kFirstPieceTimeout;
  auto stream = source.open(context, ask, options);
  files::v1::FilePiece first;
  const bool some = co_await stream.Read(first);
  if (some) co_return Facts{first.total_size(), first.media_type(), first.file_name(), first.sha256()};
  const absl::Status status = co_await stream.Finish();
  co_return status.ok() ? base::Internal("FILE_EMPTY", "the service sent nothing") : status;
}

asio::awaitable<Response> Files::MakeTicket(const Request& request, const Source& source, std::string file_id) {
  const std::string& trace = request.trace.trace_id;
  const auto caller = co_await rest_.Admit(request, source.access);
  if (!caller.ok()) co_return Problem(caller.status(), trace);
  rpc::Context context(co_await asio::this_coro::executor);
  context.SetTrace(request.trace);
  context.ActFor(caller->token);
  // Nobody gets a ticket for what is not theirs to see.
  const auto facts = co_await FactsOf(context, source, file_id);
  if (!facts.ok()) co_return Problem(facts.status(), trace);
  const std::string path = absl::StrCat(source.prefix, file_id);
  co_return TicketAnswer(box_, *caller, path, absl::StrCat(path, std::string(kContentSuffix)), node_.clock().Now());
}

asio::awaitable<Response> Files::Content(const Request& request, const Source& source, std::string file_id) {
  const auto caller = co_await AdmitDownload(request, rest_, authenticator_, box_, source.access, absl::StrCat(source.prefix, file_id), node_.clock().Now());
  if (!caller.ok()) co_return Problem(caller.status(), request.trace.trace_id);
  auto context = std::make_shared<rpc::Context>(co_await asio::this_coro::executor);
  context->SetTrace(request.trace);
  context->ActFor(caller->token);
  Response response = co_await Serve(request, source, std::move(context), std::move(file_id));
  response.user_id = caller->claims->user_id;
  co_return response;
}

asio::awaitable<Response> Files::Serve(const Request& request, const Source& source, std::shared_ptr<rpc::Context> context, std::string file_id) {
  const std::string& trace = request.trace.trace_id;
  const auto facts = co_await FactsOf(*context, source, file_id);
  if (!facts.ok()) co_return Problem(facts.status(), trace);
  const std::string etag = absl::StrCat("\"", facts->sha256, "\"");
  const Asked asked = AskedBytes(request, etag, facts->size);
  Response response = RangeAnswer(asked, etag, facts->size, trace);
  if (!asked.range) co_return response;
  response.Set("Content-Type", facts->media_type);
  response.Set("Content-Disposition", Disposition(source.inline_shown, facts->file_name));
  if (asked.range->length == 0) co_return response;
  files::v1::ReadFileRequest ask;
  ask.set_file_id(file_id);
  ask.set_offset(asked.range->first);
  ask.set_length(asked.range->length);
  auto stream = source.open(*context, ask, {});
  files::v1::FilePiece first;
  const bool some = co_await stream.Read(first);
  if (!some) {
    const absl::Status status = co_await stream.Finish();
    co_return Problem(status.ok() ? base::Internal("FILE_EMPTY", "the service sent nothing") : status, trace);
  }
  response.source_length = asked.range->length;
  response.source = std::make_unique<PieceSource<files::v1::FilePiece>>(std::move(context), std::move(stream), std::move(*first.mutable_data()),
                                                                    asked.range->length);
  co_return response;
}

}  // namespace hotline::gateway
