// What tests of files need: a directory that goes away, files that are what they say, and a scanner that speaks clamd's INSTREAM.
#pragma once

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>

namespace hotline::ticket {

class TempDirectory {
 public:
  TempDirectory() {
    char name[] = "/tmp/hotline-files-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A picture of one pixel, and as many bytes after it as asked for.
inline std::string Png(size_t size = 67) {
  static constexpr unsigned char kPng[] = {
      0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89,
      0, 0, 0, 10, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
  std::string png(reinterpret_cast<const char*>(kPng), sizeof kPng);
  if (png.size() < size) png.resize(size, 'x');
  return png;
}

// The harmless text that every scanner takes for a virus (eicar.org), in two parts so that this file is none.
inline std::string Eicar() { return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-") + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"; }

// Speaks the protocol of clamd(8) on a unix socket: reads zINSTREAM and its pieces, finds EICAR.
class ClamdServer {
 public:
  explicit ClamdServer(const std::string& path) : path_(path) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 8) != 0) std::abort();
    thread_ = std::thread([this] { Serve(); });
  }
  ~ClamdServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    ::unlink(path_.c_str());
  }
  // Bytes of the last stream.
  int64_t scanned() const { return scanned_; }
  // Refuses streams longer than this, as StreamMaxLength does.
  void LimitTo(int64_t bytes) { limit_ = bytes; }

 private:
  static bool Take(int fd, char* bytes, size_t size) {
    while (size > 0) {
      const ssize_t got = ::recv(fd, bytes, size, 0);
      if (got <= 0) return false;
      bytes += got;
      size -= static_cast<size_t>(got);
    }
    return true;
  }
  void Serve() {
    while (!stopping_) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) continue;
      Answer(fd);
      ::close(fd);
    }
  }
  void Answer(int fd) {
    char command[10];
    if (!Take(fd, command, sizeof command) || std::memcmp(command, "zINSTREAM\0", sizeof command) != 0) return;
    std::string all;
    for (uint32_t length = 0; Take(fd, reinterpret_cast<char*>(&length), sizeof length) && length != 0;) {
      std::string piece(ntohl(length), '\0');
      if (!Take(fd, piece.data(), piece.size())) return;
      all += piece;
      if (static_cast<int64_t>(all.size()) > limit_) return Say(fd, "INSTREAM size limit exceeded. ERROR");
    }
    scanned_ = static_cast<int64_t>(all.size());
    Say(fd, all.find(Eicar()) == std::string::npos ? "stream: OK" : "stream: Eicar-Test-Signature FOUND");
  }
  static void Say(int fd, const std::string& text) { ::send(fd, text.c_str(), text.size() + 1, MSG_NOSIGNAL); }

  const std::string path_;
  int listener_ = -1;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> scanned_{0}, limit_{int64_t{1} << 40};
  std::thread thread_;
};

}  // namespace hotline::ticket
