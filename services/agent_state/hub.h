// The running agent_state: the registry in memory, what follows it (watchers, the write-behind to the store), its clock and
// its lease. Everything but healthy() is used on the node's one io thread, which is what makes the registry safe.
//
// Of several replicas one is active, the holder of the lease. It goes on while the database is away, for nobody else can
// take the lease then; the others answer UNAVAILABLE "NOT_ACTIVE". A change is in the store within milliseconds of the
// reply; what a crash loses in between, telephony's snapshot tells again.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <deque>
#include <list>
#include <memory>
#include <set>
#include <string>

#include "libs/base/clock.h"
#include "libs/rpc/io.h"
#include "libs/rpc/node.h"
#include "libs/rpc/notice.h"
#include "libs/runtime/metrics.h"
#include "services/agent_state/domain/registry.h"
#include "services/agent_state/store.h"

namespace hotline::agent_state {
namespace asio = boost::asio;

inline constexpr size_t kMaxWatchers = 64;
// A watcher that has so many changed agents to be told gets everything anew instead.
inline constexpr size_t kMaxWatcherBacklog = 2000;
// Changes that wait for the store. From here on requests are refused and telephony's reports wait; deadlines go on, of which
// each agent has a few at most.
inline constexpr size_t kMaxUnsaved = 50'000;
inline constexpr size_t kSaveBatch = 500;
inline constexpr absl::Duration kTickInterval = absl::Milliseconds(50);
inline constexpr absl::Duration kSaveRetryMin = absl::Milliseconds(50);
inline constexpr absl::Duration kSaveRetryMax = absl::Seconds(1);
inline constexpr absl::Duration kLeaseRetry = absl::Milliseconds(300);
// A profile is an administrator's fact: the reply waits for the store, but not longer than this.
inline constexpr absl::Duration kFlushTimeout = absl::Seconds(5);

struct HubOptions {
  std::string replica_id;
  absl::Duration lease = absl::Seconds(10);
};

// One follower of the agents' states; lives as long as its stream.
struct Watcher {
  explicit Watcher(asio::any_io_executor executor, std::string group) : notice(std::move(executor)), group(std::move(group)) {}
  rpc::Notice notice;
  const std::string group;      // empty: all
  std::set<std::string> dirty;  // ids of agents to be told
  bool snapshot = true;         // tell everything
};

class Hub {
 public:
  // `pool` runs the store's calls. All are outlived by the node's tasks, which Stop ends.
  Hub(rpc::Node& node, rpc::Pool& pool, Store& store, HubOptions options);
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Begins to seek the lease, to save and to let time pass, on the node's tasks.
  void Start();
  // Saves what waits and gives the lease up. After the node has stopped, on the caller's thread.
  void Finish();

  // OK for the active replica whose store keeps up; otherwise NOT_ACTIVE or STORE_BEHIND.
  absl::Status CheckRequest() const;
  bool active() const { return active_; }
  bool behind() const { return unsaved_.size() >= kMaxUnsaved; }
  // For the health check, from any thread.
  absl::Status healthy() const;

  const Registry& registry() const { return registry_; }
  absl::Time now() const { return clock_.Now(); }

  absl::StatusOr<Agent> Apply(std::string_view id, const Command& command);
  absl::StatusOr<Agent> ApplyForce(std::string_view id, const Target& target, const std::string& by, const std::string& reason);
  absl::StatusOr<Agent> ApplyReserve(std::string_view id, const Reserve& command, const Fence& fence);
  void ApplyReport(const LegReport& report);
  // Waits until all changes so far are stored; STORE_BEHIND if that takes too long.
  asio::awaitable<absl::Status> Flush();

  // Followers and streams to be woken when something changes or the replica stops being active.
  std::list<Watcher*>& watchers() { return watchers_; }
  std::list<rpc::Notice*>& leg_streams() { return leg_streams_; }

 private:
  asio::awaitable<void> KeepLease();
  asio::awaitable<void> KeepTime();
  asio::awaitable<void> KeepSaving();
  asio::awaitable<absl::Status> Activate(int64_t epoch);
  void Deactivate(const char* why);
  void Publish();
  void Tell(const Agent& agent);
  void WakeAll();
  Batch NextBatch() const;
  void Forget(const Batch& batch);

  rpc::Node& node_;
  rpc::Pool& pool_;
  Store& store_;
  const HubOptions options_;
  const base::Clock& clock_;
  Registry registry_;
  std::atomic<bool> active_{false};
  int64_t epoch_ = 0;
  std::deque<Change> unsaved_;
  std::map<std::string, int64_t> unsaved_epochs_;
  uint64_t queued_ = 0, saved_ = 0;  // changes ever
  rpc::Notice save_notice_;
  std::list<Watcher*> watchers_;
  std::list<rpc::Notice*> leg_streams_;
  prometheus::Gauge& backlog_;
  prometheus::Counter& changes_;
  prometheus::Counter& save_failures_;
};

}  // namespace hotline::agent_state
