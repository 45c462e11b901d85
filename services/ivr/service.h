// The gRPC services of ivr. Conversations are coroutines; prompts and flows, which read files and the database, run on the
// pool. Everything they use outlives them.
#pragma once

#include "hotline/ivr/v1/dialogue.grpc.pb.h"
#include "hotline/ivr/v1/flow.grpc.pb.h"
#include "libs/rpc/plain_service.h"
#include "libs/rpc/service.h"
#include "services/ivr/session.h"

namespace hotline::ivr {

class DialogueService final : public rpc::Service {
 public:
  DialogueService(rpc::Node& node, SessionDeps& deps);

 private:
  Done Converse(rpc::Context& context, rpc::Stream<pb::CallEvent, pb::Action>& stream);

  SessionDeps& deps_;
  prometheus::Gauge& calls_;
};

class PromptService final : public rpc::PlainService {
 public:
  PromptService(rpc::Node& node, rpc::Pool& pool, PromptLibrary& prompts);

 private:
  absl::Status GetPrompt(rpc::Context&, const pb::GetPromptRequest& request, pb::GetPromptResponse& response);
  absl::Status ListPrompts(rpc::Context&, const pb::ListPromptsRequest& request, pb::ListPromptsResponse& response);

  PromptLibrary& prompts_;
};

class FlowService final : public rpc::PlainService {
 public:
  FlowService(rpc::Node& node, rpc::Pool& pool, Store& store, FlowCache& cache, PromptLibrary& prompts);

 private:
  absl::Status ListFlows(rpc::Context&, const pb::ListFlowsRequest& request, pb::ListFlowsResponse& response);
  absl::Status GetFlow(rpc::Context&, const pb::GetFlowRequest& request, pb::Flow& response);
  absl::Status PutFlow(rpc::Context&, const pb::PutFlowRequest& request, pb::Flow& response);
  absl::Status CheckFlow(rpc::Context&, const pb::CheckFlowRequest& request, pb::CheckFlowResponse& response);
  absl::Status PublishFlow(rpc::Context&, const pb::PublishFlowRequest& request, pb::Flow& response);
  absl::Status GetPollResults(rpc::Context&, const pb::GetPollResultsRequest& request, pb::GetPollResultsResponse& response);

  Store& store_;
  FlowCache& cache_;
  PromptLibrary& prompts_;
  const base::Clock& clock_;
};

// Publishes the flows in `directory` ("<flow id>.json") when there are none at all: a new city begins with them.
absl::Status BootstrapFlows(Store& store, const std::string& directory, const std::vector<std::string>& prompts, absl::Time now);

}  // namespace hotline::ivr
