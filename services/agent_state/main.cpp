// hotline-agent-state: who is free.
#include "libs/hosting/storage.h"
#include "services/agent_state/config.h"
#include "services/agent_state/hub.h"
#include "services/agent_state/postgres_store.h"
#include "services/agent_state/service.h"

namespace hotline::agent_state {
namespace {

// The lease, the saving and the loading each wait for the database by themselves.
constexpr size_t kStoreThreads = 3;
constexpr size_t kStoreQueue = 16;

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool());
  rpc::Pool pool("store", kStoreThreads, kStoreQueue, &process.metrics());
  Hub hub(*node, pool, store, {config.replica_id, config.lease});
  AgentService service(*node, hub);
  process.health().Add("active", runtime::Health::Need::kRequired, [&hub] { return hub.healthy(); });
  storage->Start();
  hub.Start();
  absl::Status status = node->Serve(process, {&service, &storage->event_source()});
  process.health().Remove("active");
  node->Stop();
  hub.Finish();
  return status;
}

}  // namespace
}  // namespace hotline::agent_state

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<agent_state::Config>(argc, argv, "agent_state", agent_state::ReadConfig, agent_state::Run);
}
