// GET /v1/mapSettings: what the web client's map is drawn with (TKT-2), as the configuration says. Only for who is signed in, since a
// tile server's key may be part of its URL.
#pragma once

#include <string>

#include "services/gateway/config.h"
#include "services/gateway/http/message.h"
#include "services/gateway/rest/rest_api.h"

namespace hotline::gateway {

class MapSettings {
 public:
  static constexpr char kPath[] = "/v1/mapSettings";

  // `rest` outlives it.
  MapSettings(RestApi& rest, const MapConfig& map);

  asio::awaitable<Response> Handle(const Request& request);

 private:
  RestApi& rest_;
  const std::string body_;
};

}  // namespace hotline::gateway
