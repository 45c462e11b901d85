// A bounded pool of sessions. Thread-safe; must outlive what was checked out of it.
//
// Sessions are opened on first need, checked for life at every checkout (no round trip) and dropped once dead, so the pool
// recovers from a restarted server by itself.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "libs/postgres/connection.h"

namespace hotline::postgres {

inline constexpr int kPoolConnections = 8;
// A caller waits this long for a session at most, or until its own deadline if that is earlier.
inline constexpr absl::Duration kCheckoutTimeout = absl::Seconds(2);

// What a pool tells about itself; all calls may come from any thread at the same time, and must not block.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void OnCheckout(absl::Duration /*waited*/) {}
  virtual void OnFull() {}
  virtual void OnConnect(bool /*succeeded*/) {}
  virtual void OnConnectionLost() {}
  // A transaction has ended after `attempts` runs.
  virtual void OnTransaction(absl::Duration /*took*/, int /*attempts*/, const absl::Status& /*status*/) {}
};

struct PoolOptions {
  ConnectionOptions connection = {};
  int max_connections = kPoolConnections;
  absl::Duration checkout_timeout = kCheckoutTimeout;
  // Not owned; may be null; must outlive the pool.
  PoolObserver* observer = nullptr;
};

class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A session on loan; gives it back when destroyed.
  class Loan {
   public:
    Loan(Loan&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class Pool;
    Loan(Pool* pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Errors: RESOURCE_EXHAUSTED DATABASE_POOL_FULL, UNAVAILABLE DATABASE_UNAVAILABLE.
  absl::StatusOr<Loan> Checkout(absl::Time deadline = absl::InfiniteFuture());

  // One SELECT outside a transaction, which saves two round trips; run again once if the session turned out to be dead.
  absl::StatusOr<Result> Read(std::string_view sql, const Params& params = {},
                              absl::Time deadline = absl::InfiniteFuture());

  // For health checks: asks the server something trivial.
  absl::Status Ping(absl::Time deadline = absl::InfiniteFuture());

  // Called after each commit of a transaction that appended to the outbox, on the committing thread; must not block.
  // One subscriber (the relay); an empty function unsubscribes and returns only when no call is running.
  void SetOutboxListener(std::function<void()> listener);
  void NotifyOutbox();

  const PoolOptions& options() const { return options_; }
  int in_use() const;

 private:
  void GiveBack(std::unique_ptr<Connection> connection);

  const PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int in_use_ = 0;
  std::mutex listener_mutex_;
  std::function<void()> listener_;
};

}  // namespace hotline::postgres
