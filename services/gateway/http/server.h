// The HTTP and HTTPS ports: connections, requests with limits of size and time, keep-alive, upgrades, orderly end.
// Start and Stop are called by one thread; everything else happens on the executor that was given.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "libs/runtime/metrics.h"
#include "services/gateway/config.h"
#include "services/gateway/http/frames.h"
#include "services/gateway/http/message.h"

namespace hotline::gateway {

inline constexpr uint32_t kMaxHeaderBytes = 16 << 10;
inline constexpr absl::Duration kIdleTimeout = absl::Seconds(75);
inline constexpr absl::Duration kHeaderTimeout = absl::Seconds(10);
inline constexpr absl::Duration kBodyTimeout = absl::Seconds(30);
inline constexpr absl::Duration kWriteTimeout = absl::Seconds(30);

struct HttpHandlers {
  // Must not throw but when it is cancelled.
  std::function<asio::awaitable<Response>(Request&)> request;
  // Whether the body of such a request is not read but given as Request::stream, so that its size does not matter here.
  std::function<bool(std::string_view method, std::string_view path)> streams;
  // Whether a WebSocket may be opened with this request: OK, or the response that refuses it.
  std::function<std::optional<Response>(Request&)> check_upgrade;
  // Serves the WebSocket until it is over.
  std::function<asio::awaitable<void>(std::unique_ptr<Frames>, Request)> upgraded;
};

class HttpServer {
 public:
  HttpServer(asio::any_io_executor executor, const Config& config, HttpHandlers handlers, runtime::Metrics& metrics);
  ~HttpServer();

  // UNAVAILABLE CANNOT_LISTEN; FAILED_PRECONDITION BAD_CERTIFICATE.
  absl::Status Start();
  // Takes no more connections, closes idle ones, waits up to `drain` for requests under way, then cuts them off.
  void Stop(absl::Duration drain);

  // As bound, for configurations with port 0.
  uint16_t http_port() const;
  uint16_t https_port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::gateway
