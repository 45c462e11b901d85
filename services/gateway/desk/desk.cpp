#include "services/gateway/desk/desk.h"

#include "services/gateway/desk/session.h"
#include "services/gateway/rest/routes.h"

namespace hotline::gateway {
namespace {

access::v1::Access AccessOfRpc(const char* name) {
  return AccessOf(*google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name));
}

// A live topic shows what an RPC answers, so it is for whom the RPC is.
std::map<Topic, access::v1::Access> TopicAccess() {
  return {{Topic::kAgent, AccessOfRpc("hotline.agent_state.v1.AgentService.GetAgent")},
          {Topic::kAgents, AccessOfRpc("hotline.agent_state.v1.AgentService.ListAgents")},
          {Topic::kQueues, AccessOfRpc("hotline.acd.v1.QueueService.ListQueues")},
          {Topic::kWallboard, AccessOfRpc("hotline.analytics.v1.FigureService.GetWallboard")},
          {Topic::kTickets, AccessOfRpc("hotline.ticket.v1.TicketService.ListTickets")}};
}

}  // namespace

Desk::Desk(rpc::Node& node, asio::any_io_executor executor, Authenticator& authenticator, Hub& hub, rpc::Tasks& tasks, const LimitsConfig& limits)
    : node_(node),
      executor_(std::move(executor)),
      authenticator_(authenticator),
      hub_(hub),
      tasks_(tasks),
      limits_(limits),
      topic_access_(TopicAccess()),
      line_access_(AccessOfRpc("hotline.telephony.v1.LineService.Attach")),
      open_(node.metrics().Gauge("hotline_gateway_desks", "Pages connected to /v1/desk")),
      dropped_(node.metrics().Counter("hotline_gateway_desk_frames_dropped_total", "Live frames left out for pages that read too slowly")) {
  const auto peer = node.channels().all().find("telephony");
  if (peer != node.channels().all().end()) telephony_.emplace(peer->second);
}

Desk::~Desk() = default;

asio::awaitable<void> Desk::Serve(std::unique_ptr<Frames> frames, Request) {
  const auto session = std::make_shared<DeskSession>(*this, std::move(frames));
  co_await session->Run();
}

void Desk::CloseAll() {
  for (DeskSession* session : sessions_) session->Close(CloseCode::kGoingAway, "the gateway restarts");
}

void Desk::CloseRevoked() {
  for (DeskSession* session : sessions_) {
    const std::string id = session->session_id();
    if (!id.empty() && authenticator_.IsRevoked(id)) session->Close(CloseCode::kSignInAgain, "the session was ended");
  }
}

bool Desk::CountUser(const std::string& user_id) {
  size_t& pages = users_[user_id];
  if (pages >= limits_.max_desks_per_user) return false;
  ++pages;
  return true;
}

void Desk::ForgetUser(const std::string& user_id) {
  const auto found = users_.find(user_id);
  if (found != users_.end() && --found->second == 0) users_.erase(found);
}

}  // namespace hotline::gateway
