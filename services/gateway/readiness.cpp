#include "services/gateway/readiness.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace hotline::gateway {

Readiness::Readiness(rpc::Node& node) {
  for (const auto& [name, peer] : node.channels().all()) peers_[name].client = std::make_unique<rpc::DynamicClient>(peer);
}

std::vector<std::string> Readiness::peers() const {
  std::vector<std::string> names;
  for (const auto& [name, peer] : peers_) names.push_back(name);
  return names;
}

asio::awaitable<void> Readiness::Follow(std::string name) {
  Peer& peer = peers_.at(name);
  for (;;) {
    const rpc::Context context(co_await asio::this_coro::executor);
    peer.state = co_await peer.client->CheckHealth(context, kHealthTimeout);
    co_await rpc::Sleep(kHealthPoll);
  }
}

Response Readiness::Page() const {
  const bool ready = !stopping_ && std::all_of(peers_.begin(), peers_.end(), [](const auto& peer) { return peer.second.state == "SERVING"; });
  nlohmann::ordered_json json{{"ready", ready}, {"services", nlohmann::ordered_json::object()}};
  for (const auto& [name, peer] : peers_) json["services"][name] = peer.state;
  Response response;
  response.status = ready ? 200 : 503;
  response.route = "/readyz";
  response.Set("Content-Type", "application/json");
  response.Set("Cache-Control", "no-store");
  response.body = json.dump() + "\n";
  return response;
}

}  // namespace hotline::gateway
