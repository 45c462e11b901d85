#include "libs/hosting/storage.h"

#include "libs/base/error.h"
#include "libs/postgres/migrations.h"

namespace hotline::hosting {

postgres::ConnectionOptions ConnectionFor(const std::string& service, const runtime::PostgresConfig& config) {
  postgres::ConnectionOptions options;
  options.conninfo = absl::StrCat(config.conninfo, " user=", config.role);
  options.password = config.password;
  options.schema = service;
  options.application_name = "hotline-" + service;
  return options;
}

events::RedisOptions RedisFor(const runtime::RedisConfig& config) {
  return {.address = config.address, .user = config.user, .password = config.password};
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Open(runtime::Process& process, rpc::Node& node,
                                                       const std::string& migrations_dir) {
  const runtime::CommonConfig& common = process.common();
  if (!common.postgres || !common.redis) {
    return base::FailedPrecondition("CONFIG_INCOMPLETE", "the configuration needs `postgres` and `redis`");
  }
  const postgres::ConnectionOptions connection = ConnectionFor(process.service(), *common.postgres);
  const auto migrated = postgres::Migrate(connection, migrations_dir);
  if (!migrated.ok()) return migrated.status();
  std::unique_ptr<Storage> storage(new Storage(process, node));
  storage->pool_ = std::make_unique<postgres::Pool>(
      postgres::PoolOptions{.connection = connection, .max_connections = common.postgres->pool_size});
  storage->replay_pool_ = std::make_unique<rpc::Pool>("replay", kReplayThreads, kReplayQueue, &process.metrics());
  storage->event_source_ = std::make_unique<event_source::EventSourceService>(node, *storage->replay_pool_, *storage->pool_);
  storage->relay_ = std::make_unique<events::Relay>(
      *storage->pool_, events::RelayOptions{.source = process.service(), .redis = RedisFor(*common.redis)});
  postgres::Pool* pool = storage->pool_.get();
  process.health().Add("postgres", runtime::Health::Need::kRequired,
                       [pool] { return pool->Ping(absl::Now() + kPingTimeout); });
  // Events wait in the outbox while Redis is away: the service goes on without it.
  events::Relay* relay = storage->relay_.get();
  process.health().Add("redis", runtime::Health::Need::kOptional, [relay, &process]() -> absl::Status {
    const events::RelayStats stats = relay->stats();
    process.metrics().Gauge("hotline_outbox_last_sequence", "Highest event number given").Set(static_cast<double>(stats.last_sequence));
    process.metrics().Gauge("hotline_outbox_published", "Events handed to Redis").Set(static_cast<double>(stats.published));
    process.metrics().Gauge("hotline_outbox_failures", "Relay rounds that failed").Set(static_cast<double>(stats.failures));
    if (stats.leading && !stats.redis_connected) return base::Unavailable("REDIS_UNAVAILABLE", "not connected");
    return absl::OkStatus();
  });
  return storage;
}

Storage::~Storage() {
  Stop();
  process_.health().Remove("redis");
  process_.health().Remove("postgres");
}

void Storage::Consume(const std::string& name, std::vector<std::string> sources, events::Handler handler) {
  consumers_.push_back(std::make_unique<events::Consumer>(
      *pool_, events::ConsumerOptions{.name = name,
                                      .sources = std::move(sources),
                                      .redis = RedisFor(*process_.common().redis),
                                      .handler = std::move(handler),
                                      .replay = event_source::ReplayFromPeers(node_)}));
}

void Storage::Start() {
  relay_->Start();
  for (const auto& consumer : consumers_) consumer->Start();
}

void Storage::Stop() {
  for (const auto& consumer : consumers_) consumer->Stop();
  relay_->Stop();
}

}  // namespace hotline::hosting
