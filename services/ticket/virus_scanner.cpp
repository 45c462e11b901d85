#include "services/ticket/virus_scanner.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "libs/base/error.h"

namespace hotline::ticket {
namespace {

constexpr std::string_view kUnix = "unix:";
// "Clients are recommended to prefix commands with 'z' … terminated by a NULL character."
constexpr std::string_view kCommand("zINSTREAM\0", 10);

absl::Status Away(std::string_view why) { return base::Unavailable("SCANNER_UNAVAILABLE", why); }

class Socket {
 public:
  Socket() = default;
  ~Socket() { Close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  absl::Status Connect(const std::string& address) {
    if (address.starts_with(kUnix)) return ConnectUnix(address.substr(kUnix.size()));
    const size_t colon = address.rfind(':');
    if (colon == std::string::npos) return Away("the scanner's address has no port");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.substr(0, colon).c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) return Away("no such host");
    absl::Status status = Away("no address");
    for (const addrinfo* one = found; one != nullptr && !status.ok(); one = one->ai_next) {
      status = ConnectTo(one->ai_family, one->ai_addr, one->ai_addrlen);
    }
    ::freeaddrinfo(found);
    return status;
  }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!Wait(POLLOUT, kScanAnswer)) return false;
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // Up to a zero byte or the end.
  absl::StatusOr<std::string> Answer() {
    std::string answer;
    char bytes[512];
    while (answer.size() < kMaxScanAnswer) {
      if (!Wait(POLLIN, kScanAnswer)) return Away("the scanner does not answer");
      const ssize_t got = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) return Away("the scanner went away");
      answer.append(bytes, static_cast<size_t>(got));
      const size_t end = answer.find('\0');
      if (end != std::string::npos) return answer.substr(0, end);
      if (got == 0) return answer.empty() ? absl::StatusOr<std::string>(Away("the scanner went away")) : answer;
    }
    return Away("the scanner's answer is too long");
  }

 private:
  absl::Status ConnectUnix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return Away("the scanner's path is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return ConnectTo(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  absl::Status ConnectTo(int family, const sockaddr* address, socklen_t size) {
    Close();
    fd_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) return Away("no socket");
    if (::connect(fd_, address, size) == 0) return absl::OkStatus();
    if (errno != EINPROGRESS || !Wait(POLLOUT, kScanConnect)) return Away("the scanner cannot be reached");
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) return Away("the scanner cannot be reached");
    return absl::OkStatus();
  }
  bool Wait(short event, absl::Duration time) const {
    pollfd one{fd_, event, 0};
    int ready = 0;
    do {
      ready = ::poll(&one, 1, static_cast<int>(absl::ToInt64Milliseconds(time)));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
  }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  int fd_ = -1;
};

class Clamd final : public VirusScanner {
 public:
  explicit Clamd(std::string address) : address_(std::move(address)) {}

  absl::StatusOr<Verdict> Scan(Source source) override {
    Socket socket;
    HOTLINE_RETURN_IF_ERROR(socket.Connect(address_));
    if (!socket.Send(kCommand)) return Away("the scanner went away");
    bool sent = true;
    // A piece is its length in four bytes, network order, and its bytes; a piece of no bytes ends the stream.
    HOTLINE_RETURN_IF_ERROR(source([&](std::string_view piece) {
      if (piece.empty()) return true;
      const uint32_t length = htonl(static_cast<uint32_t>(piece.size()));
      sent = socket.Send({reinterpret_cast<const char*>(&length), sizeof length}) && socket.Send(piece);
      return sent;
    }));
    // A scanner that has had enough answers before it closes.
    if (sent) socket.Send(std::string_view("\0\0\0\0", 4));
    HOTLINE_ASSIGN_OR_RETURN(const std::string answer, socket.Answer());
    if (absl::EndsWith(answer, " OK")) return Verdict{};
    if (absl::EndsWith(answer, " FOUND")) {
      const size_t colon = answer.find(": ");
      const size_t start = colon == std::string::npos ? 0 : colon + 2;
      return Verdict{true, answer.substr(start, answer.size() - start - std::strlen(" FOUND"))};
    }
    return Away("the scanner refused the file");
  }

 private:
  const std::string address_;
};

}  // namespace

std::unique_ptr<VirusScanner> MakeClamd(std::string address) { return std::make_unique<Clamd>(std::move(address)); }

}  // namespace hotline::ticket
