#include "libs/rpc/testing.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "libs/base/id.h"
#include "libs/rpc/service_base.h"

namespace hotline::rpc {
namespace {

constexpr const char* kServices[] = {"directory", "agent_state", "acd", "ivr", "telephony", "ticket", "sla_timer",
                                     "knowledge_base", "analytics", "gateway", "messaging", "test"};
constexpr absl::Duration kTokenLife = absl::Minutes(10);

std::string MakeDirectory() {
  char path[] = "/tmp/hotline-rpc-XXXXXX";
  if (mkdtemp(path) == nullptr) throw std::runtime_error("cannot make a directory in /tmp");
  return path;
}

NodeOptions Options(const TestNetwork& network, const std::string& service, const std::vector<std::string>& peers,
                    size_t io_threads) {
  NodeOptions options{.listen = network.Address(service), .keys = network.keys(), .key = network.key(service)};
  for (const auto& peer : peers) options.peers[peer] = network.Address(peer);
  options.io_threads = io_threads;
  options.drain = absl::Milliseconds(300);
  return options;
}

}  // namespace

TestNetwork::TestNetwork(const base::Clock& clock) : clock_(clock), directory_(MakeDirectory()) {
  const SigningKey directory = SigningKey::Generate(kDirectoryKid);
  std::vector<SigningKey> all{directory};
  for (const char* service : kServices) {
    all.push_back(SigningKey::Generate(std::string("service:") + service));
    private_keys_.emplace(service, all.back());
  }
  private_keys_.emplace("", directory);  // signs users; no service has an empty name
  keys_ = KeySet::Parse(KeySet::Jwks(all)).value();
}

TestNetwork::~TestNetwork() {
  std::error_code ignored;  // a directory left in /tmp must not fail a test
  std::filesystem::remove_all(directory_, ignored);
}

std::string TestNetwork::Address(const std::string& service) const { return "unix:" + directory_ + "/" + service + ".sock"; }

std::string TestNetwork::UserToken(UserClaims claims) const {
  if (claims.user_id.empty()) claims.user_id = base::NewId(clock_);
  if (claims.session_id.empty()) claims.session_id = base::NewId(clock_);
  if (claims.issued_at == absl::UnixEpoch()) claims.issued_at = clock_.Now();
  if (claims.expires_at == absl::UnixEpoch()) claims.expires_at = claims.issued_at + kTokenLife;
  return SignUserToken(private_keys_.at(""), claims);
}

Peer TestNetwork::PeerAt(const std::string& address, const std::string& service) const {
  Peer peer{address, Connect(address), nullptr};
  if (!service.empty()) peer.identity = std::make_shared<ServiceTokenSource>(key(service), clock_);
  return peer;
}

TestNode::TestNode(TestNetwork& network, const std::string& service, const std::vector<std::string>& peers, size_t io_threads)
    : network_(network), node_(Options(network, service, peers, io_threads), metrics_, health_, network.clock()) {}

TestServer::TestServer(TestNode& node, const std::vector<ServiceBase*>& services) : node_(node) {
  if (const absl::Status status = node_->Start(services); !status.ok()) throw std::runtime_error(status.ToString());
  node_.health().Start();
}

}  // namespace hotline::rpc
