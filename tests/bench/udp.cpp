// The baseline of media: as many packets each way as two-way calls have, every 20 ms, by nothing but sendto and recvfrom
// on a socket of its own for each. Usage: bench_udp CALLS SECONDS CORE FAR_CORE. Prints the CPU time of the near side in
// percent of its core as one JSON line.
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>
#include <vector>

namespace {

constexpr int kPacketBytes = 172;  // 20 ms of G.711 with its RTP header
constexpr int kTicksPerSecond = 50;

struct Side {
  std::vector<int> sockets;
  std::vector<sockaddr_in> addresses;
  uint64_t sent = 0, received = 0;
};

Side Open(int count) {
  Side side;
  for (int i = 0; i < count; ++i) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof local;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&local), size) != 0) std::exit(1);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size);
    side.sockets.push_back(fd);
    side.addresses.push_back(local);
  }
  return side;
}

void Pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Sends one packet to each of the others and takes what has come, `ticks` times; the CPU seconds it took.
double Exchange(Side& mine, const Side& theirs, int ticks, const std::atomic<bool>& stop) {
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const itimerspec period{{0, 1'000'000'000 / kTicksPerSecond}, {0, 1'000'000'000 / kTicksPerSecond}};
  ::timerfd_settime(timer, 0, &period, nullptr);
  char packet[2 * kPacketBytes] = {};
  const double begin = CpuSeconds();
  for (int tick = 0; (ticks == 0 || tick < ticks) && !stop; ++tick) {
    uint64_t expired = 0;
    if (::read(timer, &expired, sizeof expired) != sizeof expired) break;
    for (size_t i = 0; i < mine.sockets.size(); ++i) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      while (::recvfrom(mine.sockets[i], packet, sizeof packet, 0, reinterpret_cast<sockaddr*>(&from), &size) > 0) ++mine.received;
      const sockaddr_in& to = theirs.addresses[i];
      if (::sendto(mine.sockets[i], packet, kPacketBytes, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) > 0) ++mine.sent;
    }
  }
  ::close(timer);
  return CpuSeconds() - begin;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const int calls = std::atoi(argv[1]), seconds = std::atoi(argv[2]);
  const rlimit files{65536, 65536};
  ::setrlimit(RLIMIT_NOFILE, &files);
  Side near = Open(calls), far = Open(calls);
  std::atomic<bool> stop{false};
  std::thread other([&] {
    Pin(std::atoi(argv[4]));
    Exchange(far, near, 0, stop);
  });
  Pin(std::atoi(argv[3]));
  const double cpu = Exchange(near, far, seconds * kTicksPerSecond, stop);
  stop = true;
  other.join();
  std::printf("{\"calls\": %d, \"cpu_percent\": %.1f, \"packets_in\": %lu, \"packets_out\": %lu}\n", calls, 100 * cpu / seconds,
              static_cast<unsigned long>(near.received), static_cast<unsigned long>(near.sent));
  return 0;
}
