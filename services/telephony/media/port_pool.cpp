#include "services/telephony/media/port_pool.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "services/telephony/media/errors.h"

namespace hotline::telephony::media {
namespace {

uint16_t FirstEven(uint16_t low) { return static_cast<uint16_t>(low + (low & 1)); }

size_t Pairs(PortRange range) {
  const int first = range.low + (range.low & 1);
  return range.high > first ? static_cast<size_t>((range.high - first + 1) / 2) : 0;
}

int Bind(const in_addr& address, uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr = address;
  local.sin_port = htons(port);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0) {
    ::close(fd);
    return -1;
  }
  // Expedited forwarding (RFC 3246); a network that does not honour it loses nothing.
  const int tos = 0xB8;
  (void)::setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
  const int on = 1;
  (void)::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  return fd;
}

}  // namespace

PortPool::PortPool(PortRange range) : first_(FirstEven(range.low)), used_(Pairs(range), false) {}

absl::Status PortPool::Check() const {
  if (used_.empty()) return InvalidMediaError("rtp_ports", "the range holds no even port with an odd one above it");
  return absl::OkStatus();
}

absl::StatusOr<uint16_t> PortPool::Take() {
  std::lock_guard lock(mutex_);
  if (taken_ >= used_.size()) return PortsExhaustedError();
  while (used_[next_]) next_ = (next_ + 1) % used_.size();
  used_[next_] = true;
  ++taken_;
  const uint16_t port = static_cast<uint16_t>(first_ + 2 * next_);
  next_ = (next_ + 1) % used_.size();
  return port;
}

void PortPool::Give(uint16_t even_port) {
  std::lock_guard lock(mutex_);
  const size_t index = static_cast<size_t>(even_port - first_) / 2;
  if (even_port < first_ || index >= used_.size() || !used_[index]) return;
  used_[index] = false;
  --taken_;
}

size_t PortPool::in_use() const {
  std::lock_guard lock(mutex_);
  return taken_;
}

absl::StatusOr<SocketPair> OpenSocketPair(PortPool& pool, const std::string& bind_address) {
  in_addr address{};
  if (::inet_pton(AF_INET, bind_address.c_str(), &address) != 1) return InvalidMediaError("bind_address", "not an IPv4 address");
  std::vector<uint16_t> foreign;  // Held back until the search ends, or it would try them again.
  absl::StatusOr<SocketPair> result = PortsExhaustedError();
  for (size_t i = 0; i < pool.capacity(); ++i) {
    auto port = pool.Take();
    if (!port.ok()) break;
    SocketPair pair;
    pair.port = *port;
    pair.any_address = address.s_addr == htonl(INADDR_ANY);
    pair.rtp = Bind(address, *port);
    if (pair.rtp >= 0) pair.rtcp = Bind(address, static_cast<uint16_t>(*port + 1));
    if (pair.rtcp >= 0) {
      result = pair;
      break;
    }
    if (pair.rtp >= 0) ::close(pair.rtp);
    foreign.push_back(*port);
    if (errno == EMFILE || errno == ENFILE || errno == EADDRNOTAVAIL) break;
  }
  for (uint16_t port : foreign) pool.Give(port);
  return result;
}

}  // namespace hotline::telephony::media
