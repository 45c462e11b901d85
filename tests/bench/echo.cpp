// The baseline of calls: a gRPC server that does nothing but answer AgentService.GetAgent, by gRPC's callback interface,
// with no identity, no metrics and no log. Usage: bench_echo ADDRESS; ends when its input does.
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "hotline/agent_state/v1/agent_state.grpc.pb.h"

namespace {

using namespace hotline::agent_state::v1;  // NOLINT: a program of one file

class Echo final : public AgentService::CallbackService {
  grpc::ServerUnaryReactor* GetAgent(grpc::CallbackServerContext* context, const GetAgentRequest* request, Agent* response) override {
    response->set_agent_id(request->agent_id());
    response->set_state(AGENT_STATE_READY);
    response->set_line_up(true);
    response->set_version(1);
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Echo echo;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::puts("ready");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server->Shutdown();
  return 0;
}
