// What goes over the wire around a body. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "services/gateway/http/message.h"

namespace hotline::gateway {

// Instead of a length: a body that follows in chunks.
inline constexpr int64_t kChunked = -2;

// The status line and headers, with Date and, for `length` >= 0, Content-Length. Line breaks in values are left out, so
// that no value makes a header of its own.
std::string ResponseHead(const Response& response, int64_t length, bool keep_alive);

// The connection's address, or what the last proxy before us wrote into X-Forwarded-For if it is one of `trusted`.
std::string ClientAddress(const std::string& peer, const Headers& headers, const std::vector<std::string>& trusted);

}  // namespace hotline::gateway
