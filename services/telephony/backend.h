// The database behind telephony, which may come later than the calls: a thread of its own waits for it, makes the tables,
// starts the relay and hands the spool's facts over. Made and destroyed by one thread; ready() from any.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "libs/hosting/storage.h"
#include "services/telephony/postgres_store.h"
#include "services/telephony/spool/spool.h"

namespace hotline::telephony {

class Backend {
 public:
  static constexpr absl::Duration kRetry = absl::Milliseconds(500);

  static absl::StatusOr<std::unique_ptr<Backend>> Start(runtime::Process& process, rpc::Node& node, Spool& spool, std::string migrations_dir);
  ~Backend();  // stops the spool, whose worker uses the store
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  const std::atomic<bool>& ready() const { return ready_; }
  Store& store() { return store_; }
  rpc::ServiceBase& event_source() { return storage_->event_source(); }

 private:
  Backend(std::unique_ptr<hosting::Storage> storage, Spool& spool, std::string migrations_dir)
      : storage_(std::move(storage)), spool_(spool), migrations_dir_(std::move(migrations_dir)), store_(storage_->pool()) {}
  void Prepare();

  std::unique_ptr<hosting::Storage> storage_;
  Spool& spool_;
  const std::string migrations_dir_;
  PostgresStore store_;
  std::atomic<bool> ready_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace hotline::telephony
