// Which services serve now, by their own word (grpc.health.v1). Asked by FollowHealth, told by Page, on one executor.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "libs/rpc/dynamic_client.h"
#include "libs/rpc/node.h"
#include "services/gateway/http/message.h"

namespace hotline::gateway {

inline constexpr absl::Duration kHealthPoll = absl::Seconds(1);
inline constexpr absl::Duration kHealthTimeout = absl::Seconds(2);

class Readiness {
 public:
  explicit Readiness(rpc::Node& node);

  // Asks one peer again and again, until cancelled.
  asio::awaitable<void> Follow(std::string peer);
  std::vector<std::string> peers() const;

  // {"ready": bool, "services": {"ticket": "SERVING"}}; 200 when all serve and the gateway is not stopping, else 503.
  Response Page() const;
  void SetStopping() { stopping_ = true; }

 private:
  struct Peer {
    std::unique_ptr<rpc::DynamicClient> client;
    std::string state = "UNKNOWN";
  };
  std::map<std::string, Peer> peers_;
  bool stopping_ = false;
};

}  // namespace hotline::gateway
