// The range of UDP ports media may use. RTP legs take an even port and the odd one above it for RTCP (RFC 3550 section
// 11); browser legs multiplex and still take a pair, which keeps the pool simple. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace hotline::telephony::media {

struct PortRange {
  uint16_t low = 20000;
  uint16_t high = 29999;  // Inclusive.
};

class PortPool {
 public:
  explicit PortPool(PortRange range);
  // INVALID_FIELD when no pair fits into the range.
  absl::Status Check() const;
  // An even port not in use here; PORTS_EXHAUSTED when there is none. Ports come round in turn, so that a late packet of
  // an ended call seldom meets a new one.
  absl::StatusOr<uint16_t> Take();
  void Give(uint16_t even_port);
  size_t capacity() const { return used_.size(); }
  size_t in_use() const;

 private:
  const uint16_t first_;
  mutable std::mutex mutex_;
  std::vector<bool> used_;
  size_t next_ = 0;
  size_t taken_ = 0;
};

// Binds both sockets of a pair, non-blocking; the caller owns the descriptors.
struct SocketPair {
  int rtp = -1;
  int rtcp = -1;
  uint16_t port = 0;
  bool any_address = false;  // Bound to 0.0.0.0.
};
// Takes pairs until one binds, skipping ports another program holds.
absl::StatusOr<SocketPair> OpenSocketPair(PortPool& pool, const std::string& bind_address);

}  // namespace hotline::telephony::media
