// hotline-acd: who waits, and who gets whom.
#include "libs/hosting/storage.h"
#include "services/acd/config.h"
#include "services/acd/dispatcher.h"
#include "services/acd/postgres_store.h"
#include "services/acd/service.h"

namespace hotline::acd {
namespace {

// The leases, the look at the queues and an administrator's change each wait for the database by themselves.
constexpr size_t kStoreThreads = 3;
constexpr size_t kStoreQueue = 64;

absl::Status Run(runtime::Process& process, const Config& config) {
  HOTLINE_ASSIGN_OR_RETURN(auto node, rpc::Node::Create(process));
  HOTLINE_ASSIGN_OR_RETURN(auto storage, hosting::Storage::Open(process, *node, config.migrations_dir));
  PostgresStore store(storage->pool());
  rpc::Pool pool("store", kStoreThreads, kStoreQueue, &process.metrics());
  Dispatcher dispatcher(*node, pool, store, node->peer("agent_state"), {config.replica_id, config.lease, config.queue_groups});
  QueueService service(*node, dispatcher);
  process.health().Add("active", runtime::Health::Need::kRequired, [&dispatcher] { return dispatcher.healthy(); });
  storage->Start();
  dispatcher.Start();
  const absl::Status status = node->Start({&service, &storage->event_source()});
  if (status.ok()) {
    process.health().Start();
    process.WaitForStop();
    dispatcher.Drain();
  }
  node->Stop();
  process.health().Remove("active");
  dispatcher.Finish();
  return status;
}

}  // namespace
}  // namespace hotline::acd

int main(int argc, char** argv) {
  using namespace hotline;
  return runtime::Main<acd::Config>(argc, argv, "acd", acd::ReadConfig, acd::Run);
}
