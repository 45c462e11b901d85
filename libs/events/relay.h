// Publishes a service's outbox on its Redis stream. One Relay per process of a service; of all replicas the holder of the
// lease "outbox" works, the others wait to take over.
//
// Owns one thread between Start and Stop. Thread-safe.
#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "libs/events/event.h"
#include "libs/events/redis.h"
#include "libs/postgres/outbox.h"
#include "libs/postgres/pool.h"

namespace hotline::events {

inline constexpr int kRelayBatch = 256;
// Without a wake-up the outbox is looked at this often.
// Between rounds, so that events of a busy moment are numbered and published together.
inline constexpr absl::Duration kRelayPace = absl::Milliseconds(10);
inline constexpr absl::Duration kRelayPoll = absl::Seconds(1);
// While rows wait for an older open transaction, this often.
inline constexpr absl::Duration kRelayWaitingPoll = absl::Milliseconds(5);
inline constexpr absl::Duration kRelayLease = absl::Seconds(5);
inline constexpr absl::Duration kRelayRetry = absl::Milliseconds(200);
inline constexpr int64_t kStreamMaxLength = 100'000;
inline constexpr absl::Duration kOutboxCleanInterval = absl::Minutes(1);
inline constexpr int kOutboxCleanBatch = 1000;

struct RelayOptions {
  // The service's name, as in Event.source.
  std::string source = {};
  // Unique per process; empty makes one.
  std::string holder = {};
  RedisOptions redis = {};
  absl::Duration lease = kRelayLease;
  absl::Duration poll = kRelayPoll;
  absl::Duration retention = postgres::kOutboxRetention;
  int64_t stream_max_length = kStreamMaxLength;
};

// Counters since Start, for metrics.
struct RelayStats {
  bool leading = false;
  bool redis_connected = false;
  int64_t last_sequence = 0;   // Highest numbered.
  int64_t published = 0;       // Events handed to Redis, republished ones included.
  int64_t republished = 0;     // Of these, after Redis had lost them.
  int64_t failures = 0;        // Rounds that ended in an error.
  int64_t deleted = 0;         // Outbox rows removed after the retention.
};

class Relay {
 public:
  // `pool` is not owned and must outlive the relay.
  Relay(postgres::Pool& pool, RelayOptions options);
  ~Relay();  // Stops.
  void Start();
  // Gives the lease up, so that another replica goes on at once. Idempotent.
  void Stop();
  RelayStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::events
