#include "services/telephony/media/rtp_transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "services/telephony/media/limits.h"
#include "services/telephony/media/rtp_packet.h"

namespace hotline::telephony::media {
namespace {

constexpr int kBatch = 8;

// Receive buffers of one thread, shared by all its legs, since each batch is used up before the next read.
struct Batch {
  mmsghdr messages[kBatch];
  iovec vectors[kBatch];
  sockaddr_in sources[kBatch];
  alignas(cmsghdr) char control[kBatch][CMSG_SPACE(sizeof(timespec))];
  uint8_t bytes[kBatch][kMaxDatagramBytes];

  int Read(int fd) {
    for (int i = 0; i < kBatch; ++i) {
      vectors[i] = {bytes[i], kMaxDatagramBytes};
      msghdr& header = messages[i].msg_hdr;
      header = {};
      header.msg_name = &sources[i];
      header.msg_namelen = sizeof sources[i];
      header.msg_iov = &vectors[i];
      header.msg_iovlen = 1;
      header.msg_control = control[i];
      header.msg_controllen = sizeof control[i];
      messages[i].msg_len = 0;
    }
    return ::recvmmsg(fd, messages, kBatch, MSG_DONTWAIT, nullptr);
  }
  uint64_t ArrivalMicros(int i) const {
    msghdr& header = const_cast<msghdr&>(messages[i].msg_hdr);
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec when;
      std::memcpy(&when, CMSG_DATA(c), sizeof when);
      return static_cast<uint64_t>(when.tv_sec) * 1'000'000 + static_cast<uint64_t>(when.tv_nsec) / 1000;
    }
    return 0;
  }
  Endpoint Source(int i) const { return {ntohl(sources[i].sin_addr.s_addr), ntohs(sources[i].sin_port)}; }
};

Batch& ThreadBatch() {
  thread_local Batch batch;
  return batch;
}

}  // namespace

RtpTransport::RtpTransport(SocketPair sockets, std::shared_ptr<PortPool> pool, bool allow_other_host)
    : sockets_(sockets), pool_(std::move(pool)), latch_(allow_other_host) {}

RtpTransport::~RtpTransport() {
  ::close(sockets_.rtp);
  ::close(sockets_.rtcp);
  pool_->Give(sockets_.port);
}

void RtpTransport::SetRemote(Endpoint rtp, Endpoint rtcp) {
  latch_.Signal(rtp);
  rtcp_remote_ = rtcp ? rtcp : Endpoint{rtp.ip, static_cast<uint16_t>(rtp.port + 1)};
}

void RtpTransport::Poll(uint64_t, PacketCounters& counters) {
  Batch& batch = ThreadBatch();
  for (int taken = 0; taken < kMaxPacketsPerLegTick;) {
    const int n = batch.Read(sockets_.rtp);
    if (n <= 0) return;  // Nothing there, or an ICMP error of an earlier send, which the RTP time-out will judge.
    for (int i = 0; i < n; ++i) {
      const bool whole = (batch.messages[i].msg_hdr.msg_flags & MSG_TRUNC) == 0;
      const uint8_t* data = batch.bytes[i];
      const size_t bytes = batch.messages[i].msg_len;
      if (!whole || !ParseRtp(data, bytes) || !latch_.Accept(batch.Source(i))) {
        ++counters.strangers;
        continue;
      }
      ++counters.in;
      if (LooksLikeRtcp(data, bytes)) {
        sink_->OnRtcp(data, bytes);
      } else {
        sink_->OnRtp(data, bytes, batch.ArrivalMicros(i));
      }
    }
    taken += n;
    if (n < kBatch) return;
  }
}

void RtpTransport::Slow(uint64_t, PacketCounters& counters) {
  Batch& batch = ThreadBatch();
  const int n = batch.Read(sockets_.rtcp);
  for (int i = 0; i < n; ++i) {
    const Endpoint source = batch.Source(i);
    if (source.ip != latch_.remote().ip || (batch.messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      ++counters.strangers;
      continue;
    }
    rtcp_remote_ = source;
    sink_->OnRtcp(batch.bytes[i], batch.messages[i].msg_len);
  }
}

void RtpTransport::Send(int fd, Endpoint to, const uint8_t* data, size_t bytes, PacketCounters& counters) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(to.ip);
  if (::sendto(fd, data, bytes, MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
    ++counters.send_errors;
  } else {
    ++counters.out;
  }
}

void RtpTransport::SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) {
  Send(sockets_.rtp, latch_.remote(), data, bytes, counters);
}

void RtpTransport::SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) {
  if (!rtcp_remote_) return;
  // After latching on another host the signalled RTCP address is as wrong as the RTP one was.
  Endpoint to = rtcp_remote_;
  if (latch_.remote() && to.ip != latch_.remote().ip) to = {latch_.remote().ip, static_cast<uint16_t>(latch_.remote().port + 1)};
  Send(sockets_.rtcp, to, data, bytes, counters);
}

}  // namespace hotline::telephony::media
