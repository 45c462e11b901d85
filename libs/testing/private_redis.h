// A Redis of the test's own on a unix socket in a temporary directory, gone at exit even if the test process is killed.
// Thread-safe, but call Restart on the main thread: a server dies with the thread that started it.
#pragma once

#include <string>

#include "libs/events/redis.h"

namespace hotline::testing {

class PrivateRedis {
 public:
  // With `durable`, every write is on disk before it is answered and survives Kill9; without, a restart begins empty.
  explicit PrivateRedis(bool durable = false);
  ~PrivateRedis();
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  // One server per test program, started on first use. Streams are shared too: use a source name of your own per test.
  static PrivateRedis& Shared();

  events::RedisOptions Options() const;
  void Kill9();
  // Stops what still runs and starts again.
  void Restart();
  // Loses everything, on disk too; keeps running.
  void Wipe();
  // ACL SETUSER: `rules` such as "~hotline.events.ticket +@all".
  void SetUser(const std::string& user, const std::string& password, const std::string& rules);

 private:
  void Start();
  std::string directory_;
  bool durable_;
  int pid_ = -1;
};

}  // namespace hotline::testing
