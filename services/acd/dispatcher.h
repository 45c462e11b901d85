// The running acd: a queueing core per queue group, what feeds it (agent_state's agents, the streams of waiting contacts,
// time) and what comes of it (reservations, offers, positions). Everything but healthy() is used on the node's one io
// thread, which is what makes the cores safe.
//
// Of several replicas one is active per queue group, the holder of its lease; its epoch goes with every Reserve, and
// agent_state refuses older ones. It goes on while the database is away, for nobody else can take the lease then. When a
// group is lost its streams end with UNAVAILABLE "NOT_ACTIVE", and ivr enters the contacts again elsewhere, at their places.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "hotline/acd/v1/acd.pb.h"
#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "libs/rpc/client.h"
#include "libs/rpc/io.h"
#include "libs/rpc/node.h"
#include "libs/rpc/notice.h"
#include "services/acd/domain/core.h"
#include "services/acd/store.h"

namespace hotline::acd {
namespace asio = boost::asio;

inline constexpr absl::Duration kTickInterval = absl::Milliseconds(50);
inline constexpr absl::Duration kPlaceInterval = absl::Seconds(1);    // between looks at the positions
inline constexpr absl::Duration kPlaceAtMostEvery = absl::Seconds(5); // told to one contact
inline constexpr absl::Duration kAgentsRetry = absl::Milliseconds(200);
inline constexpr absl::Duration kLeaseRetry = absl::Milliseconds(300);
inline constexpr absl::Duration kQueuesInterval = absl::Seconds(5);   // between looks for changes of other replicas
inline constexpr absl::Duration kReleaseTimeout = absl::Seconds(5);
inline constexpr int kMaxReservationSeconds = 120;                    // as agent_state allows

struct DispatcherOptions {
  std::string replica_id;
  absl::Duration lease = absl::Seconds(10);
  std::vector<std::string> queue_groups;  // empty: all that have queues
};

struct Group;

// One contact's stream; lives as long as that.
struct Waiter {
  explicit Waiter(asio::any_io_executor executor) : notice(std::move(executor)) {}
  rpc::Notice notice;
  std::string contact_id;
  Group* group = nullptr;                  // null: it has left, or was put out
  std::deque<v1::EnqueueUpdate> out;       // at most a position and an offer
  std::optional<absl::Status> ended;       // why the stream ends
  Place place;
  absl::Time place_told = absl::InfinitePast();
  absl::Time entered;
};

// One queue group. Groups are never removed.
struct Group {
  std::string name;
  std::unique_ptr<Core> core;              // null while another replica is active
  int64_t epoch = 0;
  uint64_t generation = 0;                 // grows with each activation: answers to an older one are void
  bool kicked = false;
  bool untold = false;                     // somebody has not heard a position yet
};

class Dispatcher {
 public:
  Dispatcher(rpc::Node& node, rpc::Pool& pool, Store& store, rpc::Peer agent_state, DispatcherOptions options);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Begins to load queues, seek leases, follow agents and let time pass, on the node's tasks.
  void Start();
  // Ends all streams with NOT_ACTIVE, so that ivr goes elsewhere at once. From any thread, before the node is stopped.
  void Drain();
  // Gives the leases up. After the node has stopped, on the caller's thread.
  void Finish();
  // For the health check, from any thread: whether a group is active and the agents are followed.
  absl::Status healthy() const;

  // Lets a contact in and binds it to the waiter. QUEUE_NOT_FOUND, QUEUE_FULL, NOT_ACTIVE.
  absl::Status Enter(const Entry& entry, Waiter& waiter);
  // The contact is gone, or answered. Does nothing for a waiter that has left.
  void Leave(Waiter& waiter);
  // How an offer ended; true if the contact was answered and its stream may end.
  bool EndOffer(Waiter& waiter, const std::string& offer_id, Result result);

  bool any_active() const;
  const std::map<std::string, Queue>& queues() const { return queues_; }
  Figure FigureOf(const Queue& queue) const;
  bool Serves(const std::string& group) const;
  asio::awaitable<absl::StatusOr<Queue>> PutQueue(Queue queue);
  absl::Time now() const { return clock_.Now(); }

 private:
  using Agents = hotline::agent_state::v1::AgentService;
  using Api = rpc::Client<Agents>::Api;

  asio::awaitable<void> KeepQueues();
  asio::awaitable<void> KeepLeases();
  asio::awaitable<void> KeepTime();
  asio::awaitable<void> FollowAgents();
  asio::awaitable<void> ReserveAgent(Group& group, Offer offer, uint64_t generation);
  asio::awaitable<void> ReleaseAgent(std::string agent_id, std::string offer_id, std::string outcome);

  void AdoptQueue(const Queue& queue);
  void Activate(Group& group, int64_t epoch);
  void Deactivate(Group& group, const char* why);
  void TakeUpdate(const hotline::agent_state::v1::AgentUpdate& update);
  void TakeAgent(const hotline::agent_state::v1::Agent& agent);
  void SetAgentsKnown(bool known);
  // Decides soon, once for all that happens until then.
  void Kick(Group& group);
  void Decide(Group& group);
  void Detach(Waiter& waiter, std::optional<absl::Status> why);
  void Release(const Offer& offer, const char* outcome);
  void TellPlaces(Group& group);
  void ShowFigures();
  Group& GroupNamed(const std::string& name);

  rpc::Node& node_;
  rpc::Pool& pool_;
  Store& store_;
  const rpc::Client<Agents> agent_state_;
  const DispatcherOptions options_;
  const base::Clock& clock_;
  const asio::any_io_executor executor_;
  rpc::Context background_;                // of calls that no caller waits for
  std::map<std::string, Group> groups_;
  std::map<std::string, Queue> queues_;
  std::unordered_map<std::string, std::pair<AgentView, std::string>> agents_;  // with their group
  std::unordered_map<std::string, Waiter*> waiters_;                           // by contact
  bool draining_ = false;
  std::atomic<bool> agents_known_{false};
  std::atomic<int> active_{0};
  prometheus::Histogram& decision_seconds_;
  prometheus::Histogram& wait_seconds_;
};

}  // namespace hotline::acd
