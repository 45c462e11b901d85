#include "services/telephony/tests/sip_harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "libs/testing/wait.h"

namespace hotline::telephony::testing {
namespace {

// Long enough for a machine whose cores are busy with other things, and for SIP's own 32 s timers.
constexpr auto kCap = std::chrono::seconds(60);

const char* Name(Direction d) {
  switch (d) {
    case Direction::kInactive: return "inactive";
    case Direction::kSendOnly: return "sendonly";
    case Direction::kRecvOnly: return "recvonly";
    case Direction::kSendRecv: return "sendrecv";
  }
  return "?";
}

std::string Describe(const NegotiatedAudio& audio) {
  return std::string(audio.codec == Codec::kPcma ? "PCMA " : "PCMU ") + Name(audio.direction);
}

}  // namespace

void Recorder::Add(std::string event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
  changed_.notify_all();
}

void Recorder::OnInvite(SipSession& session, const InviteInfo& info) {
  {
    const std::lock_guard lock(mutex_);
    last_invite_ = info;
  }
  Add("invite " + info.callee);
  on_invite(session, info);
}
void Recorder::OnProgress(SipSession& session, int code, const std::optional<NegotiatedAudio>& audio) {
  Add("progress " + std::to_string(code) + (audio ? " " + Describe(*audio) : ""));
  on_progress(session);
}
void Recorder::OnAnswered(SipSession& session, const NegotiatedAudio& audio) {
  Add("answered " + Describe(audio));
  on_answered(session, audio);
}
void Recorder::OnOffer(SipSession&, const NegotiatedAudio& audio) { Add("offer " + Describe(audio)); }
void Recorder::OnInfoDtmf(SipSession&, char digit, int duration_ms) { Add("digit " + std::string(1, digit) + " " + std::to_string(duration_ms)); }
bool Recorder::OnRefer(SipSession&, const ReferInfo& refer) {
  Add("refer " + refer.target_user + " " + refer.replaces);
  return accept_refer;
}
void Recorder::OnReofferDone(SipSession&, bool accepted, const NegotiatedAudio& audio) {
  Add(std::string("reoffer ") + (accepted ? "accepted " : "refused ") + Describe(audio));
}
void Recorder::OnEnded(SipSession&, const EndInfo& info) { Add("ended " + std::string(EndReasonName(info.reason)) + " " + std::to_string(info.sip_code)); }
void Recorder::OnTrunkState(const std::string& trunk, bool up) { Add("trunk " + trunk + (up ? " up" : " down")); }

bool Recorder::WaitFor(const std::function<bool(const std::vector<std::string>&)>& predicate) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kCap, [&] { return predicate(events_); });
}
bool Recorder::WaitForEvent(const std::string& event, std::size_t times) {
  return WaitFor([&](const auto& events) { return static_cast<std::size_t>(std::count(events.begin(), events.end(), event)) >= times; });
}
std::vector<std::string> Recorder::events() {
  const std::lock_guard lock(mutex_);
  return events_;
}
std::size_t Recorder::Count(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(events_.begin(), events_.end(), [&](const auto& e) { return e.rfind(prefix, 0) == 0; }));
}
InviteInfo Recorder::last_invite() {
  const std::lock_guard lock(mutex_);
  return last_invite_;
}

Server::Server(const std::function<void(StackConfig&)>& adjust) {
  StackConfig config;
  config.listen = {{"127.0.0.1", 0, Transport::kUdp}, {"127.0.0.1", 0, Transport::kTcp}};
  TrunkConfig trunk;
  trunk.id = "carrier";
  trunk.peers = {"127.0.0.1"};
  config.trunks = {trunk};
  adjust(config);
  auto made = SipStack::Create(loop, config, recorder);
  if (!made.ok()) throw std::runtime_error(std::string(made.status().message()));
  stack = std::move(*made);
}

Server::~Server() { stack.reset(); }

bool Server::WaitUntilIdle() {
  return hotline::testing::WaitUntil([&] { return stack->counters().sessions == 0; });
}

DialResult Server::Dial(const std::string& number, std::uint64_t ring_timeout_ms) {
  DialResult result;
  OnLoop([&](SipStack& s) {
    result = s.Dial({.trunk = "carrier", .number = number, .caller = "12345", .caller_name = "", .audio = Recorder::Audio(), .ring_timeout_ms = ring_timeout_ms});
  });
  return result;
}

void Server::OnLoop(const std::function<void(SipStack&)>& command) {
  if (!loop.Run([&] { command(*stack); })) throw std::runtime_error("the loop has stopped");
}

std::uint16_t FreePort() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof address;
    const bool good = bind(udp, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                      getsockname(udp, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
                      bind(tcp, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(udp);
    close(tcp);
    if (good) return ntohs(address.sin_port);
  }
  throw std::runtime_error("no free port");
}

namespace {

// Whether a UDP or TCP socket of the scenario's port is bound, as the kernel tells it.
bool IsBound(std::uint16_t port, bool tcp) {
  char wanted[16];
  std::snprintf(wanted, sizeof wanted, ":%04X ", port);
  std::ifstream table(tcp ? "/proc/net/tcp" : "/proc/net/udp");
  std::string line;
  while (std::getline(table, line)) {
    const auto local = line.find(": ");
    if (local != std::string::npos && line.substr(local + 2, 14).find(wanted) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Sipp::Sipp(const Options& options) : port_(options.port != 0 ? options.port : FreePort()) {
  char pattern[] = "/tmp/hotline-sipp-XXXXXX";
  if (mkdtemp(pattern) == nullptr) throw std::runtime_error("mkdtemp");
  directory_ = pattern;
  std::vector<std::string> words = {"sipp"};
  if (options.remote_port != 0) words.push_back("127.0.0.1:" + std::to_string(options.remote_port));
  for (const auto& word : std::vector<std::string>{
           "-sf", std::string(HOTLINE_SOURCE_DIR) + "/services/telephony/tests/sipp/" + options.scenario + ".xml", "-i", "127.0.0.1", "-p",
           std::to_string(port_), "-m", std::to_string(options.calls), "-r", std::to_string(options.rate), "-s", options.service, "-nostdin",
           "-trace_err", "-error_file", directory_ + "/errors", "-trace_msg", "-message_file", directory_ + "/messages", "-t",
           options.tcp ? "t1" : "u1", "-timeout", "55", "-timeout_error", "-l", "1000"}) {
    words.push_back(word);
  }
  words.insert(words.end(), options.extra.begin(), options.extra.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string output = directory_ + "/output";
  pid_ = fork();
  if (pid_ == 0) {
    const int file = open(output.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(file, 1);
    dup2(file, 2);
    if (chdir(directory_.c_str()) == 0) execvp("sipp", argv.data());
    _exit(127);
  }
  if (options.remote_port == 0) {
    // A server has to listen before anyone calls it.
    if (!hotline::testing::WaitUntil([&] { return IsBound(port_, options.tcp); })) throw std::runtime_error("SIPp does not listen");
  }
}

int Sipp::Wait() {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd wait{process, POLLIN, 0};
  const bool ended = poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(kCap).count())) == 1;
  close(process);
  if (!ended) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Sipp::~Sipp() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;  // a leftover directory in /tmp harms nobody
  std::filesystem::remove_all(directory_, ignored);
}

std::size_t Sipp::Count(const std::string& text) const {
  std::ifstream file(directory_ + "/messages");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) count += line.rfind(text, 0) == 0 ? 1 : 0;
  return count;
}

bool Sipp::WaitForMessage(const std::string& text) const {
  return hotline::testing::WaitUntil([&] { return Count(text) > 0; });
}

std::string Sipp::Log() const {
  std::ostringstream out;
  for (const char* name : {"/errors", "/messages", "/output"}) {
    std::ifstream file(directory_ + name);
    out << "--- " << name + 1 << "\n" << file.rdbuf() << "\n";
  }
  auto text = out.str();
  return text.size() > 12'000 ? text.substr(0, 12'000) : text;
}

}  // namespace hotline::telephony::testing
