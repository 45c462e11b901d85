// What agent_state's configuration holds beside the common part. Plain values.
#pragma once

#include "libs/runtime/config.h"

namespace hotline::agent_state {

inline constexpr size_t kMaxReplicaId = 64;
inline constexpr absl::Duration kMinLease = absl::Seconds(1);
inline constexpr absl::Duration kMaxLease = absl::Minutes(1);

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;               // services/agent_state/migrations as installed
  std::string replica_id = "agent_state-1"; // unique among replicas, the same after a restart
  absl::Duration lease = absl::Seconds(10); // without a sign of life for so long, another replica takes over
};

// Keys: those of the common part, migrations_dir, replica_id?, lease?. Errors are left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::agent_state
