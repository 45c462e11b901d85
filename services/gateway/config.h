// The gateway's configuration; the keys are described in README.md. Plain values.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/base/json_reader.h"
#include "libs/runtime/config.h"
#include "services/gateway/domain/rate_limiter.h"

namespace hotline::gateway {

struct ListenConfig {
  std::string address;
  uint16_t port = 0;
  std::string certificate_file;  // PEM chain; only for https
  std::string key_file;
};

struct LimitsConfig {
  RateLimit per_address{.per_second = 200, .burst = 1000};
  RateLimit per_user{.per_second = 100, .burst = 500};
  size_t max_body_bytes = 1 << 20;
  size_t max_connections = 22'000;
  size_t max_desks = 20'000;
  size_t max_desks_per_user = 5;
  absl::Duration request_timeout = absl::Seconds(15);  // of one call to a service
};

// The map of the web client (TKT-2).
struct MapConfig {
  std::vector<std::string> tiles;  // URL templates, the lowest layer first; empty: a plain plane
  std::string attribution;         // shown on the map, as the tiles' owner wants it
  int max_zoom = 18;               // of the tiles
  // What is shown before a place is chosen.
  double longitude = 104;
  double latitude = 35;
  int zoom = 4;
};

struct Config {
  runtime::CommonConfig common;
  ListenConfig http;
  std::optional<ListenConfig> https;
  std::string web_dir;                         // empty: no pages but /docs
  std::vector<std::string> allowed_origins;    // beside the gateway's own
  std::vector<std::string> trusted_proxies;    // addresses whose X-Forwarded-For is believed
  LimitsConfig limits;
  MapConfig map;
};

Config ReadConfig(base::JsonReader& root);

}  // namespace hotline::gateway
