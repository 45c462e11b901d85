#include "services/knowledge_base/config.h"

namespace hotline::knowledge_base {
namespace {

constexpr int kMaxThreads = 64;
constexpr int kMaxQueue = 10'000;

}  // namespace

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.migrations_dir = root.String("migrations_dir");
  config.synonyms_file = root.String("synonyms_file", "");
  config.handler_threads = static_cast<int>(root.Int("handler_threads", 1, kMaxThreads, config.handler_threads));
  config.handler_queue = static_cast<int>(root.Int("handler_queue", 1, kMaxQueue, config.handler_queue));
  config.refresh = root.Duration("refresh", absl::Milliseconds(100), absl::Minutes(1), config.refresh);
  if (!config.common.postgres) root.Fail("postgres", "REQUIRED", "the articles are kept there");
  if (!config.common.redis) root.Fail("redis", "REQUIRED", "events come and go there");
  if (!config.common.peers.contains("directory")) root.Fail("peers", "REQUIRED", "must name directory");
  return config;
}

}  // namespace hotline::knowledge_base
