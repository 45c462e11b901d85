#include "services/gateway/map_settings.h"

#include <nlohmann/json.hpp>

#include "services/gateway/rest/problem.h"

namespace hotline::gateway {
namespace {

std::string Body(const MapConfig& map) {
  const nlohmann::json body{{"tiles", map.tiles},         {"attribution", map.attribution}, {"maxZoom", map.max_zoom},
                            {"longitude", map.longitude}, {"latitude", map.latitude},       {"zoom", map.zoom}};
  return body.dump();
}

access::v1::Access SignedIn() {
  access::v1::Access access;
  access.set_authenticated(true);
  return access;
}

}  // namespace

MapSettings::MapSettings(RestApi& rest, const MapConfig& map) : rest_(rest), body_(Body(map)) {}

asio::awaitable<Response> MapSettings::Handle(const Request& request) {
  Response response;
  if (request.method != "GET" && request.method != "HEAD") {
    response = Problem(405, "METHOD_NOT_ALLOWED", "this path has other methods: see Allow", request.trace.trace_id);
    response.Set("Allow", "GET, HEAD");
  } else if (const auto caller = co_await rest_.Admit(request, SignedIn()); !caller.ok()) {
    response = Problem(caller.status(), request.trace.trace_id);
  } else {
    response.user_id = caller->claims->user_id;
    response.Set("Content-Type", "application/json");
    response.Set("Cache-Control", "no-store");
    response.body = body_;
  }
  response.route = kPath;
  co_return response;
}

}  // namespace hotline::gateway
