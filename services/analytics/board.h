// The wallboard: figures from the store, live numbers from acd and agent_state (ANA-4, STD-1, ACD-7). One look a second at
// how far the events have been applied, by whichever replica; the figures are computed again only when that has moved on, or
// when kRefresh has passed, because days and 24 hours move by themselves. Figures of a full day that take long are computed
// the less often, so that the database has at most a sixteenth of a core for them. Watchers are woken when something has
// changed, so at most once a second.
// Everything is used on the node's one io thread; SQL runs on the pool. What it is given outlives it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>

#include "hotline/acd/v1/acd.grpc.pb.h"
#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "hotline/analytics/v1/analytics.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"
#include "libs/rpc/notice.h"
#include "services/analytics/store.h"

namespace hotline::analytics {
namespace asio = boost::asio;

inline constexpr absl::Duration kBoardPace = absl::Seconds(1);
inline constexpr absl::Duration kRefresh = absl::Seconds(15);
inline constexpr int kFiguresRest = 15;  // times as long as the figures took, and kRefresh at most
// A quiet board is told again so often, so that screens know it for a true one.
inline constexpr absl::Duration kTellAgain = absl::Seconds(5);
// Live numbers of a service that is away are shown for so long; acd tells its own every 5 s at least.
inline constexpr absl::Duration kLiveGrace = absl::Seconds(12);
inline constexpr absl::Duration kFollowRetry = absl::Milliseconds(500);
inline constexpr size_t kUnitsShown = 20;
inline constexpr size_t kMaxWatchers = 64;
inline constexpr int kUnknown = -1;

// The figures of the store alone; blocks.
absl::StatusOr<v1::Wallboard> LoadFigures(Store& store, absl::Time now, absl::TimeZone zone);

class Board {
 public:
  Board(rpc::Node& node, rpc::Pool& pool, Store& store, absl::TimeZone zone);
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  // Begins to compute and to follow, on the node's tasks. From any thread, once.
  void Start();

  // Nothing before the first figures.
  const std::optional<v1::Wallboard>& current() const { return current_; }
  // Grows with each change of current(); 0 before the first.
  uint64_t version() const { return version_; }

  // Woken at each change, while it lives.
  class Watcher {
   public:
    Watcher(Board& board, asio::any_io_executor executor) : board_(board), notice_(std::move(executor)) {
      board_.watchers_.insert(&notice_);
    }
    ~Watcher() { board_.watchers_.erase(&notice_); }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    rpc::Notice& notice() { return notice_; }

   private:
    Board& board_;
    rpc::Notice notice_;
  };
  size_t watchers() const { return watchers_.size(); }

 private:
  using Acd = rpc::Client<hotline::acd::v1::QueueService>;
  using AgentState = rpc::Client<hotline::agent_state::v1::AgentService>;

  asio::awaitable<void> KeepFigures();
  asio::awaitable<void> FollowQueues();
  asio::awaitable<void> FollowAgents();
  asio::awaitable<void> Refresh();
  void TakeAgents(const hotline::agent_state::v1::AgentUpdate& update);
  void Publish();

  rpc::Node& node_;
  rpc::Pool& pool_;
  Store& store_;
  const absl::TimeZone zone_;
  rpc::Context background_;
  Acd acd_;
  AgentState agent_state_;

  std::optional<v1::Wallboard> figures_;
  int64_t revision_ = -1;
  std::chrono::steady_clock::time_point loaded_at_;
  std::chrono::steady_clock::time_point rested_at_;  // not computed again before
  absl::CivilDay loaded_day_;
  bool store_away_ = false;

  int32_t waiting_ = 0;
  std::optional<std::chrono::steady_clock::time_point> queues_heard_;
  std::map<std::string, hotline::agent_state::v1::AgentState> agents_;
  bool agents_followed_ = false;
  std::optional<std::chrono::steady_clock::time_point> agents_heard_;

  std::optional<v1::Wallboard> current_;
  std::chrono::steady_clock::time_point told_at_;
  uint64_t version_ = 0;
  std::set<rpc::Notice*> watchers_;
};

}  // namespace hotline::analytics
