// Hands over what is published from now on, with no memory: for screens, where a lost event is mended by the next refresh.
//
// Every Tail sees everything (fan-out). `on_event` runs on the tail's own thread and must not block: post onwards. `on_lost`
// is called there when Redis was away or had been wiped, so that followers can fetch the state anew.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/events/event.h"
#include "libs/events/redis.h"

namespace hotline::events {

inline constexpr int kTailBatch = 256;
inline constexpr absl::Duration kTailBlock = absl::Seconds(1);
inline constexpr absl::Duration kTailReconnect = absl::Milliseconds(200);

struct TailOptions {
  std::vector<std::string> sources = {};
  RedisOptions redis = {};
  std::function<void(const Event&)> on_event = {};
  std::function<void()> on_lost = {};  // May be empty.
};

struct TailStats {
  int64_t delivered = 0;
  int64_t unreadable = 0;
  int64_t reconnects = 0;
  bool connected = false;  // And positioned: what is published from here on will be delivered.
};

class Tail {
 public:
  explicit Tail(TailOptions options);
  ~Tail();  // Stops.
  void Start();
  void Stop();
  TailStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::events
