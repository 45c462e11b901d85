#include "services/gateway/http/server.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <array>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/log.h"
#include "libs/rpc/io.h"
#include "services/gateway/domain/url.h"
#include "services/gateway/http/streams.h"
#include "services/gateway/http/wire.h"
#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

namespace http = beast::http;
using asio::ip::tcp;
using Parser = http::request_parser<http::string_body>;

constexpr size_t kReadChunk = 4096;
constexpr size_t kUploadPiece = 64 << 10;
constexpr size_t kReadBuffer = 64 << 10;
constexpr int kBacklog = 1024;
constexpr size_t kMaxRequestId = 64;
constexpr unsigned kChunkedSince = 11;  // HTTP/1.1
constexpr size_t kMaxLingerBytes = 8 << 20;
constexpr absl::Duration kLingerTime = absl::Seconds(2);
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);  // when the process has no descriptors left

std::chrono::nanoseconds Chrono(absl::Duration time) { return absl::ToChronoNanoseconds(time); }

template <class Stream>
void Expire(Stream& stream, absl::Duration time) {
  beast::get_lowest_layer(stream).expires_after(Chrono(time));
}

// What reading a request came to: the request, or a status to refuse it with, or neither when the connection is over.
struct Arrival {
  std::optional<HttpRequest> request;
  int refuse = 0;
  std::unique_ptr<UploadBody> upload = nullptr;  // instead of the request's body
};

// A body as it comes from the connection.
template <class Stream>
class StreamedBody final : public UploadBody {
 public:
  StreamedBody(Stream& stream, beast::flat_buffer& buffer, http::request_parser<http::empty_body>&& head)
      : stream_(stream), buffer_(buffer), parser_(std::move(head)) {
    const auto length = parser_.content_length();
    length_ = length ? static_cast<int64_t>(*length) : -1;
    parser_.body_limit(boost::none);  // whoever takes the pieces counts them
  }

  asio::awaitable<absl::StatusOr<std::string>> Next() override {
    std::string piece;
    while (piece.empty() && !parser_.is_done()) {
      piece.resize(kUploadPiece);
      parser_.get().body() = {piece.data(), piece.size(), true};
      boost::system::error_code error;
      Expire(stream_, kBodyTimeout);
      co_await http::async_read(stream_, buffer_, parser_, asio::redirect_error(asio::use_awaitable, error));
      if (error && error != http::error::need_buffer) co_return base::Unavailable("UPLOAD_BROKEN", "the client went away");
      piece.resize(piece.size() - parser_.get().body().size);
    }
    co_return piece;
  }
  int64_t length() const override { return length_; }
  bool Ended() const override { return parser_.is_done(); }

 private:
  Stream& stream_;
  beast::flat_buffer& buffer_;
  http::request_parser<http::buffer_body> parser_;
  int64_t length_;
};

Arrival Refused(const beast::error_code& error) {
  if (error == http::error::body_limit) return {std::nullopt, 413};
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return {std::nullopt, 431};
  const bool malformed = error.category() == make_error_code(http::error::bad_method).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
  return {std::nullopt, malformed ? 400 : 0};
}

Response RefusalOf(int status, const std::string& trace) {
  switch (status) {
    case 413: return Problem(413, "BODY_TOO_LARGE", "the body is too large", trace);
    case 431: return Problem(431, "HEADERS_TOO_LARGE", "the headers are too large", trace);
    default: return Problem(400, "BAD_REQUEST", "not a well-formed HTTP request", trace);
  }
}

bool IsToken(std::string_view text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string_view::npos;
}

Request ToRequest(HttpRequest& from, const std::string& peer, bool secure, const Config& config) {
  Request request;
  request.method = std::string(from.method_string());
  request.target = std::string(from.target());
  const Target target = SplitTarget(request.target);
  request.path = target.path;
  request.query = target.query;
  for (const auto& field : from) request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  request.body = std::move(from.body());
  request.client_address = ClientAddress(peer, request.headers, config.trusted_proxies);
  request.secure = secure;
  request.trace = rpc::Trace::Continue(request.Header("traceparent"));
  const std::string_view id = request.Header("x-request-id");
  request.request_id = !id.empty() && id.size() <= kMaxRequestId && IsToken(id) ? std::string(id) : request.trace.trace_id;
  return request;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(asio::any_io_executor executor, const Config& config, HttpHandlers handlers, runtime::Metrics& metrics)
      : executor_(executor),
        config_(config),
        handlers_(std::move(handlers)),
        open_(metrics.Gauge("hotline_gateway_connections", "Open HTTP connections")),
        refused_(metrics.Counter("hotline_gateway_connections_refused_total", "Connections closed because there were too many")),
        tls_(asio::ssl::context::tls_server),
        tasks_(executor) {}

  absl::Status Start() {
    HOTLINE_RETURN_IF_ERROR(Listen(config_.http, plain_));
    tasks_.Spawn(Accept(*plain_, false));
    if (!config_.https) return absl::OkStatus();
    HOTLINE_RETURN_IF_ERROR(LoadCertificate(*config_.https));
    HOTLINE_RETURN_IF_ERROR(Listen(*config_.https, secure_));
    tasks_.Spawn(Accept(*secure_, true));
    return absl::OkStatus();
  }

  void Stop(absl::Duration drain) {
    asio::post(executor_, [this] {
      stopping_ = true;
      boost::system::error_code ignored;
      if (plain_) plain_->close(ignored);
      if (secure_) secure_->close(ignored);
      for (Connection& connection : connections_) {
        if (!connection.busy) connection.close();
      }
    });
    {
      std::unique_lock lock(mutex_);
      empty_.wait_for(lock, Chrono(drain), [this] { return count_ == 0; });
    }
    tasks_.Stop();
  }

  uint16_t Port(bool secure) const {
    const auto& acceptor = secure ? secure_ : plain_;
    return acceptor ? acceptor_ports_[secure] : 0;
  }

 private:
  struct Connection {
    std::function<void()> close;
    bool busy = true;
  };
  // Keeps a connection in the list while its coroutine lives.
  class Listed {
   public:
    Listed(Impl& server, std::function<void()> close) : server_(server) {
      it_ = server_.connections_.insert(server_.connections_.end(), Connection{std::move(close)});
      server_.Count(+1);
    }
    ~Listed() {
      server_.connections_.erase(it_);
      server_.Count(-1);
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    void SetBusy(bool busy) { it_->busy = busy; }

   private:
    Impl& server_;
    std::list<Connection>::iterator it_;
  };

  void Count(int by) {
    const std::lock_guard lock(mutex_);
    count_ += by;
    open_.Set(static_cast<double>(count_));
    if (count_ == 0) empty_.notify_all();
  }

  absl::Status Listen(const ListenConfig& config, std::optional<tcp::acceptor>& acceptor) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(config.address, error);
    if (error) return base::FailedPrecondition("BAD_ADDRESS", config.address + " is not an address");
    acceptor.emplace(executor_);
    const tcp::endpoint endpoint(address, config.port);
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(kBacklog, error);
    if (error) return base::Unavailable("CANNOT_LISTEN", absl::StrCat("cannot listen on ", config.address, " port ", config.port));
    acceptor_ports_[&acceptor == &secure_] = acceptor->local_endpoint().port();
    base::log::Info("listening", {{"address", config.address}, {"port", acceptor->local_endpoint().port()}});
    return absl::OkStatus();
  }

  absl::Status LoadCertificate(const ListenConfig& config) {
    boost::system::error_code error;
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
    if (!error) tls_.use_certificate_chain_file(config.certificate_file, error);
    if (!error) tls_.use_private_key_file(config.key_file, asio::ssl::context::pem, error);
    if (error) return base::FailedPrecondition("BAD_CERTIFICATE", "cannot use " + config.certificate_file + " with " + config.key_file);
    return absl::OkStatus();
  }

  asio::awaitable<void> Accept(tcp::acceptor& acceptor, bool secure) {
    while (!stopping_) {
      boost::system::error_code error;
      tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        if (!stopping_) co_await rpc::Sleep(kAcceptPause);
        continue;
      }
      if (connections_.size() >= config_.limits.max_connections) {
        refused_.Increment();
        continue;  // closes it
      }
      socket.set_option(tcp::no_delay(true), error);
      const auto peer = socket.remote_endpoint(error);
      if (error) continue;
      std::string address = peer.address().to_string();
      if (secure) {
        tasks_.Spawn(ServeSecure(TlsStream(beast::tcp_stream(std::move(socket)), tls_), std::move(address)));
      } else {
        tasks_.Spawn(Serve(PlainStream(std::move(socket)), std::move(address), false));
      }
    }
  }

  asio::awaitable<void> ServeSecure(TlsStream stream, std::string peer) {
    boost::system::error_code error;
    Expire(stream, kHeaderTimeout);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_await Serve(std::move(stream), std::move(peer), true);
  }

  template <class Stream>
  asio::awaitable<void> Serve(Stream stream, std::string peer, bool secure) {
    Listed listed(*this, [lowest = &beast::get_lowest_layer(stream)] { lowest->close(); });
    beast::flat_buffer buffer(kReadBuffer);
    bool open = true;
    while (open && !stopping_) {
      listed.SetBusy(false);
      Arrival arrival = co_await ReadRequest(stream, buffer, listed);
      if (arrival.refuse != 0) {
        Response refusal = RefusalOf(arrival.refuse, rpc::Trace::New().trace_id);
        co_await WriteResponse(stream, refusal, false, false);
        co_await Linger(stream, buffer);
      }
      if (!arrival.request) break;
      HttpRequest& from = *arrival.request;
      Request request = ToRequest(from, peer, secure, config_);
      request.stream = arrival.upload.get();
      std::optional<Response> response;
      if (beast::websocket::is_upgrade(from)) {
        response = handlers_.check_upgrade(request);
        if (!response) {
          auto frames = co_await AcceptFrames(std::move(stream), std::move(from));
          if (frames != nullptr) co_await handlers_.upgraded(std::move(frames), std::move(request));
          co_return;
        }
      } else {
        response = co_await handlers_.request(request);
      }
      const bool keep = from.keep_alive() && !response->close && !stopping_;
      open = co_await WriteResponse(stream, *response, request.method == "HEAD", keep, from.version() < kChunkedSince);
      if (arrival.upload != nullptr && !arrival.upload->Ended()) co_await Linger(stream, buffer);
    }
  }

  template <class Stream>
  asio::awaitable<Arrival> ReadRequest(Stream& stream, beast::flat_buffer& buffer, Listed& listed) {
    boost::system::error_code error;
    if (buffer.size() == 0) {
      Expire(stream, kIdleTimeout);
      const size_t bytes = co_await stream.async_read_some(buffer.prepare(kReadChunk), asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return Arrival{};
      buffer.commit(bytes);
    }
    listed.SetBusy(true);
    http::request_parser<http::empty_body> head;
    head.header_limit(kMaxHeaderBytes);
    head.body_limit(boost::none);
    Expire(stream, kHeaderTimeout);
    co_await http::async_read_header(stream, buffer, head, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return Refused(error);
    const std::string method(head.get().method_string()), target(head.get().target());
    const bool streams = handlers_.streams && handlers_.streams(method, SplitTarget(target).path);
    if (!streams && head.content_length().value_or(0) > config_.limits.max_body_bytes) co_return Arrival{std::nullopt, 413};
    if (beast::iequals(head.get()[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return Arrival{};
    }
    if (streams && target.size() <= kMaxTargetBytes) {
      Arrival arrival;
      arrival.request.emplace(http::request_header<>(head.get().base()));
      arrival.upload = std::make_unique<StreamedBody<Stream>>(stream, buffer, std::move(head));
      co_return arrival;
    }
    Parser parser(std::move(head));
    parser.body_limit(config_.limits.max_body_bytes);
    Expire(stream, kBodyTimeout);
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return Refused(error);
    Arrival arrival{parser.release(), 0};
    if (arrival.request->target().empty() || arrival.request->target().front() != '/' || arrival.request->target().size() > kMaxTargetBytes) {
      co_return Arrival{std::nullopt, 400};
    }
    co_return arrival;
  }

  // False when the connection can carry no more.
  template <class Stream>
  asio::awaitable<bool> WriteResponse(Stream& stream, Response& response, bool head_only, bool keep_alive, bool old_client = false) {
    const std::string& body = response.shared_body != nullptr ? *response.shared_body : response.body;
    const bool bodiless = response.status == 304 || response.status == 204;
    int64_t length = response.source != nullptr ? response.source_length : static_cast<int64_t>(body.size());
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    if (length == kUnknownLength && !old_client) length = kChunked;
    if (length == kUnknownLength) keep_alive = false;
    const std::string head = ResponseHead(response, bodiless ? kUnknownLength : length, keep_alive);
    std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
    if (head_only || bodiless || response.source != nullptr) buffers[1] = {};
    boost::system::error_code error;
    Expire(stream, kWriteTimeout);
    co_await asio::async_write(stream, buffers, asio::redirect_error(asio::use_awaitable, error));
    if (error || head_only || response.source == nullptr) co_return !error && keep_alive;
    const bool complete = co_await WriteSource(stream, *response.source, length);
    co_return complete && keep_alive;
  }

  // Whether all of it was sent.
  template <class Stream>
  asio::awaitable<bool> WriteSource(Stream& stream, BodySource& source, int64_t length) {
    boost::system::error_code error;
    int64_t sent = 0;
    for (;;) {
      const absl::StatusOr<std::string> piece = co_await source.Next();
      // A client sees that a body in chunks is short by the missing last chunk.
      if (!piece.ok() || (piece->empty() && length != kChunked)) co_return piece.ok() && (sent == length || length == kUnknownLength);
      sent += static_cast<int64_t>(piece->size());
      if (length >= 0 && sent > length) co_return false;
      const std::string size = absl::StrFormat("%x\r\n", piece->size());
      const asio::const_buffer end = asio::buffer("\r\n", 2);
      std::array<asio::const_buffer, 3> buffers{asio::const_buffer(), asio::buffer(*piece), asio::const_buffer()};
      if (length == kChunked) buffers = {asio::buffer(size), asio::buffer(*piece), end};
      Expire(stream, kWriteTimeout);
      co_await asio::async_write(stream, buffers, asio::redirect_error(asio::use_awaitable, error));
      if (error || piece->empty()) co_return !error;
    }
  }

  // Takes what a refused client still sends: closing with unread bytes would reset the connection before the client has
  // read why.
  template <class Stream>
  asio::awaitable<void> Linger(Stream& stream, beast::flat_buffer& buffer) {
    boost::system::error_code error;
    beast::get_lowest_layer(stream).socket().shutdown(tcp::socket::shutdown_send, error);
    Expire(stream, kLingerTime);
    for (size_t taken = 0; !error && taken < kMaxLingerBytes;) {
      buffer.clear();
      taken += co_await stream.async_read_some(buffer.prepare(kReadBuffer), asio::redirect_error(asio::use_awaitable, error));
    }
  }

  const asio::any_io_executor executor_;
  const Config& config_;
  const HttpHandlers handlers_;
  prometheus::Gauge& open_;
  prometheus::Counter& refused_;
  asio::ssl::context tls_;
  std::optional<tcp::acceptor> plain_, secure_;
  std::array<uint16_t, 2> acceptor_ports_{};
  std::atomic<bool> stopping_{false};
  std::list<Connection> connections_;  // on the executor
  std::mutex mutex_;
  std::condition_variable empty_;
  size_t count_ = 0;
  rpc::Tasks tasks_;  // ends before what its coroutines use
};

HttpServer::HttpServer(asio::any_io_executor executor, const Config& config, HttpHandlers handlers, runtime::Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(executor), config, std::move(handlers), metrics)) {}
HttpServer::~HttpServer() = default;
absl::Status HttpServer::Start() { return impl_->Start(); }
void HttpServer::Stop(absl::Duration drain) { impl_->Stop(drain); }
uint16_t HttpServer::http_port() const { return impl_->Port(false); }
uint16_t HttpServer::https_port() const { return impl_->Port(true); }

}  // namespace hotline::gateway
