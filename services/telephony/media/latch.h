// Symmetric RTP (RFC 4961): where to send, learnt from where packets come from, without letting a stranger take a call
// over. A packet from the signalled host is believed at once, whatever its port. One from another host is believed only
// if the leg allows it (a desk phone behind a NAT signals a private address), only while few packets have been seen, and
// only after several in a row of the same source. Once learnt, everything else is ignored until the remote is signalled
// anew. Pure logic.
#pragma once

#include <cstdint>

namespace hotline::telephony::media {

struct Endpoint {
  uint32_t ip = 0;     // Host byte order.
  uint16_t port = 0;
  explicit operator bool() const { return ip != 0 && port != 0; }
  friend bool operator==(Endpoint a, Endpoint b) { return a.ip == b.ip && a.port == b.port; }
};

class Latch {
 public:
  explicit Latch(bool allow_other_host = true) : allow_other_host_(allow_other_host) {}
  // A new address from SDP. The same address again changes nothing.
  void Signal(Endpoint remote);
  // Whether a packet from `source` is to be taken; may move the remote.
  bool Accept(Endpoint source);
  Endpoint remote() const { return remote_; }
  // True when packets from elsewhere are refused until Signal gives a new address.
  bool latched() const { return state_ == State::kLatched; }

 private:
  static constexpr int kLearnPackets = 50;   // About a second of audio.
  static constexpr int kProofPackets = 3;    // In a row, from a host that was not signalled.
  enum class State : uint8_t { kLearning, kLatched };

  bool allow_other_host_;
  State state_ = State::kLearning;
  Endpoint signalled_;
  Endpoint remote_;
  Endpoint candidate_;
  int candidate_packets_ = 0;
  int seen_ = 0;
};

}  // namespace hotline::telephony::media
