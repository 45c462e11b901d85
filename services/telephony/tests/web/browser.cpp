#include "services/telephony/tests/web/browser.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace hotline::telephony::testing {
namespace {

constexpr size_t kMaxRequestBytes = 1 << 20;
constexpr int kPollMs = 50;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The whole request, or "" when the peer went away or sent too much.
std::string ReadRequest(int fd, size_t& body_at) {
  std::string text;
  char block[16384];
  for (size_t need = 0; text.size() < kMaxRequestBytes;) {
    const size_t end = text.find("\r\n\r\n");
    if (end != std::string::npos && need == 0) {
      body_at = end + 4;
      need = body_at;
      for (const char* name : {"Content-Length: ", "content-length: "}) {
        const size_t at = text.find(name);
        if (at < end) need += std::strtoul(text.c_str() + at + 16, nullptr, 10);
      }
    }
    if (need != 0 && text.size() >= need) return text;
    const ssize_t n = ::recv(fd, block, sizeof block, 0);
    if (n <= 0) return "";
    text.append(block, static_cast<size_t>(n));
  }
  return "";
}

}  // namespace

Browser::Browser(OfferHandler on_offer)
    : on_offer_(std::move(on_offer)), page_(ReadFile(HOTLINE_SOURCE_DIR "/services/telephony/tests/web/page.html")) {
  char name[] = "/tmp/hotline_browser_XXXXXX";
  profile_ = ::mkdtemp(name);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof local;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(local.sin_port);
  server_ = std::thread([this] { Serve(); });
  Launch();
}

Browser::~Browser() {
  Kill();
  stop_ = true;
  server_.join();
  ::close(listener_);
  std::error_code ignored;  // A profile left behind in /tmp harms nothing.
  std::filesystem::remove_all(profile_, ignored);
}

void Browser::Launch() {
  const std::string url = "http://127.0.0.1:" + std::to_string(port_) + "/";
  const std::string profile = "--user-data-dir=" + profile_;
  const std::vector<const char*> arguments = {
      "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
      // Otherwise Chromium leaves its process group and outlives a killed test.
      "--no-zygote", profile.c_str(), url.c_str(), nullptr};
  child_ = ::fork();
  if (child_ < 0) throw std::runtime_error("cannot fork");
  if (child_ > 0) {
    ::setpgid(child_, child_);
    return;
  }
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, 0);
  ::dup2(null, 1);
  ::dup2(null, 2);
  ::execvp("chromium", const_cast<char* const*>(arguments.data()));
  ::_exit(127);
}

void Browser::Kill() {
  if (child_ <= 0) return;
  ::kill(-child_, SIGKILL);
  int status = 0;
  ::waitpid(child_, &status, 0);
  child_ = -1;
}

nlohmann::json Browser::Report() const {
  std::lock_guard lock(mutex_);
  return report_;
}

void Browser::Run(std::string script) {
  std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void Browser::Serve() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, kPollMs) <= 0) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    Answer(connection);
    ::close(connection);
  }
}

void Browser::Answer(int connection) {
  const timeval limit{5, 0};  // Chromium opens connections ahead of need; one of them must not stop the others.
  pollfd ready{connection, POLLIN, 0};
  if (::poll(&ready, 1, 200) <= 0) return;
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  size_t body_at = 0;
  const std::string request = ReadRequest(connection, body_at);
  if (request.empty()) return;
  const size_t space = request.find(' ');
  const std::string path = request.substr(space + 1, request.find(' ', space + 1) - space - 1);
  int status = 200;
  const std::string body = Handle(request.substr(0, space), path, request.substr(body_at), status);
  const std::string reply = "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body;
  (void)!::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
}

std::string Browser::Handle(const std::string& method, const std::string& path, const std::string& body, int& status) {
  if (method == "GET" && path == "/") return page_;
  if (method == "POST" && path == "/offer") {
    std::string answer = on_offer_(body);
    if (answer.empty()) status = 400;
    return answer;
  }
  if (method == "POST" && path == "/report") {
    std::lock_guard lock(mutex_);
    report_ = nlohmann::json::parse(body, nullptr, false);
    return std::exchange(script_, "");
  }
  status = 404;
  return "";
}

}  // namespace hotline::telephony::testing
