#include "services/gateway/recordings.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

constexpr std::string_view kPrefix = "/v1/recordings/";
constexpr std::string_view kAudioSuffix = "/audio";
constexpr std::string_view kAudioTicketSuffix = ":audioTicket";
constexpr char kAudioRoute[] = "/v1/recordings/{recording_id}/audio";
constexpr char kTicketRoute[] = "/v1/recordings/{recording_id}:audioTicket";

}  // namespace

Recordings::Recordings(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key)
    : node_(node),
      rest_(rest),
      authenticator_(authenticator),
      box_(key),
      access_(AccessOf(*telephony::v1::ReadRecordingRequest::descriptor()->file()->FindServiceByName("CallService")->FindMethodByName("ReadRecording"))) {
  const auto peer = node.channels().all().find("telephony");
  if (peer != node.channels().all().end()) calls_.emplace(peer->second);
}

bool Recordings::Handles(std::string_view path) { return !SegmentIn(path, kPrefix, kAudioSuffix).empty() || !SegmentIn(path, kPrefix, kAudioTicketSuffix).empty(); }

asio::awaitable<Response> Recordings::Handle(const Request& request) {
  const bool ticket = request.path.ends_with(kAudioTicketSuffix);
  const bool good = ticket ? request.method == "POST" : request.method == "GET" || request.method == "HEAD";
  Response response;
  if (!good) {
    response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", request.trace.trace_id);
    response.Set("Allow", ticket ? "POST" : "GET, HEAD");
  } else if (!calls_) {
    response = Problem(base::Unavailable("SERVICE_NOT_CONFIGURED", "there is no telephony here"), request.trace.trace_id);
  } else if (ticket) {
    response = co_await MakeTicket(request, SegmentIn(request.path, kPrefix, kAudioTicketSuffix));
  } else {
    response = co_await Audio(request, SegmentIn(request.path, kPrefix, kAudioSuffix));
  }
  response.route = ticket ? kTicketRoute : kAudioRoute;
  co_return response;
}

asio::awaitable<Response> Recordings::MakeTicket(const Request& request, std::string recording_id) {
  const std::string& trace = request.trace.trace_id;
  const auto caller = co_await rest_.Admit(request, access_);
  if (!caller.ok()) co_return Problem(caller.status(), trace);
  rpc::Context context(co_await asio::this_coro::executor);
  context.SetTrace(request.trace);
  context.ActFor(caller->token);
  // Nobody gets a ticket for what is not theirs to hear.
  const auto size = co_await SizeOf(context, recording_id);
  if (!size.ok()) co_return Problem(size.status(), trace);
  co_return TicketAnswer(box_, *caller, recording_id, absl::StrCat(std::string(kPrefix), recording_id, std::string(kAudioSuffix)), node_.clock().Now());
}

asio::awaitable<absl::StatusOr<int64_t>> Recordings::SizeOf(const rpc::Context& context, const std::string& recording_id) {
  telephony::v1::ReadRecordingRequest ask;
  ask.set_recording_id(recording_id);
  ask.set_length(1);
  rpc::CallOptions options;
  options.timeout = kFirstPieceTimeout;
  auto stream = calls_->Open(context, &Calls::Api::ReadRecording, ask, options);
  telephony::v1::ReadRecordingResponse first;
  const bool some = co_await stream.Read(first);
  if (some) co_return first.total_size();
  const absl::Status status = co_await stream.Finish();
  if (!status.ok()) co_return status;
  co_return 0;
}

asio::awaitable<Response> Recordings::Audio(const Request& request, std::string recording_id) {
  const auto caller = co_await AdmitDownload(request, rest_, authenticator_, box_, access_, recording_id, node_.clock().Now());
  if (!caller.ok()) co_return Problem(caller.status(), request.trace.trace_id);
  auto context = std::make_shared<rpc::Context>(co_await asio::this_coro::executor);
  context->SetTrace(request.trace);
  context->ActFor(caller->token);
  Response response = co_await Read(request, std::move(context), std::move(recording_id));
  response.user_id = caller->claims->user_id;
  co_return response;
}

asio::awaitable<Response> Recordings::Read(const Request& request, std::shared_ptr<rpc::Context> context, std::string recording_id) {
  const std::string& trace = request.trace.trace_id;
  const std::string etag = absl::StrCat("\"", absl::WebSafeBase64Escape(recording_id), "\"");  // a recording never changes
  const auto size = co_await SizeOf(*context, recording_id);
  if (!size.ok()) co_return Problem(size.status(), trace);
  const Asked asked = AskedBytes(request, etag, *size);
  Response response = RangeAnswer(asked, etag, *size, trace);
  if (!asked.range) co_return response;
  response.Set("Content-Type", "audio/wav");
  response.Set("Content-Disposition", "inline");
  if (asked.range->length == 0) co_return response;
  telephony::v1::ReadRecordingRequest ask;
  ask.set_recording_id(recording_id);
  ask.set_offset(asked.range->first);
  ask.set_length(asked.range->length);
  auto stream = calls_->Open(*context, &Calls::Api::ReadRecording, ask);
  telephony::v1::ReadRecordingResponse first;
  const bool some = co_await stream.Read(first);
  if (!some) {
    const absl::Status status = co_await stream.Finish();
    co_return Problem(status.ok() ? base::Internal("RECORDING_EMPTY", "telephony sent nothing") : status, trace);
  }
  response.source_length = asked.range->length;
  response.source = std::make_unique<PieceSource<telephony::v1::ReadRecordingResponse>>(std::move(context), std::move(stream), std::move(*first.mutable_data()),
                                                                                          asked.range->length);
  co_return response;
}

}  // namespace hotline::gateway
