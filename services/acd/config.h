// What acd's configuration holds beside the common part. Plain values.
#pragma once

#include "libs/runtime/config.h"

namespace hotline::acd {

inline constexpr size_t kMaxReplicaId = 64;
inline constexpr absl::Duration kMinLease = absl::Seconds(1);
inline constexpr absl::Duration kMaxLease = absl::Minutes(1);

struct Config {
  runtime::CommonConfig common;
  std::string migrations_dir;                // services/acd/migrations as installed
  std::string replica_id = "acd-1";          // unique among replicas, the same after a restart
  absl::Duration lease = absl::Seconds(10);  // without a sign of life for so long, another replica takes a group over
  std::vector<std::string> queue_groups;     // which this replica seeks to serve; empty: all
};

// Keys: those of the common part (with the peer agent_state), migrations_dir, replica_id?, lease?, queue_groups?. Errors are
// left in the reader for Finish().
Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::acd
