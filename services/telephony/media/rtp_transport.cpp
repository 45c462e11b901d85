#include "services/telephony/media/rtp_transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "services/telephony/media/limits.h"
#include "services/telephony/media/rtp_packet.h"
#include "services/telephony/media/wall_time.h"

namespace hotline::telephony::media {
namespace {

constexpr int kBatch = 8;
constexpr int kDrainTicks = 50;    // For a second after packets came in a bunch.
constexpr uint64_t kTickUs = kFrameMs * 1000;
constexpr int kRtcpEverySlow = 5;  // Once a second: peers report every few, and the kernel notes when they came.

sockaddr_in Address(Endpoint endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.ip);
  return address;
}

}  // namespace

// Receive buffers of one thread, shared by all its legs, since each batch is used up before the next read.
struct RtpTransport::Batch {
  mmsghdr messages[kBatch];
  iovec vectors[kBatch];
  sockaddr_in sources[kBatch];
  alignas(cmsghdr) char control[kBatch][CMSG_SPACE(sizeof(timespec))];
  uint8_t bytes[kBatch][kMaxDatagramBytes];

  // Reads up to `count` datagrams; 0 when there is none. A connected socket gives an ICMP error of an earlier send in place
  // of what has arrived; the RTP time-out judges such a peer, and the error must not cost a tick.
  int Read(int fd, int count) {
    const int n = TryRead(fd, count);
    return std::max(0, n < 0 && errno != EAGAIN ? TryRead(fd, count) : n);
  }
  int TryRead(int fd, int count) {
    Prepare(count);
    if (count > 1) return ::recvmmsg(fd, messages, static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    const ssize_t bytes = ::recvmsg(fd, &messages[0].msg_hdr, MSG_DONTWAIT);
    if (bytes < 0) return -1;
    messages[0].msg_len = static_cast<unsigned>(bytes);
    return 1;
  }
  void Prepare(int count) {
    for (int i = 0; i < count; ++i) {
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
  }
  bool Whole(int i) const { return (messages[i].msg_hdr.msg_flags & MSG_TRUNC) == 0; }
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

RtpTransport::Batch& RtpTransport::ThreadBatch() {
  thread_local Batch batch;
  return batch;
}

RtpTransport::RtpTransport(SocketPair sockets, std::shared_ptr<PortPool> pool, bool allow_other_host)
    : sockets_(sockets), pool_(std::move(pool)), latch_(allow_other_host) {}

RtpTransport::~RtpTransport() {
  ::close(sockets_.rtp);
  ::close(sockets_.rtcp);
  pool_->Give(sockets_.port);
}

void RtpTransport::SetRemote(Endpoint rtp, Endpoint rtcp) {
  latch_.Signal(rtp);
  FollowLatch();
  rtcp_remote_ = rtcp ? rtcp : Endpoint{rtp.ip, static_cast<uint16_t>(rtp.port + 1)};
}

void RtpTransport::FollowLatch() {
  // While the latch refuses every other source, the kernel may do it: that spares the look-up of a route for each packet,
  // and a flood from elsewhere does not get into the queue. Not when bound to any address, where connecting would narrow
  // the local address too, perhaps not to the one that was advertised.
  const Endpoint wanted = latch_.latched() && !sockets_.any_address ? latch_.remote() : Endpoint{};
  if (wanted == connected_) return;
  connected_ = {};
  sockaddr_in address = Address(wanted);
  if (!wanted) address.sin_family = AF_UNSPEC;  // Takes the connection back.
  if (::connect(sockets_.rtp, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) connected_ = wanted;
}

bool RtpTransport::Take(const Batch& batch, int count, PacketCounters& counters) {
  bool audio = false;
  for (int i = 0; i < count; ++i) {
    const uint8_t* data = batch.bytes[i];
    const size_t bytes = batch.messages[i].msg_len;
    if (!batch.Whole(i) || !ParseRtp(data, bytes) || !latch_.Accept(batch.Source(i))) {
      ++counters.strangers;
      continue;
    }
    ++counters.in;
    if (LooksLikeRtcp(data, bytes)) {
      sink_->OnRtcp(data, bytes, batch.ArrivalMicros(i));
    } else {
      sink_->OnRtp(data, bytes, batch.ArrivalMicros(i));
      audio = true;
    }
  }
  return audio;
}

void RtpTransport::Poll(uint64_t, PacketCounters& counters) {
  Batch& batch = ThreadBatch();
  // Most senders send one packet a tick, and finding out that there is no second one costs as much as half a packet. So
  // one is read, unless it has waited for longer than a tick, which says that more are behind it, or packets have lately
  // come in bunches. A packet left behind is read in the next tick, in which it is due one tick later than this one.
  int taken = batch.Read(sockets_.rtp, 1);
  if (taken == 0) return;
  const bool audio = Take(batch, 1, counters);
  FollowLatch();
  if (drain_ticks_ > 0) --drain_ticks_;
  if (audio && drain_ticks_ == 0 && UnixMicros() < batch.ArrivalMicros(0) + kTickUs) return;
  while (taken < kMaxPacketsPerLegTick) {
    const int n = batch.Read(sockets_.rtp, kBatch);
    if (n > 0) drain_ticks_ = kDrainTicks;
    Take(batch, n, counters);
    FollowLatch();
    taken += n;
    if (n < kBatch) return;
  }
}

void RtpTransport::Slow(uint64_t, PacketCounters& counters) {
  if (++slow_calls_ % kRtcpEverySlow != 0) return;
  Batch& batch = ThreadBatch();
  const int n = batch.Read(sockets_.rtcp, kBatch);
  for (int i = 0; i < n; ++i) {
    const Endpoint source = batch.Source(i);
    if (source.ip != latch_.remote().ip || !batch.Whole(i)) {
      ++counters.strangers;
      continue;
    }
    rtcp_remote_ = source;
    sink_->OnRtcp(batch.bytes[i], batch.messages[i].msg_len, batch.ArrivalMicros(i));
  }
}

void RtpTransport::Send(int fd, Endpoint to, const uint8_t* data, size_t bytes, PacketCounters& counters) {
  const sockaddr_in address = Address(to);
  const bool sent =
      ::sendto(fd, data, bytes, MSG_DONTWAIT | MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), sizeof address) >= 0;
  ++(sent ? counters.out : counters.send_errors);
}

void RtpTransport::SendRtp(const uint8_t* data, size_t bytes, PacketCounters& counters) {
  if (!connected_) return Send(sockets_.rtp, latch_.remote(), data, bytes, counters);
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
  // An error other than a full buffer is the ICMP answer to an earlier packet: this one was not tried yet.
  const bool sent = ::send(sockets_.rtp, data, bytes, kFlags) >= 0 ||
                    (errno != EAGAIN && ::send(sockets_.rtp, data, bytes, kFlags) >= 0);
  ++(sent ? counters.out : counters.send_errors);
}

void RtpTransport::SendRtcp(const uint8_t* data, size_t bytes, PacketCounters& counters) {
  if (!rtcp_remote_) return;
  // After latching on another host the signalled RTCP address is as wrong as the RTP one was.
  Endpoint to = rtcp_remote_;
  if (latch_.remote() && to.ip != latch_.remote().ip) to = {latch_.remote().ip, static_cast<uint16_t>(latch_.remote().port + 1)};
  Send(sockets_.rtcp, to, data, bytes, counters);
}

}  // namespace hotline::telephony::media
