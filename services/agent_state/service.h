// AgentService over gRPC: parse, authorise, ask the hub, reply. Coroutines on the node's one io thread.
#pragma once

#include "hotline/agent_state/v1/agent_state.grpc.pb.h"
#include "libs/rpc/service.h"
#include "services/agent_state/hub.h"

namespace hotline::agent_state {

inline constexpr int kPageSizeDefault = 500;
inline constexpr int kPageSizeMost = 5000;

class AgentService final : public rpc::Service {
 public:
  // The hub is not owned and outlives the server. The node has one io thread.
  AgentService(rpc::Node& node, Hub& hub);

 private:
  using V1 = hotline::agent_state::v1::AgentService;

  Done SignIn(rpc::Context& context, const v1::SignInRequest& request, v1::Agent& response);
  Done SignOut(rpc::Context& context, const v1::SignOutRequest& request, v1::Agent& response);
  Done SetMyState(rpc::Context& context, const v1::SetMyStateRequest& request, v1::Agent& response);
  Done ForceState(rpc::Context& context, const v1::ForceStateRequest& request, v1::Agent& response);
  Done GetAgent(rpc::Context& context, const v1::GetAgentRequest& request, v1::Agent& response);
  Done ListAgents(rpc::Context& context, const v1::ListAgentsRequest& request, v1::ListAgentsResponse& response);
  Done PutAgentProfile(rpc::Context& context, const v1::PutAgentProfileRequest& request, v1::Agent& response);
  Done Reserve(rpc::Context& context, const v1::ReserveRequest& request, v1::ReserveResponse& response);
  Done Release(rpc::Context& context, const v1::ReleaseRequest& request, v1::ReleaseResponse& response);
  Done ReportLegs(rpc::Context& context, rpc::Stream<v1::LegReport, v1::LegAck>& stream);
  Done WatchAgents(rpc::Context& context, const v1::WatchAgentsRequest& request, rpc::Writer<v1::AgentUpdate>& out);

  absl::Status Command(std::string_view id, const agent_state::Command& command, v1::Agent& response);

  Hub& hub_;
  runtime::Metrics& metrics_;
};

}  // namespace hotline::agent_state
