// What every service with a schema of its own needs, wired once: the pool, the migrations, the outbox with its relay, the
// EventSource service from which others replay, health checks and metrics, and consumers of other services' events.
//
//   HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
//   storage->Consume("ticket", {"sla_timer"}, handlers);
//   TicketService service(*node, pool, store...);
//   storage->Start();                                              // relay and consumers
//   return node->Serve(process, {&service, &storage->event_source()});
//
// Made and destroyed by one thread; everything it hands out is thread-safe. Destroyed after the services that use its pool.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "libs/event_source/event_source.h"
#include "libs/events/consumer.h"
#include "libs/events/relay.h"
#include "libs/hosting/database_metrics.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/node.h"
#include "libs/rpc/plain_service.h"
#include "libs/runtime/process.h"

namespace hotline::hosting {

inline constexpr size_t kReplayThreads = 2;
inline constexpr size_t kReplayQueue = 16;
inline constexpr absl::Duration kPingTimeout = absl::Seconds(1);
// A service that starts together with its database waits so long for it.
inline constexpr absl::Duration kDatabasePatience = absl::Seconds(30);

// The schema is named like the service; sessions belong to the configured role.
postgres::ConnectionOptions ConnectionFor(const std::string& service, const runtime::PostgresConfig& config);
events::RedisOptions RedisFor(const runtime::RedisConfig& config);

class Storage {
 public:
  // Connects and migrates; UNAVAILABLE if the database stays away: the process ends and is started again. Needs `postgres`
  // and `redis` in the configuration.
  static absl::StatusOr<std::unique_ptr<Storage>> Open(runtime::Process& process, rpc::Node& node,
                                                       const std::string& migrations_dir);
  // For a service that works without its database too: touches nothing yet, and a database that is away does not stop it
  // from serving. Call Migrate, again and again, until it succeeds, then Start.
  static absl::StatusOr<std::unique_ptr<Storage>> Prepare(runtime::Process& process, rpc::Node& node);
  // Tries once. Blocks.
  absl::Status Migrate(const std::string& migrations_dir);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  postgres::Pool& pool() { return *pool_; }
  rpc::ServiceBase& event_source() { return *event_source_; }

  // Adds a durable consumer; before Start. `name` is unique within the service.
  void Consume(const std::string& name, std::vector<std::string> sources, events::Handler handler);
  // Starts relay and consumers.
  void Start();
  // Stops them. Idempotent; the destructor does it too.
  void Stop();

  events::RelayStats relay_stats() const { return relay_->stats(); }
  std::vector<events::ConsumerStats> consumer_stats() const;

 private:
  Storage(runtime::Process& process, rpc::Node& node)
      : process_(process), node_(node), database_metrics_(process.metrics()) {}
  static absl::StatusOr<std::unique_ptr<Storage>> Make(runtime::Process& process, rpc::Node& node, runtime::Health::Need need);
  absl::Status CheckRedis() const;
  void ShowMetrics() const;

  runtime::Process& process_;
  rpc::Node& node_;
  DatabaseMetrics database_metrics_;
  std::unique_ptr<postgres::Pool> pool_;
  std::unique_ptr<rpc::Pool> replay_pool_;
  std::unique_ptr<event_source::EventSourceService> event_source_;
  std::unique_ptr<events::Relay> relay_;
  std::vector<std::unique_ptr<events::Consumer>> consumers_;
  std::vector<std::string> consumer_names_;
};

}  // namespace hotline::hosting
