#include "services/gateway/config.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/gateway/domain/map_tiles.h"

namespace hotline::gateway {
namespace {

constexpr int64_t kMaxPort = 65'535;
constexpr double kMaxRate = 1e6;
constexpr int64_t kMaxZoom = 22;
constexpr size_t kMaxAttributionBytes = 500;

ListenConfig ReadListen(base::JsonReader reader, bool tls) {
  ListenConfig config;
  config.address = reader.String("address");
  config.port = static_cast<uint16_t>(reader.Int("port", 0, kMaxPort));
  if (tls) {
    config.certificate_file = reader.String("certificate_file");
    config.key_file = reader.String("key_file");
  }
  return config;
}

RateLimit ReadRate(base::JsonReader reader, RateLimit otherwise) {
  RateLimit rate;
  rate.per_second = reader.Number("per_second", 0, kMaxRate, otherwise.per_second);
  rate.burst = reader.Number("burst", 1, kMaxRate, otherwise.burst);
  return rate;
}

LimitsConfig ReadLimits(base::JsonReader reader) {
  LimitsConfig limits;
  if (reader.Has("per_address")) limits.per_address = ReadRate(reader.Object("per_address"), limits.per_address);
  if (reader.Has("per_user")) limits.per_user = ReadRate(reader.Object("per_user"), limits.per_user);
  auto count = [&reader](const char* key, int64_t max, size_t otherwise) {
    return static_cast<size_t>(reader.Int(key, 1, max, static_cast<int64_t>(otherwise)));
  };
  limits.max_body_bytes = count("max_body_bytes", 4 << 20, limits.max_body_bytes);
  limits.max_connections = count("max_connections", 100'000, limits.max_connections);
  limits.max_desks = count("max_desks", 50'000, limits.max_desks);
  limits.max_desks_per_user = count("max_desks_per_user", 100, limits.max_desks_per_user);
  limits.request_timeout = reader.Duration("request_timeout", absl::Milliseconds(100), absl::Minutes(5), limits.request_timeout);
  return limits;
}

MapConfig ReadMap(base::JsonReader reader) {
  MapConfig map;
  map.tiles = reader.Strings("tiles");
  if (map.tiles.size() > kMaxTileLayers) reader.Fail("tiles", "TOO_MANY", "must be at most 4");
  for (size_t i = 0; i < map.tiles.size(); ++i) {
    if (!TileOrigin(map.tiles[i])) reader.Fail(absl::StrCat("tiles[", i, "]"), "BAD_FORMAT", "must be an http or https URL, or a path, with {z}, {x} and {y}");
  }
  map.attribution = reader.String("attribution", "");
  if (map.attribution.size() > kMaxAttributionBytes) reader.Fail("attribution", "TOO_LONG", "must be at most 500 bytes");
  map.max_zoom = static_cast<int>(reader.Int("max_zoom", 1, kMaxZoom, map.max_zoom));
  map.longitude = reader.Number("longitude", -180, 180, map.longitude);
  map.latitude = reader.Number("latitude", -90, 90, map.latitude);
  map.zoom = static_cast<int>(reader.Int("zoom", 1, map.max_zoom, std::min(map.zoom, map.max_zoom)));
  return map;
}

}  // namespace

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = runtime::ReadCommonConfig(root);
  config.http = ReadListen(root.Object("http"), false);
  if (root.Has("https")) config.https = ReadListen(root.Object("https"), true);
  config.web_dir = root.String("web_dir", "");
  config.allowed_origins = root.Strings("allowed_origins");
  config.trusted_proxies = root.Strings("trusted_proxies");
  if (root.Has("limits")) config.limits = ReadLimits(root.Object("limits"));
  if (root.Has("map")) config.map = ReadMap(root.Object("map"));
  if (!config.common.peers.contains("directory")) root.Fail("peers", "REQUIRED", "needs the address of directory");
  return config;
}

}  // namespace hotline::gateway
