// hotline-ivr: the dialogue of calls, prompts, flows.
#include "libs/hosting/storage.h"
#include "services/ivr/config.h"
#include "services/ivr/flows.h"
#include "services/ivr/postgres_store.h"
#include "services/ivr/service.h"

namespace hotline::ivr {
namespace {

constexpr size_t kHandlerThreads = 6;
constexpr size_t kHandlerQueue = 512;

rpc::asio::awaitable<void> KeepFlowsFresh(FlowCache& flows, rpc::Pool& pool) {
  for (;;) {
    co_await rpc::Sleep(kFlowRefresh);
    const auto refresh = [&flows] { return flows.Refresh(); };
    const absl::Status status = co_await pool.Run(refresh);
    if (!status.ok()) base::log::Warn("flows not refreshed", {{"reason", base::Reason(status)}});
  }
}

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PromptLibrary prompts(config.prompts);
  HOTLINE_RETURN_IF_ERROR(prompts.Provision());
  PostgresStore store(storage->pool());
  HOTLINE_RETURN_IF_ERROR(BootstrapFlows(store, config.flows_dir, prompts.Names(), process.clock().Now()));
  FlowCache flows(store);
  HOTLINE_RETURN_IF_ERROR(flows.Refresh());
  rpc::Pool pool("handlers", kHandlerThreads, kHandlerQueue, &process.metrics());
  rpc::Client<acd::v1::QueueService> queues(node->peer("acd"));
  rpc::Client<ticket::v1::TicketService> tickets(node->peer("ticket"));
  SessionDeps deps{flows, prompts, store, pool, queues, tickets, process.clock(),
                   [&config](absl::Time time) { return OpenAt(config, time); }};
  DialogueService dialogues(*node, deps);
  PromptService prompt_service(*node, pool, prompts);
  FlowService flow_service(*node, pool, store, flows, prompts);
  storage->Start();
  node->tasks().Spawn(KeepFlowsFresh(flows, pool));
  return node->Serve(process, {&dialogues, &prompt_service, &flow_service, &storage->event_source()});
}

}  // namespace
}  // namespace hotline::ivr

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<ivr::Config>(argc, argv, "ivr", ivr::ReadConfig, ivr::Run);
}
