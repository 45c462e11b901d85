// A WebSocket connection as the desk sees it: text frames in and out, without the HTTP library. Used on one executor.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace hotline::gateway {
namespace asio = boost::asio;

inline constexpr size_t kMaxFrameBytes = 64 << 10;

// Codes of RFC 6455, 7.4, and the hotline's own.
enum class CloseCode : uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kUnsupported = 1003,
  kPolicy = 1008,
  kTryAgainLater = 1013,
  kSignInAgain = 4401,   // no token in time, a bad one, an expired one, or the session was ended
  kTooManyDesks = 4429,  // the user has too many connections
  kTooSlow = 4408,       // did not take what may not be dropped
};

class Frames {
 public:
  virtual ~Frames() = default;
  // The next text frame; nothing when the connection is over, or the peer sent something else or too much.
  virtual asio::awaitable<std::optional<std::string>> Read() = 0;
  // False when the connection is over. One Write at a time.
  virtual asio::awaitable<bool> Write(const std::string& text) = 0;
  // Says why and ends the connection; not while a Write is under way.
  virtual asio::awaitable<void> Close(CloseCode code, const std::string& reason) = 0;
  // Ends the connection at once: what waits for it ends soon.
  virtual void Abort() = 0;
};

}  // namespace hotline::gateway
