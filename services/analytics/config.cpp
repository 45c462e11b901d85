#include "services/analytics/config.h"

namespace hotline::analytics {

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.zone_name = root.String("time_zone", "Asia/Shanghai");
  if (!absl::LoadTimeZone(config.zone_name, &config.zone)) {
    root.Fail("time_zone", "BAD_VALUE", "an IANA time zone that this machine knows");
  }
  config.answer_target = root.Duration("answer_target", absl::Seconds(1), absl::Minutes(10), config.answer_target);
  for (const char* peer : {"acd", "agent_state", "ticket"}) {
    if (!config.common.peers.contains(peer)) root.Fail("peers", "REQUIRED", "the addresses of acd, agent_state and ticket are needed");
  }
  if (!config.common.postgres) root.Fail("postgres", "REQUIRED", "the facts are kept there");
  if (!config.common.redis) root.Fail("redis", "REQUIRED", "events come from there");
  return config;
}

}  // namespace hotline::analytics
