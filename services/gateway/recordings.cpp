#include "services/gateway/recordings.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>

#include <nlohmann/json.hpp>

#include "services/gateway/domain/url.h"
#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kPrefix = "/v1/recordings/";
constexpr std::string_view kAudioSuffix = "/audio";
constexpr std::string_view kTicketSuffix = ":audioTicket";
constexpr char kAudioRoute[] = "/v1/recordings/{recording_id}/audio";
constexpr char kTicketRoute[] = "/v1/recordings/{recording_id}:audioTicket";
constexpr char kTicketParameter[] = "t";
constexpr char kKeyPurpose[] = "hotline gateway: audio tickets";

absl::Status BadTicket() { return base::Unauthenticated("TICKET_INVALID", "the ticket is not valid any more; ask for another"); }

// The middle of the path, decoded; empty if it is not one segment.
std::string IdIn(std::string_view path, std::string_view suffix) {
  if (!path.starts_with(kPrefix) || !path.ends_with(suffix) || path.size() <= kPrefix.size() + suffix.size()) return {};
  const std::string_view id = path.substr(kPrefix.size(), path.size() - kPrefix.size() - suffix.size());
  if (id.find('/') != std::string_view::npos) return {};
  return PercentDecode(id, false).value_or("");
}

// The bytes of one ReadRecording, of which the first message has been read already.
class RecordingSource final : public BodySource {
 public:
  using Stream = rpc::ClientReader<telephony::v1::ReadRecordingResponse>;
  RecordingSource(std::shared_ptr<rpc::Context> context, Stream stream, std::string first, int64_t length)
      : context_(std::move(context)), stream_(std::move(stream)), first_(std::move(first)), left_(length) {}

  asio::awaitable<absl::StatusOr<std::string>> Next() override {
    std::string piece = std::exchange(first_, {});
    telephony::v1::ReadRecordingResponse message;
    while (piece.empty() && left_ > 0) {
      const bool more = co_await stream_.Read(message);
      if (!more) co_return absl::DataLossError("the recording ended early");
      piece = std::move(*message.mutable_data());
    }
    if (static_cast<int64_t>(piece.size()) > left_) piece.resize(static_cast<size_t>(left_));
    left_ -= static_cast<int64_t>(piece.size());
    co_return piece;
  }

 private:
  const std::shared_ptr<rpc::Context> context_;
  Stream stream_;
  std::string first_;
  int64_t left_;
};

Response NotSatisfiable(int64_t total, const std::string& trace_id) {
  Response response = Problem(416, "RANGE_NOT_SATISFIABLE", "the recording has no such bytes", trace_id);
  response.Set("Content-Range", absl::StrCat("bytes */", total));
  return response;
}

}  // namespace

TicketBox::TicketBox(const rpc::SigningKey& key) {
  static_assert(sizeof key_ == crypto_secretbox_KEYBYTES && sizeof key_ == crypto_hash_sha256_BYTES);
  const std::string secret = key.Sign(kKeyPurpose);  // Ed25519 signs the same text the same way each time
  crypto_hash_sha256(key_.data(), reinterpret_cast<const uint8_t*>(secret.data()), secret.size());
}

std::string TicketBox::Seal(const std::string& recording_id, const std::string& token, absl::Time until) const {
  const std::string text = Json{{"recording", recording_id}, {"token", token}, {"until", absl::ToUnixSeconds(until)}}.dump();
  std::string box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(box.data());
  randombytes_buf(bytes, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, reinterpret_cast<const uint8_t*>(text.data()), text.size(), bytes, key_.data());
  return absl::WebSafeBase64Escape(box);
}

absl::StatusOr<std::string> TicketBox::Open(const std::string& ticket, const std::string& recording_id, absl::Time now) const {
  constexpr size_t kOverhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  std::string box;
  if (ticket.size() > kMaxAudioTicketBytes || !absl::WebSafeBase64Unescape(ticket, &box) || box.size() < kOverhead) return BadTicket();
  std::string text(box.size() - kOverhead, '\0');
  const auto* bytes = reinterpret_cast<const uint8_t*>(box.data());
  if (crypto_secretbox_open_easy(reinterpret_cast<uint8_t*>(text.data()), bytes + crypto_secretbox_NONCEBYTES,
                                 box.size() - crypto_secretbox_NONCEBYTES, bytes, key_.data()) != 0) {
    return BadTicket();
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("recording", "") != recording_id || json.value("until", int64_t{0}) < absl::ToUnixSeconds(now)) {
    return BadTicket();
  }
  return json.value("token", "");
}

Recordings::Recordings(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key)
    : node_(node),
      rest_(rest),
      authenticator_(authenticator),
      box_(key),
      access_(AccessOf(*telephony::v1::ReadRecordingRequest::descriptor()->file()->FindServiceByName("CallService")->FindMethodByName("ReadRecording"))) {
  const auto peer = node.channels().all().find("telephony");
  if (peer != node.channels().all().end()) calls_.emplace(peer->second);
}

bool Recordings::Handles(std::string_view path) { return !IdIn(path, kAudioSuffix).empty() || !IdIn(path, kTicketSuffix).empty(); }

asio::awaitable<Response> Recordings::Handle(const Request& request) {
  const bool ticket = request.path.ends_with(kTicketSuffix);
  const bool good = ticket ? request.method == "POST" : request.method == "GET" || request.method == "HEAD";
  Response response;
  if (!good) {
    response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", request.trace.trace_id);
    response.Set("Allow", ticket ? "POST" : "GET, HEAD");
  } else if (!calls_) {
    response = Problem(base::Unavailable("SERVICE_NOT_CONFIGURED", "there is no telephony here"), request.trace.trace_id);
  } else if (ticket) {
    response = co_await MakeTicket(request, IdIn(request.path, kTicketSuffix));
  } else {
    response = co_await Audio(request, IdIn(request.path, kAudioSuffix));
  }
  response.route = ticket ? kTicketRoute : kAudioRoute;
  co_return response;
}

asio::awaitable<absl::StatusOr<Caller>> Recordings::Admit(const Request& request, const std::string& recording_id) {
  const auto query = ParseQuery(request.query);
  HOTLINE_CO_RETURN_IF_ERROR(query.status());
  for (const auto& parameter : *query) {
    if (parameter.name != kTicketParameter) continue;
    HOTLINE_CO_ASSIGN_OR_RETURN(const std::string token, box_.Open(parameter.value, recording_id, node_.clock().Now()));
    HOTLINE_CO_ASSIGN_OR_RETURN(Caller caller, authenticator_.VerifyToken(token));
    HOTLINE_CO_RETURN_IF_ERROR(rpc::CheckAccess(access_, caller.ToPrincipal()));
    co_return caller;
  }
  co_return co_await rest_.Admit(request, access_);
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
  const absl::Time until = std::min(node_.clock().Now() + kAudioTicketLife, caller->claims->expires_at);
  const std::string ticket = box_.Seal(recording_id, caller->token, until);
  Response response;
  response.user_id = caller->claims->user_id;
  response.Set("Content-Type", "application/json");
  response.Set("Cache-Control", "no-store");
  response.body = Json{{"ticket", ticket},
                       {"expireTime", absl::FormatTime(absl::RFC3339_sec, until, absl::UTCTimeZone())},
                       {"url", absl::StrCat(std::string(kPrefix), recording_id, std::string(kAudioSuffix), "?t=", ticket)}}
                      .dump();
  co_return response;
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
  const auto caller = co_await Admit(request, recording_id);
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
  const std::string_view if_range = request.Header("if-range");
  auto asked = ParseRange(request.Header("range"));
  if (!if_range.empty() && if_range != etag) asked.reset();
  const auto size = co_await SizeOf(*context, recording_id);
  if (!size.ok()) co_return Problem(size.status(), trace);
  const std::optional<ByteRange> range = asked ? Resolve(*asked, *size) : ByteRange{0, *size};
  if (!range) co_return NotSatisfiable(*size, trace);

  Response response;
  response.Set("Content-Type", "audio/wav");
  response.Set("Accept-Ranges", "bytes");
  response.Set("ETag", etag);
  response.Set("Cache-Control", "private, no-store");
  response.Set("Content-Disposition", "inline");
  if (asked) {
    response.status = 206;
    response.Set("Content-Range", absl::StrCat("bytes ", range->first, "-", range->first + range->length - 1, "/", *size));
  }
  if (range->length == 0) co_return response;
  telephony::v1::ReadRecordingRequest ask;
  ask.set_recording_id(recording_id);
  ask.set_offset(range->first);
  ask.set_length(range->length);
  auto stream = calls_->Open(*context, &Calls::Api::ReadRecording, ask);
  telephony::v1::ReadRecordingResponse first;
  const bool some = co_await stream.Read(first);
  if (!some) {
    const absl::Status status = co_await stream.Finish();
    co_return Problem(status.ok() ? base::Internal("RECORDING_EMPTY", "telephony sent nothing") : status, trace);
  }
  response.source_length = range->length;
  response.source = std::make_unique<RecordingSource>(std::move(context), std::move(stream), std::move(*first.mutable_data()), range->length);
  co_return response;
}

}  // namespace hotline::gateway
