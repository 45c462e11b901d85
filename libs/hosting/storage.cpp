#include "libs/hosting/storage.h"

#include <absl/time/clock.h>

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/postgres/error.h"
#include "libs/postgres/migrations.h"
#include "libs/postgres/outbox.h"

namespace hotline::hosting {

postgres::ConnectionOptions ConnectionFor(const std::string& service, const runtime::PostgresConfig& config) {
  postgres::ConnectionOptions options;
  options.conninfo = config.conninfo;  // May be a URI, to which nothing can be appended.
  options.user = config.role;
  options.password = config.password;
  options.schema = service;
  options.application_name = "hotline-" + service;
  return options;
}

events::RedisOptions RedisFor(const runtime::RedisConfig& config) {
  return {.address = config.address, .user = config.user, .password = config.password};
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Make(runtime::Process& process, rpc::Node& node, runtime::Health::Need need) {
  const runtime::CommonConfig& common = process.common();
  if (!common.postgres || !common.redis) {
    return base::FailedPrecondition("CONFIG_INCOMPLETE", "the configuration needs `postgres` and `redis`");
  }
  std::unique_ptr<Storage> storage(new Storage(process, node));
  storage->pool_ = std::make_unique<postgres::Pool>(
      postgres::PoolOptions{.connection = ConnectionFor(process.service(), *common.postgres),
                            .max_connections = common.postgres->pool_size,
                            .observer = &storage->database_metrics_});
  storage->replay_pool_ = std::make_unique<rpc::Pool>("replay", kReplayThreads, kReplayQueue, &process.metrics());
  storage->event_source_ = std::make_unique<event_source::EventSourceService>(node, *storage->replay_pool_, *storage->pool_);
  storage->relay_ = std::make_unique<events::Relay>(
      *storage->pool_, events::RelayOptions{.source = process.service(), .redis = RedisFor(*common.redis)});
  postgres::Pool* pool = storage->pool_.get();
  process.health().Add("postgres", need, [pool] { return pool->Ping(absl::Now() + kPingTimeout); });
  // Events wait in the outbox while Redis is away, and consumers replay: the service goes on without it.
  process.health().Add("redis", runtime::Health::Need::kOptional, [self = storage.get()] { return self->CheckRedis(); });
  return storage;
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Open(runtime::Process& process, rpc::Node& node,
                                                       const std::string& migrations_dir) {
  HOTLINE_ASSIGN_OR_RETURN(auto storage, Make(process, node, runtime::Health::Need::kRequired));
  constexpr absl::Duration kPause = absl::Milliseconds(200);
  const absl::Time give_up = absl::Now() + kDatabasePatience;
  for (;;) {
    absl::Status status = storage->Migrate(migrations_dir);
    if (status.ok()) return storage;
    if (!postgres::IsConnectionFailure(status) || absl::Now() > give_up) return status;
    absl::SleepFor(kPause);
  }
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Prepare(runtime::Process& process, rpc::Node& node) {
  return Make(process, node, runtime::Health::Need::kOptional);
}

absl::Status Storage::Migrate(const std::string& migrations_dir) {
  HOTLINE_ASSIGN_OR_RETURN(const auto report,
                           postgres::Migrate(ConnectionFor(process_.service(), *process_.common().postgres), migrations_dir));
  base::log::Info("database is up to date", {{"applied", report.applied}, {"present", report.present}});
  return absl::OkStatus();
}

Storage::~Storage() {
  Stop();
  process_.health().Remove("redis");
  process_.health().Remove("postgres");
}

void Storage::Consume(const std::string& name, std::vector<std::string> sources, events::Handler handler) {
  consumer_names_.push_back(name);
  consumers_.push_back(std::make_unique<events::Consumer>(
      *pool_, events::ConsumerOptions{.name = name,
                                      .sources = std::move(sources),
                                      .redis = RedisFor(*process_.common().redis),
                                      .handler = std::move(handler),
                                      .replay = event_source::ReplayFromPeers(node_)}));
}

std::vector<events::ConsumerStats> Storage::consumer_stats() const {
  std::vector<events::ConsumerStats> all;
  for (const auto& consumer : consumers_) all.push_back(consumer->stats());
  return all;
}

// Called every second by the health checks, so it brings the metrics up to date too.
absl::Status Storage::CheckRedis() const {
  ShowMetrics();
  const events::RelayStats relay = relay_->stats();
  if (relay.leading && !relay.redis_connected) return base::Unavailable("REDIS_UNAVAILABLE", "the relay is not connected");
  for (const auto& consumer : consumers_) {
    if (!consumer->stats().redis_connected) return base::Unavailable("REDIS_UNAVAILABLE", "a consumer is not connected");
  }
  return absl::OkStatus();
}

void Storage::ShowMetrics() const {
  const auto show = [this](const char* name, const char* help, double value, const runtime::Labels& labels = {}) {
    process_.metrics().Gauge(name, help, labels).Set(value);
  };
  const events::RelayStats relay = relay_->stats();
  show("hotline_outbox_leading", "1 if this replica publishes the outbox", relay.leading ? 1 : 0);
  show("hotline_outbox_last_sequence", "Highest event number given", static_cast<double>(relay.last_sequence));
  show("hotline_outbox_published", "Events handed to Redis", static_cast<double>(relay.published));
  show("hotline_outbox_republished", "Of these, after Redis had lost them", static_cast<double>(relay.republished));
  show("hotline_outbox_failures", "Relay rounds that failed", static_cast<double>(relay.failures));
  if (const auto lag = postgres::Outbox::Lag(*pool_); lag.ok()) {
    show("hotline_outbox_lag_seconds", "Age of the oldest event not yet marked as published", absl::ToDoubleSeconds(*lag));
  }
  for (size_t i = 0; i < consumers_.size(); ++i) {
    const events::ConsumerStats stats = consumers_[i]->stats();
    const runtime::Labels labels = {{"consumer", consumer_names_[i]}};
    show("hotline_consumer_applied", "Events applied since the start", static_cast<double>(stats.applied), labels);
    show("hotline_consumer_replayed", "Of these, from the source", static_cast<double>(stats.replayed), labels);
    show("hotline_consumer_retries", "Pauses after a failure", static_cast<double>(stats.retries), labels);
    show("hotline_consumer_dead_letters", "Events put aside", static_cast<double>(stats.dead_letters), labels);
    show("hotline_consumer_missed", "Events gone for good", static_cast<double>(stats.missed), labels);
    for (const auto& [source, offset] : stats.offsets) {
      show("hotline_consumer_offset", "Last sequence applied", static_cast<double>(offset),
           {{"consumer", consumer_names_[i]}, {"source", source}});
    }
  }
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
