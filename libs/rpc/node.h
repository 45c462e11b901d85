// One service's place among the others: its keys, the gate, io threads, channels to its peers, and its server.
//
//   absl::Status Run(runtime::Process& process, const Config& config) {
//     HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
//     rpc::Pool pool("handlers", 8, 256, &process.metrics());
//     TicketService service(*node, pool, ...);            // what is used is built first and destroyed last
//     return node->Serve(process, {&service});            // until SIGTERM, then drains
//   }
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/server.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/rpc/auth.h"
#include "libs/rpc/channels.h"
#include "libs/rpc/gate.h"
#include "libs/rpc/io.h"
#include "libs/runtime/process.h"

namespace hotline::rpc {

class ServiceBase;

inline constexpr int kMaxConcurrentStreams = 20'000;  // per connection
inline constexpr int kMinPingIntervalMs = 5'000;      // clients that ping more often are cut off

struct NodeOptions {
  std::string listen = {};  // "unix:/path" or "host:port"; port 0 picks a free one
  KeySet keys = {};
  SigningKey key = {};  // this service's own
  std::map<std::string, std::string> peers = {};
  std::optional<runtime::TlsConfig> tls = std::nullopt;
  bool reflection = false;
  size_t io_threads = 1;  // state shared between calls needs no lock while it is 1
  absl::Duration drain = absl::Seconds(5);
};

// Thread-safe but for Start, Stop and Serve, which one thread calls. Outlives the services it serves.
class Node {
 public:
  Node(NodeOptions options, runtime::Metrics& metrics, runtime::Health& health,
       const base::Clock& clock = base::SystemClock::Get());
  // As the process's common configuration says; adds an optional health check for each peer.
  static absl::StatusOr<std::unique_ptr<Node>> Create(runtime::Process& process, size_t io_threads = 1);
  ~Node();

  Gate& gate() { return gate_; }
  IoThreads& io() { return io_; }
  // Background coroutines on the first io thread; cancelled and awaited by Stop.
  Tasks& tasks() { return tasks_; }
  const Channels& channels() const { return channels_; }
  // For rpc::Client. Throws std::runtime_error if it is not configured.
  Peer peer(const std::string& name) const { return channels_.Get(name); }
  const std::shared_ptr<const ServiceTokenSource>& identity() const { return identity_; }
  runtime::Metrics& metrics() { return metrics_; }
  const base::Clock& clock() const { return clock_; }

  // Listens. UNAVAILABLE with reason CANNOT_LISTEN; throws std::logic_error if a service is not complete.
  absl::Status Start(const std::vector<ServiceBase*>& services);
  // Where it listens, e.g. "127.0.0.1:34567" if port 0 was asked for.
  const std::string& address() const { return address_; }
  // Refuses new calls, gives those under way the drain time, cancels them, waits until all have ended. Idempotent.
  void Stop();

  // Start, health polling, wait for the stop signal, Stop, end of health polling.
  absl::Status Serve(runtime::Process& process, const std::vector<ServiceBase*>& services);

 private:
  const NodeOptions options_;
  runtime::Metrics& metrics_;
  runtime::Health& health_;
  const base::Clock& clock_;
  const std::shared_ptr<const ServiceTokenSource> identity_;
  Gate gate_;
  IoThreads io_;
  Tasks tasks_;
  Channels channels_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hotline::rpc
