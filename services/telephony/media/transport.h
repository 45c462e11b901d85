// How a leg's packets travel: plain RTP over a socket pair, or the browser's ICE + DTLS-SRTP on one socket.
// A transport belongs to one leg and, between Attach and Detach, to one media thread; only that thread may call it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "services/telephony/media/types.h"

namespace hotline::telephony::media {

enum class WebLostReason : uint8_t { kConnectTimeout, kConsentExpired, kClosedByPeer, kFingerprintMismatch, kDtlsFailed };

// What a transport tells its leg. Called on the media thread.
class TransportSink {
 public:
  virtual ~TransportSink() = default;
  virtual void OnRtp(const uint8_t* data, size_t bytes, uint64_t arrival_us) = 0;
  virtual void OnRtcp(const uint8_t* data, size_t bytes, uint64_t arrival_us) = 0;
  virtual void OnConnected() = 0;
  virtual void OnLost(WebLostReason reason) = 0;
};

struct PacketCounters {
  uint64_t in = 0;
  uint64_t out = 0;
  uint64_t strangers = 0;     // From an address not latched, or not authentic. After latching the kernel drops the former unseen.
  uint64_t send_errors = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void SetSink(TransportSink* sink) = 0;
  // Joins and leaves the event loop of the calling media thread. Attach returns an errno.
  virtual int Attach() = 0;
  virtual void Detach() = 0;
  // True when Detach and a later Attach on another thread lose nothing.
  virtual bool Movable() const = 0;
  // Reads what has arrived; once per tick.
  virtual void Poll(uint64_t now_ms, PacketCounters& counters) = 0;
  // Slow work (consent, RTCP socket); about five times a second.
  virtual void Slow(uint64_t now_ms, PacketCounters& counters) = 0;
  virtual bool CanSend() const = 0;
  virtual void SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) = 0;
  virtual void SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) = 0;
};

}  // namespace hotline::telephony::media
