// The map's tiles (TKT-2): URL templates that an operator names, and what pages may load because of them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::gateway {

inline constexpr size_t kMaxTileLayers = 4;
inline constexpr size_t kMaxTileTemplateBytes = 500;

// The origin that a template such as "https://tiles.example/{z}/{x}/{y}.png" loads from, as a Content-Security-Policy names it;
// empty for a path of this gateway's own host ("/tiles/…"). Nothing if it is no such template: http or https, a plain host without
// user, each of {z}, {x} and {y} once and behind the host, and no character that means something in a policy.
std::optional<std::string> TileOrigin(std::string_view url_template);

// The policy of every answer: all of it from here, and images from the tiles' origins.
std::string ContentSecurityPolicy(const std::vector<std::string>& tile_templates);

}  // namespace hotline::gateway
