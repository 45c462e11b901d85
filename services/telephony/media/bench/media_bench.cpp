// media_bench: how many calls one media thread carries. Each call is a two-way G.711 leg that hears a prompt in a loop
// while what it says is recorded in stereo (--mode prompt, the IVR case), or a caller's and an agent's leg in a bridge,
// the caller recorded (--mode bridge, two legs a call). The media thread has core --core to itself; the far ends run on
// another. Prints one JSON line: CPU of the media thread in percent of its core, missed and late ticks, packets, loss.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>

#include "services/telephony/media/libre.h"
#include "services/telephony/media/media_engine.h"
#include "services/telephony/media/rtp_packet.h"

namespace hotline::telephony::media {
namespace {

struct Arguments {
  int calls = 1000;
  int seconds = 15;
  int core = 0;
  int far_core = 1;
  int warm_up = 5;
  bool bridge = false;
  bool record = true;
  int port = 10000;  // Below the ephemeral range, where the far ends are.
};

void Pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

// All far ends of all calls, on one thread: one socket each, so that latching and ports are as in life.
class FarEnds {
 public:
  FarEnds(int count, int core) : core_(core) {
    for (int i = 0; i < count; ++i) {
      const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      sockaddr_in local{};
      local.sin_family = AF_INET;
      local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t size = sizeof local;
      if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&local), size) != 0) throw std::runtime_error("cannot bind a far end");
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size);
      ends_.push_back({fd, ntohs(local.sin_port)});
    }
  }
  ~FarEnds() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    for (const End& end : ends_) ::close(end.fd);
  }
  uint16_t port(size_t i) const { return ends_[i].port; }
  void Connect(size_t i, uint16_t media_port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(media_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(ends_[i].fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("cannot connect");
  }
  void Begin() {
    thread_ = std::thread([this] { Run(); });
  }
  uint64_t sent() const { return sent_; }
  uint64_t received() const { return received_; }

 private:
  struct End {
    int fd;
    uint16_t port;
  };
  void Run() {
    Pin(core_);
    const sched_param priority{5};  // Best effort: far ends that stutter would be measured as the engine's loss.
    (void)pthread_setschedparam(pthread_self(), SCHED_RR, &priority);
    const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    // Four slices of 5 ms, so that the packets do not come in one burst.
    const itimerspec period{{0, 5'000'000}, {0, 5'000'000}};
    ::timerfd_settime(timer, 0, &period, nullptr);
    uint8_t packet[172] = {};
    std::vector<uint8_t> voice(8000);
    for (size_t i = 0; i < voice.size(); ++i) voice[i] = static_cast<uint8_t>(i * 7 ^ 0x55);
    for (uint64_t slice = 0; !stop_;) {
      uint64_t expired = 0;
      if (::read(timer, &expired, sizeof expired) != sizeof expired) break;
      for (uint64_t e = 0; e < expired; ++e, ++slice) {
        const auto tick = static_cast<uint32_t>(slice / 4);
        std::memcpy(packet + 12, voice.data() + tick * 160 % 7840, 160);
        for (size_t i = slice % 4; i < ends_.size(); i += 4) {
          WriteRtpHeader({tick == 0, 8, static_cast<uint16_t>(tick), tick * 160, static_cast<uint32_t>(i + 1)}, packet);
          if (::send(ends_[i].fd, packet, sizeof packet, MSG_DONTWAIT) > 0) ++sent_;
          uint8_t in[512];
          while (::recv(ends_[i].fd, in, sizeof in, MSG_DONTWAIT) > 0) ++received_;
        }
      }
    }
    ::close(timer);
  }
  const int core_;
  std::vector<End> ends_;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> sent_{0}, received_{0};
  std::thread thread_;
};

// CPU time of the threads whose name begins so: the far ends share this process and must not count.
double ThreadSeconds(const char* name_part) {
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream comm(task.path() / "comm"), stat(task.path() / "stat");
    std::string name, text;
    std::getline(comm, name);
    std::getline(stat, text);
    if (name.rfind(name_part, 0) != 0) continue;
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skip;
    for (int i = 0; i < 11; ++i) fields >> skip;
    double user = 0, system = 0;
    fields >> user >> system;
    sum += (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return sum;
}

void Wait(int seconds) {
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const itimerspec once{{0, 0}, {seconds, 0}};
  ::timerfd_settime(timer, 0, &once, nullptr);
  uint64_t expired;
  (void)!::read(timer, &expired, sizeof expired);
  ::close(timer);
}

// Makes the calls; their first legs, or none when a leg could not be had.
std::vector<LegId> MakeCalls(MediaEngine& engine, FarEnds& far, const Arguments& arguments, const std::string& directory) {
  const int legs_per_call = arguments.bridge ? 2 : 1;
  const PromptPtr prompt = MakeTone(440, 7000, 500);
  std::vector<LegId> callers;
  for (int i = 0; i < arguments.calls; ++i) {
    BridgeId bridge;
    if (arguments.bridge) bridge = engine.CreateBridge(0);
    for (int k = 0; k < legs_per_call; ++k) {
      auto leg = engine.CreateRtpLeg({}, 0);
      if (!leg.ok()) {
        std::cerr << leg.status() << "\n";
        return {};
      }
      const auto end = static_cast<size_t>(i * legs_per_call + k);
      far.Connect(end, leg->port);
      engine.SetRemote(leg->id, {"127.0.0.1", far.port(end), 0, {}, true, true});
      if (arguments.bridge) engine.BridgeAdd(bridge, leg->id);
      else engine.Play(leg->id, {{prompt}, 0, 0, 20 * i, false});
      if (k == 0) callers.push_back(leg->id);
      if (k == 0 && arguments.record) engine.StartRecording(leg->id, {directory + "/" + std::to_string(i) + ".wav"});
    }
  }
  return callers;
}

struct Tasks {
  std::mutex mutex;
  std::deque<std::function<void()>> queue;
};

LegStats StatsOf(MediaEngine& engine, LegId leg, Tasks& tasks) {
  std::promise<LegStats> sample;
  engine.GetStats(leg, [&](absl::StatusOr<LegStats> stats) { sample.set_value(stats.value()); });
  auto got = sample.get_future();
  while (got.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    std::lock_guard lock(tasks.mutex);
    for (auto& task : tasks.queue) task();
    tasks.queue.clear();
  }
  return got.get();
}

int Run(const Arguments& arguments) {
  rlimit files{65536, 65536};
  ::setrlimit(RLIMIT_NOFILE, &files);
  const int legs = arguments.calls * (arguments.bridge ? 2 : 1);
  char name[] = "/tmp/media_bench_XXXXXX";
  const std::string directory = ::mkdtemp(name);
  FarEnds far(legs, arguments.far_core);
  Tasks tasks;
  MediaOptions options;
  options.bind_address = "127.0.0.1";
  options.rtp_ports = {static_cast<uint16_t>(arguments.port), static_cast<uint16_t>(arguments.port + 2 * legs + 99)};
  options.executor = [&](std::function<void()> task) {
    std::lock_guard lock(tasks.mutex);
    tasks.queue.push_back(std::move(task));
  };
  options.on_event = [](const MediaEvent&) {};
  Pin(arguments.core);  // The media thread inherits it; so does the recorder, whose time counts as well.
  auto engine = MediaEngine::Start(std::move(options));
  if (!engine.ok()) {
    std::cerr << engine.status() << "\n";
    return 1;
  }
  const std::vector<LegId> callers = MakeCalls(**engine, far, arguments, directory);
  if (callers.empty()) return 1;
  far.Begin();
  Wait(arguments.warm_up);
  const MediaMetrics before = (*engine)->Metrics();
  const double media_before = ThreadSeconds("media-"), other_before = ThreadSeconds("recorder");
  const uint64_t sent = far.sent(), received = far.received();
  const auto begin = std::chrono::steady_clock::now();
  Wait(arguments.seconds);
  // On a busy machine this thread, unlike the media thread, is late.
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const MediaMetrics after = (*engine)->Metrics();
  const double media = ThreadSeconds("media-") - media_before, recorder = ThreadSeconds("recorder") - other_before;
  const LegStats stats = StatsOf(**engine, callers[callers.size() / 2], tasks);
  const nlohmann::json line = {
      {"mode", arguments.bridge ? "bridge" : "prompt"},
      {"record", arguments.record},
      {"calls", arguments.calls},
      {"legs", legs},
      {"seconds", seconds},
      {"media_cpu_percent", std::lround(1000 * media / seconds) / 10.0},
      {"recorder_cpu_percent", std::lround(1000 * recorder / seconds) / 10.0},
      {"missed_ticks", after.missed_ticks - before.missed_ticks},
      {"late_ticks", after.late_ticks - before.late_ticks},
      {"realtime", after.realtime_threads > 0},
      {"ticks", after.ticks - before.ticks},
      {"max_late_ms_ever", static_cast<double>(after.max_late_us) / 1000},
      {"packets_in", after.packets_in - before.packets_in},
      {"packets_out", after.packets_out - before.packets_out},
      {"far_sent", far.sent() - sent},
      {"far_received", far.received() - received},
      {"sample_concealed_frames", stats.stream.concealed_frames},
      {"sample_lost", stats.stream.lost},
  };
  std::cout << line.dump() << "\n";
  (*engine)->Stop();
  engine->reset();
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace hotline::telephony::media

int main(int argc, char** argv) {
  hotline::telephony::media::Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&] { return i + 1 < argc ? argv[++i] : "0"; };
    if (name == "--calls") arguments.calls = std::atoi(value());
    else if (name == "--seconds") arguments.seconds = std::atoi(value());
    else if (name == "--core") arguments.core = std::atoi(value());
    else if (name == "--far-core") arguments.far_core = std::atoi(value());
    else if (name == "--port") arguments.port = std::atoi(value());
    else if (name == "--mode") arguments.bridge = std::string(value()) == "bridge";
    else if (name == "--no-record") arguments.record = false;
    else {
      std::cerr << "usage: media_bench [--calls N] [--seconds N] [--mode prompt|bridge] [--no-record] [--core N] [--far-core N] [--port N]\n";
      return 2;
    }
  }
  libre_init();
  const int result = hotline::telephony::media::Run(arguments);
  libre_close();
  return result;
}
