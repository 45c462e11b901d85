#include "services/acd/config.h"

#include "services/acd/domain/limits.h"

namespace hotline::acd {

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  if (!config.common.peers.contains("agent_state")) root.Fail("peers", "REQUIRED", "the address of agent_state is needed");
  config.migrations_dir = root.String("migrations_dir");
  config.replica_id = root.String("replica_id", config.replica_id);
  if (config.replica_id.size() > kMaxReplicaId) root.Fail("replica_id", "TOO_LONG", "at most 64 characters");
  config.lease = root.Duration("lease", kMinLease, kMaxLease, config.lease);
  config.queue_groups = root.Strings("queue_groups");
  if (config.queue_groups.size() > kMaxQueueGroups) root.Fail("queue_groups", "TOO_MANY", "at most 200");
  return config;
}

}  // namespace hotline::acd
