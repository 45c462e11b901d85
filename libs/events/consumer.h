// A durable consumer: applies the events of other services exactly once, in order per source, to the own database.
//
// The handler runs in the transaction that moves the consumer's offset, so an event is applied if and only if the offset says
// so; replicas of a service may run the same consumer. What the handler returns decides:
//   OK                                                              applied;
//   UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED,
//   CANCELLED                                                       tried again until it works, with growing pauses;
//   INTERNAL, UNKNOWN                                               tried kHandlerAttempts times, then a dead letter;
//   everything else, and events that cannot be read                 a dead letter at once.
// A dead letter is written to `hotline.dead.<consumer>` before the offset moves on.
// Owns one thread between Start and Stop; the handler runs on it. Thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/events/event.h"
#include "libs/events/redis.h"
#include "libs/postgres/pool.h"

namespace hotline::events {

inline constexpr int kConsumerBatch = 64;
// Between transactions, so that what comes in a busy moment is applied together: a commit costs more than many events.
inline constexpr absl::Duration kConsumerPace = absl::Milliseconds(20);
inline constexpr absl::Duration kConsumerBlock = absl::Seconds(1);
inline constexpr int kHandlerAttempts = 5;
inline constexpr absl::Duration kConsumerMinBackoff = absl::Milliseconds(20);
inline constexpr absl::Duration kConsumerMaxBackoff = absl::Seconds(5);
inline constexpr int kReplayBatch = 500;
// While Redis is away, events are fetched from their sources this often.
inline constexpr absl::Duration kReplayPoll = absl::Seconds(1);
inline constexpr int64_t kDeadLettersMax = 10'000;

// Asks `source` for the events after a sequence (EventSource.Replay): in order, at most `limit`, empty at the end. Given by
// the service's main, so that this library needs no channels. Called on the consumer's thread; may block.
using Replay = std::function<absl::StatusOr<std::vector<Event>>(const std::string& source, int64_t after_sequence, int limit)>;

struct ConsumerOptions {
  // Unique within the database; names the offsets and the dead letters: "sla_timer", "analytics".
  std::string name = {};
  // Services to follow.
  std::vector<std::string> sources = {};
  RedisOptions redis = {};
  Handler handler = {};
  Replay replay = {};
};

struct ConsumerStats {
  std::map<std::string, int64_t> offsets;  // By source: the last sequence applied.
  int64_t applied = 0;
  int64_t replayed = 0;      // Of these, fetched from the source instead of Redis.
  int64_t retries = 0;
  int64_t dead_letters = 0;
  int64_t missed = 0;        // Events that neither Redis nor the source had any more.
  bool redis_connected = false;
};

class Consumer {
 public:
  // `pool` is not owned and must outlive the consumer.
  Consumer(postgres::Pool& pool, ConsumerOptions options);
  ~Consumer();  // Stops.
  void Start();
  // Waits for the running handler, not for the rest of the stream. Idempotent.
  void Stop();
  ConsumerStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::events
