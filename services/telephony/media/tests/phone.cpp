#include "services/telephony/media/tests/phone.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "services/telephony/media/g711.h"
#include "services/telephony/media/rtp_packet.h"

namespace hotline::telephony::media::testing {
namespace {

constexpr uint8_t kEventType = 101;

int BindLoopback(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_port = htons(port);
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&local), sizeof local) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

Phone::Phone(Law law) : law_(law) {
  for (int attempt = 0; attempt < 200 && rtcp_fd_ < 0; ++attempt) {
    fd_ = BindLoopback(0);
    sockaddr_in local{};
    socklen_t size = sizeof local;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size);
    port_ = ntohs(local.sin_port);
    rtcp_fd_ = port_ < 65535 ? BindLoopback(static_cast<uint16_t>(port_ + 1)) : -1;
    if (rtcp_fd_ < 0) ::close(fd_);
  }
  if (rtcp_fd_ < 0) throw std::runtime_error("no pair of free ports");
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const itimerspec period{{0, 20'000'000}, {0, 20'000'000}};
  ::timerfd_settime(timer_, 0, &period, nullptr);
  thread_ = std::thread([this] { Run(); });
}

Phone::~Phone() {
  stop_ = true;
  thread_.join();
  ::close(fd_);
  ::close(rtcp_fd_);
  ::close(timer_);
}

void Phone::CallPort(uint16_t media_port) { target_ = media_port; }
void Phone::SendTone(double hertz, double amplitude) {
  hertz_ = hertz;
  amplitude_ = amplitude;
}
void Phone::SendEvents(std::string_view digits) {
  std::lock_guard lock(mutex_);
  event_sender_.Queue(digits, 80, 60);
}
std::vector<int16_t> Phone::Heard() const {
  std::lock_guard lock(mutex_);
  return heard_;
}
size_t Phone::HeardSamples() const {
  std::lock_guard lock(mutex_);
  return heard_.size();
}
void Phone::Forget() {
  std::lock_guard lock(mutex_);
  heard_.clear();
}
std::string Phone::EventsHeard() const {
  std::lock_guard lock(mutex_);
  return events_heard_;
}

void Phone::Run() {
  while (!stop_) {
    uint64_t ticks = 0;
    if (::read(timer_, &ticks, sizeof ticks) != sizeof ticks) return;
    Receive();
    for (uint64_t i = 0; i < std::min<uint64_t>(ticks, 10); ++i) Send();
  }
}

void Phone::Send() {
  const uint32_t timestamp = timestamp_;
  timestamp_ += kFrameSamples;
  if (target_ == 0 || hush_) return;
  uint8_t packet[172];
  size_t bytes = 172;
  RtpHeader header{false, static_cast<uint8_t>(law_), sequence_++, timestamp, 4711};
  std::optional<TelephoneEventSender::Packet> event;
  {
    std::lock_guard lock(mutex_);
    if (event_sender_.active()) event = event_sender_.Tick(timestamp);
  }
  if (event) {
    header = {event->marker, kEventType, header.sequence, event->timestamp, header.ssrc};
    std::copy_n(event->payload, 4, packet + 12);
    bytes = 16;
  } else {
    int16_t frame[kFrameSamples];
    for (int16_t& s : frame) {
      s = static_cast<int16_t>(amplitude_ * std::sin(2 * std::numbers::pi * hertz_ * static_cast<double>(phase_++ % 8000) / 8000));
    }
    EncodeG711(law_, frame, kFrameSamples, packet + 12);
  }
  WriteRtpHeader(header, packet);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(target_);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::sendto(fd_, packet, bytes, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  ++sent_;
}

void Phone::Receive() {
  uint8_t packet[1500];
  for (ssize_t n; (n = ::recv(rtcp_fd_, packet, sizeof packet, 0)) > 0;) ++rtcp_;
  for (ssize_t n; (n = ::recv(fd_, packet, sizeof packet, 0)) > 0;) {
    auto view = ParseRtp(packet, static_cast<size_t>(n));
    if (!view) continue;
    std::lock_guard lock(mutex_);
    if (view->header.payload_type == kEventType) {
      if (auto digit = event_receiver_.Receive(*view)) events_heard_ += *digit;
      continue;
    }
    const size_t at = heard_.size();
    heard_.resize(at + view->payload_bytes);
    DecodeG711(static_cast<Law>(view->header.payload_type), view->payload, view->payload_bytes, heard_.data() + at);
  }
}

}  // namespace hotline::telephony::media::testing
