// For tests of services: keys, tokens and servers in this process, on unix sockets in a private directory. What is used is
// declared first:
//
//   rpc::TestNetwork network;
//   rpc::TestNode node(network, "ticket");
//   rpc::Pool pool("handlers", 4, 64);
//   TicketService service(*node, pool, store);
//   rpc::TestServer server(node, {&service});                       // stops when it goes out of scope
//   rpc::Client<pb::TicketService> client(server.PeerFor("gateway"));
//   rpc::Context context;
//   network.ActAs(context, {.user_id = "u1", .roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
//   auto ticket = rpc::SyncCall(client, context, &rpc::Client<pb::TicketService>::Blocking::GetTicket, request);
//
// Objects here are used by one thread, what they return by any.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/client.h"
#include "libs/rpc/node.h"

namespace hotline::rpc {

// The identities of an installation: the directory and every service of the suite, and "test".
class TestNetwork {
 public:
  explicit TestNetwork(const base::Clock& clock = base::SystemClock::Get());
  ~TestNetwork();
  TestNetwork(const TestNetwork&) = delete;
  TestNetwork& operator=(const TestNetwork&) = delete;

  const base::Clock& clock() const { return clock_; }
  const KeySet& keys() const { return keys_; }
  const SigningKey& key(const std::string& service) const { return private_keys_.at(service); }
  // A private directory, removed at the end.
  const std::string& directory() const { return directory_; }
  // "unix:<directory>/<service>.sock"
  std::string Address(const std::string& service) const;

  // A token as the directory would give it; empty ids and times are filled in.
  std::string UserToken(UserClaims claims) const;
  void ActAs(Context& context, UserClaims claims) const { context.ActFor(UserToken(std::move(claims))); }
  // To call whoever listens at `address` in the name of `service`; an empty name calls without a service token.
  Peer PeerAt(const std::string& address, const std::string& service) const;

 private:
  const base::Clock& clock_;
  std::string directory_;
  std::map<std::string, SigningKey> private_keys_;
  KeySet keys_;
};

class TestNode {
 public:
  // `peers` are names of services that have a TestNode in the same network, or will have.
  TestNode(TestNetwork& network, const std::string& service, const std::vector<std::string>& peers = {}, size_t io_threads = 1);
  Node& operator*() { return node_; }
  Node* operator->() { return &node_; }
  TestNetwork& network() { return network_; }
  runtime::Metrics& metrics() { return metrics_; }
  runtime::Health& health() { return health_; }

 private:
  TestNetwork& network_;
  runtime::Metrics metrics_;
  runtime::Health health_{metrics_, absl::Milliseconds(10)};
  Node node_;
};

// A node's server, listening from construction to destruction. Throws std::runtime_error if it cannot.
class TestServer {
 public:
  TestServer(TestNode& node, const std::vector<ServiceBase*>& services);
  ~TestServer() {
    node_->Stop();
    node_.health().Stop();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  // To call this server in the name of `service`, normally "gateway" for users' calls.
  Peer PeerFor(const std::string& service) { return node_.network().PeerAt(node_->address(), service); }

 private:
  TestNode& node_;
};

}  // namespace hotline::rpc
