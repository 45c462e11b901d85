// The part of a service's configuration that all services share. A service's own Config holds a CommonConfig and reads it
// with ReadCommonConfig from the root of its file, beside its own keys. Plain values, owned by whoever reads them.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "libs/base/json_reader.h"
#include "libs/base/log.h"

namespace hotline::runtime {

struct PostgresConfig {
  std::string conninfo;  // libpq's form, without the password
  std::string password;  // from password_file or password_env; may be empty (peer or trust on a unix socket)
  std::string role;      // the service's own database role, e.g. "ticket"
  int pool_size = 8;     // connections
};

struct RedisConfig {
  std::string address;   // "unix:/run/hotline/redis.sock" or "host:port"
  std::string user;      // the service's own Redis user; empty for the default user
  std::string password;  // from password_file or password_env
};

// Mutual TLS between services, for installations on several machines.
struct TlsConfig {
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;
};

struct CommonConfig {
  std::string listen;            // "unix:/run/hotline/ticket.sock" or "127.0.0.1:7001"
  std::string metrics;           // "127.0.0.1:9101"; empty: no metrics port
  std::string keys_file;         // JWKS with the public keys of directory and all services
  std::string service_key_file;  // JWK with this service's private key
  std::optional<PostgresConfig> postgres;
  std::optional<RedisConfig> redis;
  std::optional<TlsConfig> tls;
  std::map<std::string, std::string> peers;  // service name -> address
  base::log::Level log_level = base::log::Level::kInfo;
  bool reflection = false;  // gRPC server reflection, for development
  absl::Duration drain = absl::Seconds(5);
};

// Keys: listen, metrics?, keys_file, service_key_file, postgres? {conninfo, password_file?, role, pool_size?},
// redis? {address, user?, password_file?}, tls? {certificate_file, key_file, ca_file}, peers?, log_level?, reflection?,
// drain?. Errors are left in the reader for Finish().
CommonConfig ReadCommonConfig(base::JsonReader& root);

}  // namespace hotline::runtime
