// Request targets: decoding and splitting, strictly. Pure; the views point into the text that was given.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::gateway {

inline constexpr size_t kMaxTargetBytes = 8 << 10;
inline constexpr size_t kMaxQueryParameters = 200;

struct Target {
  std::string_view path;
  std::string_view query;
};
Target SplitTarget(std::string_view target);

// What %XX stand for; nothing if an escape is malformed, stands for a zero byte, or the result is not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, bool plus_is_space);

struct QueryParameter {
  std::string name;
  std::string value;
};
// INVALID_ARGUMENT naming what is malformed.
absl::StatusOr<std::vector<QueryParameter>> ParseQuery(std::string_view query);

// A page's origin ("https://hotline.example:8443") may use this gateway if it is that of the request's own Host or is
// listed. Scheme and port are compared with the Host header, which a browser cannot forge for a page.
bool OriginAllowed(std::string_view origin, std::string_view host, const std::vector<std::string>& allowed);

// "caller.phone_number" -> "caller.phoneNumber": field paths as clients of the REST API write them.
std::string LowerCamelPath(std::string_view path);

}  // namespace hotline::gateway
