// A blocking connection to Redis: hiredis with the handful of commands the streams need.
//
// One thread at a time, except Interrupt(), which any thread may call. Reconnecting is the caller's: after an error the
// connection is closed, and the next Connect() makes a new one.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;
struct redisReply;

namespace hotline::events {

inline constexpr absl::Duration kRedisConnectTimeout = absl::Seconds(2);
inline constexpr absl::Duration kRedisCommandTimeout = absl::Seconds(5);

struct RedisOptions {
  // "unix:/run/hotline/redis.sock" or "host:port".
  std::string address = {};
  // ACL user; empty means the default user.
  std::string user = {};
  // Empty means no AUTH.
  std::string password = {};
};

struct StreamEntry {
  std::string stream;
  std::string id;
  // The value of the field "event": a serialized Event. Absent when the entry has no such field.
  std::optional<std::string> event;
};

struct StreamInfo {
  int64_t first_sequence = 0;  // 0 when the stream is empty.
  int64_t last_sequence = 0;   // The last id ever given, trimmed or not; 0 when there is no stream.
};

class Redis {
 public:
  explicit Redis(RedisOptions options);
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  // Connects and signs in unless connected. UNAVAILABLE REDIS_UNAVAILABLE.
  absl::Status Connect();
  bool connected() const { return context_ != nullptr; }
  void Close();
  // Makes a blocking command of another thread end at once with an error, now and until Connect().
  void Interrupt();

  struct Addition {
    int64_t sequence;
    std::string event;
  };
  // XADD with explicit ids, pipelined; an id that is already behind the stream's last one counts as done.
  absl::Status AddWithSequence(std::string_view stream, const std::vector<Addition>& additions, int64_t max_length);
  // XADD with an id of Redis' choice and the given field-value pairs.
  absl::Status Add(std::string_view stream, const std::vector<std::pair<std::string, std::string>>& fields,
                   int64_t max_length);

  struct Position {
    std::string stream;
    std::string after;  // An id such as "17-0".
  };
  // XREAD of several streams; empty when `block` has passed.
  absl::StatusOr<std::vector<StreamEntry>> Read(const std::vector<Position>& positions, int count, absl::Duration block);
  absl::StatusOr<StreamInfo> Info(std::string_view stream);
  absl::Status Ping();

 private:
  struct FreeReply { void operator()(redisReply* reply) const; };
  using Reply = std::unique_ptr<redisReply, FreeReply>;
  absl::Status Append(const std::vector<std::string_view>& arguments);
  absl::StatusOr<Reply> Receive();
  absl::StatusOr<Reply> Command(const std::vector<std::string_view>& arguments);
  absl::Status Fail(std::string_view what);

  const RedisOptions options_;
  std::mutex mutex_;  // Guards the pointer against Interrupt; commands run outside it.
  redisContext* context_ = nullptr;
};

}  // namespace hotline::events
