// Requests and responses as the gateway's own code sees them, without the HTTP library, which is slow to compile. Plain
// values, used on one executor.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/match.h>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/rpc/trace.h"

namespace hotline::gateway {
namespace asio = boost::asio;

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first header of that name, whatever its case; empty if there is none.
inline std::string_view FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(absl::string_view(key), absl::string_view(name.data(), name.size()))) return value;
  }
  return {};
}

// The pieces of a body that is not in memory.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, empty at the end. An error breaks the connection: the client sees that the body is short.
  virtual asio::awaitable<absl::StatusOr<std::string>> Next() = 0;
};

// The length of a body that ends when its source does: it is sent in chunks (RFC 9112 section 7.1).
inline constexpr int64_t kUnknownLength = -1;

// The body of a request that is taken piece by piece (HttpHandlers::streams). Next() fails when the client goes away or stalls.
class UploadBody : public BodySource {
 public:
  // As the client said; -1 if it did not.
  virtual int64_t length() const = 0;
  // Whether all of it was read.
  virtual bool Ended() const = 0;
};

struct Request {
  std::string method;
  std::string target;  // as sent
  std::string_view path;   // into target
  std::string_view query;  // into target
  Headers headers;
  std::string body;
  UploadBody* stream = nullptr;  // instead of body; lives until the response is there
  std::string client_address;  // of the connection, or as a trusted proxy says
  bool secure = false;         // came over TLS
  rpc::Trace trace;
  std::string request_id;

  std::string_view Header(std::string_view name) const { return FindHeader(headers, name); }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of body, for static files
  std::unique_ptr<BodySource> source;              // instead of body
  int64_t source_length = 0;
  // For the access log and metrics: the route's template, never the path, which may hold personal data.
  std::string route = "other";
  std::string user_id;
  bool close = false;

  void Set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

}  // namespace hotline::gateway
