// What live screens show, followed once for all of them: states of agents, figures of queues, the wallboard, and events of
// tickets. Desks ask it for what is current and are told what changed. Used on the executor of the gateway, but for
// OnEvent, which any thread may call.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "hotline/acd/v1/acd.grpc.pb.h"
#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "hotline/analytics/v1/analytics.grpc.pb.h"
#include "libs/events/event.h"
#include "libs/rpc/client.h"
#include "libs/rpc/node.h"

namespace hotline::gateway {
namespace asio = boost::asio;

inline constexpr absl::Duration kFollowRetry = absl::Milliseconds(500);
inline constexpr size_t kMaxKnownUnits = 20'000;

enum class Topic : unsigned { kAgent = 1, kAgents = 2, kQueues = 4, kWallboard = 8, kTickets = 16 };

// An event of a ticket, ready to be sent, with what decides who may hear of it.
struct TicketEvent {
  std::shared_ptr<const std::string> frame;
  std::string unit_id;    // the lead unit; empty before dispatch
  std::string unit_path;  // empty if not known
};

// Who listens. Called on the executor; must not call back.
class Screen {
 public:
  virtual ~Screen() = default;
  virtual void OnAgents(const std::vector<std::string>& agent_ids, bool snapshot) = 0;
  virtual void OnChange(Topic topic) = 0;
  virtual void OnTicket(const TicketEvent& event) = 0;
};

class Hub {
 public:
  explicit Hub(rpc::Node& node, asio::any_io_executor executor);

  // Follows the services that are configured, in tasks that end when `tasks` stop.
  void Start(rpc::Tasks& tasks);
  void Add(Screen* screen) { screens_.insert(screen); }
  void Remove(Screen* screen) { screens_.erase(screen); }

  // Frames as of now; null if nothing is known yet.
  std::shared_ptr<const std::string> QueuesFrame() const { return queues_; }
  std::shared_ptr<const std::string> WallboardFrame() const { return wallboard_; }
  std::shared_ptr<const std::string> AgentFrame(const std::string& agent_id) const;
  // Of these agents, or of all.
  std::string AgentsFrame(const std::set<std::string>& agent_ids) const;
  std::string AllAgentsFrame() const;
  bool knows_agents() const { return knows_agents_; }

  void OnEvent(const events::Event& event);

 private:
  template <class Service, class Method, class Request, class Update>
  asio::awaitable<void> Follow(std::string peer, Method method, Request request, void (Hub::*apply)(const Update&));
  void Apply(const agent_state::v1::AgentUpdate& update);
  void Apply(const acd::v1::QueueFigures& figures);
  void Apply(const analytics::v1::Wallboard& wallboard);
  void Tell(Topic topic);
  void Publish(TicketEvent event);

  rpc::Node& node_;
  const asio::any_io_executor executor_;
  std::set<Screen*> screens_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> agents_;  // JSON by id
  bool knows_agents_ = false;
  std::shared_ptr<const std::string> queues_, wallboard_;
  std::unordered_map<std::string, std::string> unit_paths_;  // as heard in events of tickets
};

// The event as a frame {"type": "event", ...}, with the ticket's unit if it tells one; nothing for types that are not about
// tickets or not known to this version.
std::optional<TicketEvent> ToTicketEvent(const events::Event& event);

}  // namespace hotline::gateway
