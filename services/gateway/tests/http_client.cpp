#include "services/gateway/tests/http_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>

#include <stdexcept>

namespace hotline::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr std::chrono::seconds kLimit{60};

tcp::endpoint Local(uint16_t port) { return {asio::ip::make_address("127.0.0.1"), port}; }

// Runs one operation to its end.
template <class Start>
void Complete(asio::io_context& io, Start start) {
  std::optional<beast::error_code> result;
  start([&result](beast::error_code error, auto...) { result = error; });
  io.restart();
  while (!result && io.run_one_for(kLimit) > 0) {
  }
  if (!result) throw std::runtime_error("timed out");
  if (*result) throw beast::system_error(*result);
}

template <class Stream>
Answer Exchange(asio::io_context& io, Stream& stream, beast::flat_buffer& buffer, http::request<http::string_body>& request) {
  Complete(io, [&](auto done) { http::async_write(stream, request, done); });
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 << 20);
  parser.skip(request.method() == http::verb::head);
  Complete(io, [&](auto done) { http::async_read(stream, buffer, parser, done); });
  Answer answer;
  answer.status = parser.get().result_int();
  for (const auto& field : parser.get()) answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  answer.body = parser.get().body();
  return answer;
}

}  // namespace

std::string Answer::Header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (beast::iequals(key, name)) return value;
  }
  return {};
}

struct HttpClient::Impl {
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  std::optional<beast::tcp_stream> plain;
  std::optional<beast::ssl_stream<beast::tcp_stream>> secure;
  beast::flat_buffer buffer;
};

HttpClient::HttpClient(uint16_t port, bool tls) : impl_(std::make_unique<Impl>()) {
  if (tls) {
    impl_->secure.emplace(impl_->io, impl_->context);
    beast::get_lowest_layer(*impl_->secure).connect(Local(port));
    Complete(impl_->io, [&](auto done) { impl_->secure->async_handshake(asio::ssl::stream_base::client, done); });
  } else {
    impl_->plain.emplace(impl_->io);
    impl_->plain->connect(Local(port));
  }
}
HttpClient::~HttpClient() = default;

Answer HttpClient::Send(const std::string& method, const std::string& target, const TestHeaders& headers, const std::string& body) {
  http::request<http::string_body> request;
  request.version(11);
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, "127.0.0.1");
  for (const auto& [name, value] : headers) request.set(name, value);
  if (!body.empty() && request.find(http::field::content_type) == request.end()) request.set(http::field::content_type, "application/json");
  request.body() = body;
  request.prepare_payload();
  if (impl_->secure) return Exchange(impl_->io, *impl_->secure, impl_->buffer, request);
  return Exchange(impl_->io, *impl_->plain, impl_->buffer, request);
}

std::string HttpClient::Raw(const std::string& bytes) {
  Complete(impl_->io, [&](auto done) { asio::async_write(*impl_->plain, asio::buffer(bytes), done); });
  std::string text;
  try {
    Complete(impl_->io, [&](auto done) { asio::async_read(*impl_->plain, asio::dynamic_buffer(text), done); });
  } catch (const beast::system_error& error) {
    if (error.code() != asio::error::eof) throw;
  }
  return text;
}

Answer Fetch(uint16_t port, const std::string& method, const std::string& target, const TestHeaders& headers, const std::string& body) {
  return HttpClient(port).Send(method, target, headers, body);
}

struct WebSocketClient::Impl {
  asio::io_context io;
  beast::websocket::stream<beast::tcp_stream> socket{io};
};

WebSocketClient::WebSocketClient(uint16_t port, const std::string& origin) : impl_(std::make_unique<Impl>()) {
  beast::get_lowest_layer(impl_->socket).connect(Local(port));
  impl_->socket.set_option(beast::websocket::stream_base::decorator([origin](beast::websocket::request_type& request) {
    if (!origin.empty()) request.set(http::field::origin, origin);
  }));
  impl_->socket.handshake("127.0.0.1:" + std::to_string(port), "/v1/desk");
}
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;
WebSocketClient::~WebSocketClient() = default;

void WebSocketClient::SendText(const std::string& text) {
  Complete(impl_->io, [&](auto done) { impl_->socket.async_write(asio::buffer(text), done); });
}

std::optional<nlohmann::json> WebSocketClient::Next() {
  beast::flat_buffer buffer;
  try {
    Complete(impl_->io, [&](auto done) { impl_->socket.async_read(buffer, done); });
  } catch (const beast::system_error&) {
    return std::nullopt;
  }
  return nlohmann::json::parse(beast::buffers_to_string(buffer.data()));
}

nlohmann::json WebSocketClient::Wait(const std::string& type) {
  for (;;) {
    std::optional<nlohmann::json> frame = Next();
    if (!frame) throw std::runtime_error("closed while waiting for " + type);
    if (frame->value("type", "") == type) return *std::move(frame);
  }
}

int WebSocketClient::close_code() const { return impl_->socket.reason().code; }

}  // namespace hotline::gateway
