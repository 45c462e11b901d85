// Plain RTP and RTCP over a pair of UDP sockets. The RTP socket is read once per tick with recvmmsg instead of through
// epoll: audio is only needed at the tick, and that is one system call per leg and tick. Kernel time stamps keep the
// measured jitter true. One media thread at a time.
#pragma once

#include <memory>

#include "services/telephony/media/latch.h"
#include "services/telephony/media/port_pool.h"
#include "services/telephony/media/transport.h"

namespace hotline::telephony::media {

class RtpTransport final : public Transport {
 public:
  // Owns the sockets; gives the port back to `pool`, which must outlive it.
  RtpTransport(SocketPair sockets, std::shared_ptr<PortPool> pool, bool allow_other_host);
  ~RtpTransport() override;
  RtpTransport(const RtpTransport&) = delete;
  RtpTransport& operator=(const RtpTransport&) = delete;

  void SetRemote(Endpoint rtp, Endpoint rtcp);

  void SetSink(TransportSink* sink) override { sink_ = sink; }
  int Attach() override { return 0; }
  void Detach() override {}
  bool Movable() const override { return true; }
  void Poll(uint64_t now_ms, PacketCounters& counters) override;
  void Slow(uint64_t now_ms, PacketCounters& counters) override;
  bool CanSend() const override { return static_cast<bool>(latch_.remote()); }
  void SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) override;
  void SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) override;

 private:
  struct Batch;
  static Batch& ThreadBatch();
  // Hands on what is acceptable; true when audio was among it.
  bool Take(const Batch& batch, int count, PacketCounters& counters);
  void FollowLatch();
  void Send(int fd, Endpoint to, const uint8_t* data, size_t bytes, PacketCounters& counters);

  SocketPair sockets_;
  std::shared_ptr<PortPool> pool_;
  TransportSink* sink_ = nullptr;
  Latch latch_;
  Endpoint rtcp_remote_;
  Endpoint connected_;   // What the RTP socket is connected to; none when it is not.
  int drain_ticks_ = 0;  // Ticks in which the socket is read until it is empty.
  int slow_calls_ = 0;
};

}  // namespace hotline::telephony::media
