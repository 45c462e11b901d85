// The REST API: finds the RPC of a request, checks who asks, calls the service and answers as JSON, CSV or problem+json.
// Used on the executor of the gateway.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "libs/rpc/dynamic_client.h"
#include "libs/rpc/node.h"
#include "services/gateway/auth.h"
#include "services/gateway/config.h"
#include "services/gateway/domain/rate_limiter.h"
#include "services/gateway/rest/routes.h"

namespace hotline::gateway {

// How often a GET is tried again while the service is away, which is about a second after a crash.
inline constexpr int kMaxReadAttempts = 4;
inline constexpr absl::Duration kReadRetry = absl::Milliseconds(150);
inline constexpr size_t kMaxUserBuckets = 50'000;

class RestApi {
 public:
  RestApi(rpc::Node& node, Authenticator& authenticator, const LimitsConfig& limits);

  asio::awaitable<Response> Handle(const Request& request);

  const RouteTable& routes() const { return routes_; }
  // Signed in, within the limit of requests, and let in by `access`.
  asio::awaitable<absl::StatusOr<Caller>> Admit(const Request& request, const access::v1::Access& access);

 private:
  asio::awaitable<Response> HandleRoute(const Request& request, const Match& match, std::string& user_id);
  asio::awaitable<absl::Status> CallService(const rpc::Context& context, const Route& route, const google::protobuf::Message& in,
                                            google::protobuf::Message& out);

  rpc::Node& node_;
  Authenticator& authenticator_;
  const absl::Duration timeout_;
  const RouteTable routes_;
  std::map<std::string, std::unique_ptr<rpc::DynamicClient>> clients_;  // by peer
  RateLimiter users_;
};

// 429 with Retry-After.
absl::Status TooManyRequests(absl::Duration after);

}  // namespace hotline::gateway
