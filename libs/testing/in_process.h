// A service inside the test program, behind a real gRPC server on a unix socket, with real tokens.
//
//   testing::InProcess host("ticket");
//   TicketService service(host.node(), pool, store);
//   auto running = host.Start({&service});               // stops when destroyed: declare it after the services
//   auto client = host.ClientOf<pb::TicketService>();    // in the name of the gateway
//   auto agent = host.User({.roles = {rpc::Role::ROLE_AGENT}, .unit_path = "/root/centre/"});
//   auto ticket = rpc::SyncCall(client, *agent, &rpc::Client<pb::TicketService>::Blocking::CreateTicket, request);
//
// All hosts of a test program trust each other: they share keys for the directory and every service. Thread-safe but for
// Start.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/events/redis.h"
#include "libs/postgres/connection.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "libs/rpc/service_base.h"
#include "libs/runtime/process.h"

namespace hotline::testing {

struct TestUser {
  std::string id = "01890a5d-ac96-774b-bcce-000000000001";
  std::vector<rpc::Role> roles = {};
  std::string unit_id = "01890a5d-ac96-774b-bcce-0000000000aa";
  std::string unit_path = "/root/";
  std::string session_id = "01890a5d-ac96-774b-bcce-0000000000bb";
};

class InProcess {
 public:
  // `peers`: address by service name, as other hosts' address() gives it. With a database and a Redis, process() has what
  // hosting::Storage::Open needs; the schema of the database is to be named like the service.
  explicit InProcess(const std::string& service, const std::map<std::string, std::string>& peers = {},
                     const postgres::ConnectionOptions* database = nullptr, const events::RedisOptions* redis = nullptr);
  ~InProcess();
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  rpc::Node& node() { return *node_; }
  runtime::Process& process() { return process_; }
  // "unix:/tmp/...": known before Start, so that hosts can name each other as peers.
  const std::string& address() const { return address_; }

  struct Stopper {
    void operator()(rpc::Node* node) const { node->Stop(); }
  };
  using Running = std::unique_ptr<rpc::Node, Stopper>;
  // Listens; exits with a message if it cannot.
  [[nodiscard]] Running Start(const std::vector<rpc::ServiceBase*>& services);

  // A client that calls this host in the name of a service.
  template <class GrpcService>
  rpc::Client<GrpcService> ClientOf(const std::string& calling_service = "gateway") const {
    return rpc::Client<GrpcService>(PeerFor(calling_service));
  }
  // Contexts for calls: for a user, and on a service's own behalf.
  std::unique_ptr<rpc::Context> User(const TestUser& user) const;
  std::unique_ptr<rpc::Context> Service() const { return std::make_unique<rpc::Context>(); }

  static std::string UserToken(const TestUser& user);

 private:
  rpc::Peer PeerFor(const std::string& calling_service) const;

  const std::string directory_;
  const std::string address_;
  runtime::Process process_;
  std::unique_ptr<rpc::Node> node_;
};

}  // namespace hotline::testing
