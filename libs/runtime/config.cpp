#include "libs/runtime/config.h"

namespace hotline::runtime {
namespace {

constexpr int kMaxPoolSize = 64;

PostgresConfig ReadPostgres(base::JsonReader reader) {
  PostgresConfig config;
  config.conninfo = reader.String("conninfo");
  config.password = reader.OptionalSecret("password");
  config.role = reader.String("role");
  config.pool_size = static_cast<int>(reader.Int("pool_size", 1, kMaxPoolSize, config.pool_size));
  return config;
}

RedisConfig ReadRedis(base::JsonReader reader) {
  RedisConfig config;
  config.address = reader.String("address");
  config.user = reader.String("user", "");
  config.password = reader.OptionalSecret("password");
  return config;
}

TlsConfig ReadTls(base::JsonReader reader) {
  TlsConfig config;
  config.certificate_file = reader.String("certificate_file");
  config.key_file = reader.String("key_file");
  config.ca_file = reader.String("ca_file");
  return config;
}

}  // namespace

CommonConfig ReadCommonConfig(base::JsonReader& root) {
  CommonConfig config;
  config.listen = root.String("listen");
  config.metrics = root.String("metrics", "");
  config.keys_file = root.String("keys_file");
  config.service_key_file = root.String("service_key_file");
  if (root.Has("postgres")) config.postgres = ReadPostgres(root.Object("postgres"));
  if (root.Has("redis")) config.redis = ReadRedis(root.Object("redis"));
  if (root.Has("tls")) config.tls = ReadTls(root.Object("tls"));
  config.peers = root.StringMap("peers");
  base::log::ParseLevel(root.OneOf("log_level", {"debug", "info", "warn", "error"}, "info"), config.log_level);
  config.reflection = root.Bool("reflection", false);
  config.drain = root.Duration("drain", absl::ZeroDuration(), absl::Minutes(10), config.drain);
  return config;
}

}  // namespace hotline::runtime
