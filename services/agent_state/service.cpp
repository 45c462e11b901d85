#include "services/agent_state/service.h"

#include "libs/base/error.h"
#include "libs/base/log.h"
#include "libs/base/page.h"
#include "services/agent_state/convert.h"
#include "services/agent_state/domain/errors.h"

namespace hotline::agent_state {
namespace {

using asio::experimental::awaitable_operators::operator||;

// How often a leg stream looks whether the store has caught up.
constexpr absl::Duration kBehindPause = absl::Milliseconds(50);

// Keeps a pointer in a list for as long as it lives.
template <class T>
class Listed {
 public:
  Listed(std::list<T*>& list, T& what) : list_(list), it_(list.insert(list.end(), &what)) {}
  ~Listed() { list_.erase(it_); }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  std::list<T*>& list_;
  typename std::list<T*>::iterator it_;
};

// What a watcher is to be told now; empty if nothing.
v1::AgentUpdate TakeUpdate(Watcher& watcher, const Registry& registry) {
  v1::AgentUpdate update;
  if (watcher.snapshot) {
    update.set_snapshot(true);
    for (const auto& [id, agent] : registry.agents()) {
      if (watcher.group.empty() || agent.QueueGroup() == watcher.group) *update.add_agents() = ToProto(agent);
    }
  } else {
    for (const std::string& id : watcher.dirty) {
      if (const Agent* agent = registry.Find(id)) *update.add_agents() = ToProto(*agent);
    }
  }
  watcher.snapshot = false;
  watcher.dirty.clear();
  return update;
}

}  // namespace

AgentService::AgentService(rpc::Node& node, Hub& hub)
    : Service(node, V1::service_full_name()), hub_(hub), metrics_(node.metrics()) {
  Handle("SignIn", &AgentService::SignIn);
  Handle("SignOut", &AgentService::SignOut);
  Handle("SetMyState", &AgentService::SetMyState);
  Handle("ForceState", &AgentService::ForceState);
  Handle("GetAgent", &AgentService::GetAgent);
  Handle("ListAgents", &AgentService::ListAgents);
  Handle("PutAgentProfile", &AgentService::PutAgentProfile);
  Handle("Reserve", &AgentService::Reserve);
  Handle("Release", &AgentService::Release);
  Handle("ReportLegs", &AgentService::ReportLegs);
  Handle("WatchAgents", &AgentService::WatchAgents);
}

absl::Status AgentService::Command(std::string_view id, const agent_state::Command& command, v1::Agent& response) {
  HOTLINE_RETURN_IF_ERROR(hub_.CheckRequest());
  HOTLINE_ASSIGN_OR_RETURN(const Agent agent, hub_.Apply(id, command));
  response = ToProto(agent);
  return absl::OkStatus();
}

AgentService::Done AgentService::SignIn(rpc::Context& context, const v1::SignInRequest&, v1::Agent& response) {
  co_return Command(context.principal().user_id, agent_state::SignIn{}, response);
}

AgentService::Done AgentService::SignOut(rpc::Context& context, const v1::SignOutRequest&, v1::Agent& response) {
  co_return Command(context.principal().user_id, agent_state::SignOut{}, response);
}

AgentService::Done AgentService::SetMyState(rpc::Context& context, const v1::SetMyStateRequest& request, v1::Agent& response) {
  HOTLINE_CO_ASSIGN_OR_RETURN(Target target, ParseMyState(request));
  co_return Command(context.principal().user_id, SetState{std::move(target)}, response);
}

AgentService::Done AgentService::ForceState(rpc::Context& context, const v1::ForceStateRequest& request, v1::Agent& response) {
  HOTLINE_CO_ASSIGN_OR_RETURN(const Target target, ParseForce(request));
  HOTLINE_CO_RETURN_IF_ERROR(hub_.CheckRequest());
  HOTLINE_CO_ASSIGN_OR_RETURN(const Agent agent, hub_.ApplyForce(request.agent_id(), target, context.principal().user_id, request.reason()));
  base::log::Info("an agent's state was forced", {{"agent", request.agent_id()}, {"by", context.principal().user_id},
                                                  {"state", StateName(target.state)}, {"trace", context.trace_id()}});
  response = ToProto(agent);
  co_return absl::OkStatus();
}

AgentService::Done AgentService::GetAgent(rpc::Context& context, const v1::GetAgentRequest& request, v1::Agent& response) {
  const std::string& id = request.agent_id() == "me" ? context.principal().user_id : request.agent_id();
  HOTLINE_CO_RETURN_IF_ERROR(CheckId("agent_id", id));
  if (!hub_.active()) co_return errors::NotActive();
  const Agent* agent = hub_.registry().Find(id);
  if (agent == nullptr) co_return errors::AgentNotFound(id);
  response = ToProto(*agent);
  co_return absl::OkStatus();
}

AgentService::Done AgentService::ListAgents(rpc::Context&, const v1::ListAgentsRequest& request, v1::ListAgentsResponse& response) {
  const base::PageQuery query("agents", {request.queue_group()});
  HOTLINE_CO_ASSIGN_OR_RETURN(const base::Page page, query.Read(request.page_size(), request.page_token(), kPageSizeDefault, kPageSizeMost));
  if (!hub_.active()) co_return errors::NotActive();
  const auto& agents = hub_.registry().agents();
  for (auto it = page.after.empty() ? agents.begin() : agents.upper_bound(page.after); it != agents.end(); ++it) {
    if (!request.queue_group().empty() && it->second.QueueGroup() != request.queue_group()) continue;
    if (response.agents_size() == page.size) {
      response.set_next_page_token(query.Token(response.agents(page.size - 1).agent_id()));
      break;
    }
    *response.add_agents() = ToProto(it->second);
  }
  co_return absl::OkStatus();
}

AgentService::Done AgentService::PutAgentProfile(rpc::Context&, const v1::PutAgentProfileRequest& request, v1::Agent& response) {
  HOTLINE_CO_RETURN_IF_ERROR(CheckId("agent_id", request.agent_id()));
  HOTLINE_CO_ASSIGN_OR_RETURN(Profile profile, ParseProfile(request.profile()));
  HOTLINE_CO_RETURN_IF_ERROR(Command(request.agent_id(), PutProfile{std::move(profile)}, response));
  co_return co_await hub_.Flush();
}

AgentService::Done AgentService::Reserve(rpc::Context& context, const v1::ReserveRequest& request, v1::ReserveResponse& response) {
  HOTLINE_CO_ASSIGN_OR_RETURN(const agent_state::Reserve reserve, ParseReserve(request));
  // Only telephony's own reservations go without an epoch: an acd without one could not be told from a former active one.
  if (context.principal().calling_service == "acd" && request.epoch() == 0) {
    co_return base::InvalidField("epoch", "REQUIRED", "acd reserves with the epoch of its lease");
  }
  HOTLINE_CO_RETURN_IF_ERROR(hub_.CheckRequest());
  const absl::StatusOr<Agent> agent = hub_.ApplyReserve(request.agent_id(), reserve, {request.queue_group(), request.epoch()});
  metrics_.Counter("hotline_agent_state_reservations_total", "Reservations asked for, by result",
                   {{"result", agent.ok() ? "OK" : base::Reason(agent.status())}}).Increment();
  if (!agent.ok()) co_return agent.status();
  *response.mutable_agent() = ToProto(*agent);
  co_return absl::OkStatus();
}

AgentService::Done AgentService::Release(rpc::Context&, const v1::ReleaseRequest& request, v1::ReleaseResponse& response) {
  HOTLINE_CO_ASSIGN_OR_RETURN(const agent_state::Release release, ParseRelease(request));
  co_return Command(request.agent_id(), release, *response.mutable_agent());
}

AgentService::Done AgentService::ReportLegs(rpc::Context& context, rpc::Stream<v1::LegReport, v1::LegAck>& stream) {
  rpc::Notice gone(context.executor());
  const Listed listed(hub_.leg_streams(), gone);
  bool first = true;
  for (v1::LegReport message;;) {
    if (!hub_.active()) co_return errors::NotActive();
    const auto read = co_await (stream.Read(message) || gone.Wait());
    if (read.index() == 1) continue;
    if (!std::get<0>(read)) co_return absl::OkStatus();
    HOTLINE_CO_ASSIGN_OR_RETURN(const LegReport report, ParseReport(message));
    if (first && !report.snapshot) co_return errors::SnapshotFirst();
    first = false;
    while (hub_.active() && hub_.behind()) co_await rpc::Sleep(kBehindPause);
    if (!hub_.active()) co_return errors::NotActive();
    hub_.ApplyReport(report);
    v1::LegAck ack;
    ack.set_number(report.number);
    const bool written = co_await stream.Write(std::move(ack));
    if (!written) co_return absl::OkStatus();
  }
}

AgentService::Done AgentService::WatchAgents(rpc::Context& context, const v1::WatchAgentsRequest& request,
                                             rpc::Writer<v1::AgentUpdate>& out) {
  if (hub_.watchers().size() >= kMaxWatchers) co_return errors::TooManyWatchers();
  Watcher watcher(context.executor(), request.queue_group());
  const Listed listed(hub_.watchers(), watcher);
  for (;;) {
    if (!hub_.active()) co_return errors::NotActive();
    v1::AgentUpdate update = TakeUpdate(watcher, hub_.registry());
    if (update.snapshot() || update.agents_size() > 0) {
      const bool written = co_await out.Write(std::move(update));
      if (!written) co_return absl::OkStatus();
    }
    co_await watcher.notice.Wait();
  }
}

}  // namespace hotline::agent_state
