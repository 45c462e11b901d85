#include "services/gateway/domain/map_tiles.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <set>

namespace hotline::gateway {
namespace {

size_t CountOf(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

bool IsHost(std::string_view host) {
  return !host.empty() && host.front() != '.' && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-'; });
}

bool IsPort(std::string_view port) {
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

}  // namespace

std::optional<std::string> TileOrigin(std::string_view url_template) {
  if (url_template.size() > kMaxTileTemplateBytes) return std::nullopt;
  const bool plain = std::all_of(url_template.begin(), url_template.end(), [](char c) { return c > ' ' && c < 0x7f && std::string_view("\"'<>;,\\").find(c) == std::string_view::npos; });
  if (!plain) return std::nullopt;
  const size_t scheme = url_template.starts_with("https://") ? 8 : url_template.starts_with("http://") ? 7 : 0;
  const size_t slash = url_template.find('/', scheme);
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view authority = url_template.substr(scheme, slash - scheme);
  const std::string_view path = url_template.substr(slash);
  for (const char* part : {"{z}", "{x}", "{y}"}) {
    if (CountOf(path, part) != 1) return std::nullopt;
  }
  if (CountOf(url_template, "{") != 3 || CountOf(url_template, "}") != 3) return std::nullopt;
  // "//host/…" would be another host.
  if (scheme == 0) return authority.empty() && !path.starts_with("//") ? std::optional<std::string>("") : std::nullopt;
  const size_t colon = authority.find(':');
  if (!IsHost(authority.substr(0, colon)) || (colon != std::string_view::npos && !IsPort(authority.substr(colon + 1)))) return std::nullopt;
  return std::string(url_template.substr(0, slash));
}

std::string ContentSecurityPolicy(const std::vector<std::string>& tile_templates) {
  std::set<std::string> origins;
  for (const std::string& one : tile_templates) {
    const std::optional<std::string> origin = TileOrigin(one);
    if (origin && !origin->empty()) origins.insert(*origin);
  }
  std::string images = "img-src 'self' data: blob:";
  for (const std::string& origin : origins) absl::StrAppend(&images, " ", origin);
  return absl::StrCat("default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; ", images,
                      "; font-src 'self' data:; media-src 'self' blob:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-src 'self' blob:; "
                      "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'");
}

}  // namespace hotline::gateway
