#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>

#include "services/gateway/http/streams.h"

namespace hotline::gateway {
namespace {

namespace websocket = beast::websocket;

constexpr std::chrono::seconds kHandshakeTimeout{10};
constexpr std::chrono::seconds kIdleTimeout{60};  // pings are sent when half of it has passed

template <class Stream>
class BeastFrames final : public Frames {
 public:
  explicit BeastFrames(Stream stream) : socket_(std::move(stream)) {
    beast::get_lowest_layer(socket_).expires_never();
    websocket::stream_base::timeout timeout;
    timeout.handshake_timeout = kHandshakeTimeout;
    timeout.idle_timeout = kIdleTimeout;
    timeout.keep_alive_pings = true;
    socket_.set_option(timeout);
    socket_.read_message_max(kMaxFrameBytes);
    socket_.text(true);
  }

  asio::awaitable<bool> Accept(const HttpRequest& request) {
    beast::error_code error;
    co_await socket_.async_accept(request, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  asio::awaitable<std::optional<std::string>> Read() override {
    beast::flat_buffer buffer(kMaxFrameBytes);
    beast::error_code error;
    co_await socket_.async_read(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (error || !socket_.got_text()) co_return std::nullopt;
    co_return beast::buffers_to_string(buffer.data());
  }

  asio::awaitable<bool> Write(const std::string& text) override {
    beast::error_code error;
    co_await socket_.async_write(asio::buffer(text), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  asio::awaitable<void> Close(CloseCode code, const std::string& reason) override {
    beast::error_code ignored;  // the connection ends either way
    const websocket::close_reason why(static_cast<websocket::close_code>(code), reason);
    co_await socket_.async_close(why, asio::redirect_error(asio::use_awaitable, ignored));
    Abort();
  }

  void Abort() override { beast::get_lowest_layer(socket_).close(); }

 private:
  websocket::stream<Stream> socket_;
};

template <class Stream>
asio::awaitable<std::unique_ptr<Frames>> Accept(Stream stream, HttpRequest request) {
  auto frames = std::make_unique<BeastFrames<Stream>>(std::move(stream));
  const bool accepted = co_await frames->Accept(request);
  if (!accepted) frames.reset();
  co_return frames;
}

}  // namespace

asio::awaitable<std::unique_ptr<Frames>> AcceptFrames(PlainStream stream, HttpRequest request) {
  return Accept(std::move(stream), std::move(request));
}
asio::awaitable<std::unique_ptr<Frames>> AcceptFrames(TlsStream stream, HttpRequest request) {
  return Accept(std::move(stream), std::move(request));
}

}  // namespace hotline::gateway
