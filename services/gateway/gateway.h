// The gateway, whole: what answers which path, and what every answer carries. Made, started and stopped by one thread;
// works on one io thread of the node, which outlives it.
#pragma once

#include <absl/status/status.h>

#include <memory>

#include "libs/events/tail.h"
#include "libs/rpc/node.h"
#include "services/gateway/auth.h"
#include "services/gateway/config.h"
#include "services/gateway/desk/desk.h"
#include "services/gateway/desk/hub.h"
#include "services/gateway/files.h"
#include "services/gateway/http/server.h"
#include "services/gateway/http/static_files.h"
#include "services/gateway/map_settings.h"
#include "services/gateway/readiness.h"
#include "services/gateway/recordings.h"
#include "services/gateway/rest/rest_api.h"
#include "services/gateway/sheets.h"

namespace hotline::gateway {

inline constexpr size_t kMaxAddressBuckets = 100'000;

class Gateway {
 public:
  // `keys` verify users' tokens, `key` is this service's own. `pages` may be empty.
  Gateway(rpc::Node& node, rpc::KeySet keys, const rpc::SigningKey& key, const Config& config, StaticFiles pages);
  ~Gateway();

  absl::Status Start();
  // Drains and ends; idempotent.
  void Stop();
  uint16_t http_port() const { return server_.http_port(); }
  uint16_t https_port() const { return server_.https_port(); }

 private:
  asio::awaitable<Response> Handle(Request& request);
  asio::awaitable<Response> Dispatch(const Request& request);
  asio::awaitable<Response> Jwks(const Request& request);
  std::optional<Response> CheckUpgrade(Request& request);
  void OnEvent(const events::Event& event);
  std::optional<Response> Preflight(const Request& request) const;
  void Finish(const Request& request, Response& response, absl::Time started);
  Response Page(std::string_view type, std::string_view body) const;

  rpc::Node& node_;
  const Config config_;
  const std::string content_security_policy_;
  const asio::any_io_executor executor_;
  Authenticator authenticator_;
  RestApi rest_;
  Readiness readiness_;
  const std::string openapi_;
  const StaticFiles pages_;
  RateLimiter addresses_;
  rpc::Client<directory::v1::AuthService> directory_;
  Recordings recordings_;
  Files files_;
  Sheets sheets_;
  MapSettings map_settings_;
  Hub hub_;
  std::unique_ptr<events::Tail> tail_;  // null without Redis
  rpc::Tasks tasks_;
  Desk desk_;
  HttpServer server_;
  bool stopped_ = false;
};

}  // namespace hotline::gateway
