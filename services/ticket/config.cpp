#include "services/ticket/config.h"

#include "services/ticket/domain/limits.h"

namespace hotline::ticket {
namespace {
constexpr int kMaxThreads = 64;
constexpr int kMaxQueue = 10'000;
}  // namespace

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.master_key = root.Secret("master_key");
  const std::string zone = root.String("time_zone", "Asia/Shanghai");
  if (!absl::LoadTimeZone(zone, &config.time_zone)) root.Fail("time_zone", "UNKNOWN_VALUE", "must name a zone of the tz database");
  config.acceptance_digits = static_cast<int>(root.Int("acceptance_digits", domain::kMinAcceptanceDigits, domain::kMaxAcceptanceDigits, 8));
  config.handler_threads = static_cast<int>(root.Int("handler_threads", 1, kMaxThreads, 8));
  config.handler_queue = static_cast<int>(root.Int("handler_queue", 1, kMaxQueue, 256));
  config.attachments_dir = root.String("attachments_dir");
  config.templates_dir = root.String("templates_dir");
  config.history_heads_dir = root.String("history_heads_dir");
  config.history_key = root.Secret("history_key");
  config.history_pace = root.Duration("history_pace", absl::Seconds(1), absl::Hours(24), absl::Minutes(10));
  config.centre_name = root.String("centre_name", "12345政务服务便民热线中心");
  config.virus_scanner = root.String("virus_scanner", "");
  if (!config.common.postgres) root.Fail("postgres", "REQUIRED", "must be given");
  if (!config.common.redis) root.Fail("redis", "REQUIRED", "must be given");
  for (const char* peer : {"directory", "telephony", "sla_timer"}) {
    if (!config.common.peers.contains(peer)) root.Fail("peers", "REQUIRED", "must name directory, telephony and sla_timer");
  }
  return config;
}

}  // namespace hotline::ticket
