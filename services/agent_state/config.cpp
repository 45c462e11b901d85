#include "services/agent_state/config.h"

namespace hotline::agent_state {

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.replica_id = root.String("replica_id", config.replica_id);
  if (config.replica_id.size() > kMaxReplicaId) root.Fail("replica_id", "TOO_LONG", "at most 64 characters");
  config.lease = root.Duration("lease", kMinLease, kMaxLease, config.lease);
  return config;
}

}  // namespace hotline::agent_state
