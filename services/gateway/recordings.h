// Recordings as audio: bytes of telephony's recordings with ranges, and tickets that open one recording without a token
// (download.h). Used on the executor of the gateway.
#pragma once

#include <optional>
#include <string>

#include "hotline/telephony/v1/telephony.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/gateway/download.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

class Recordings {
 public:
  Recordings(rpc::Node& node, RestApi& rest, Authenticator& authenticator, const rpc::SigningKey& key);

  // Whether the path is one of ours.
  static bool Handles(std::string_view path);
  asio::awaitable<Response> Handle(const Request& request);

 private:
  using Calls = rpc::Client<telephony::v1::CallService>;
  asio::awaitable<Response> Audio(const Request& request, std::string recording_id);
  asio::awaitable<Response> MakeTicket(const Request& request, std::string recording_id);
  asio::awaitable<absl::StatusOr<int64_t>> SizeOf(const rpc::Context& context, const std::string& recording_id);
  asio::awaitable<Response> Read(const Request& request, std::shared_ptr<rpc::Context> context, std::string recording_id);

  rpc::Node& node_;
  RestApi& rest_;
  Authenticator& authenticator_;
  const TicketBox box_;
  std::optional<Calls> calls_;
  const access::v1::Access access_;
};

}  // namespace hotline::gateway
