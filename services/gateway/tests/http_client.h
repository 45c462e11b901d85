// A browser's side of HTTP and WebSocket for the tests: blocking, with a generous limit of time. Each object is used by one
// thread. Throws std::runtime_error when the other side does not speak.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace hotline::gateway {

using TestHeaders = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  TestHeaders headers;
  std::string body;

  std::string Header(const std::string& name) const;
  nlohmann::json Json() const { return nlohmann::json::parse(body); }
  std::string Reason() const { return Json().value("reason", ""); }
};

// One connection that is kept open between requests.
class HttpClient {
 public:
  explicit HttpClient(uint16_t port, bool tls = false);
  ~HttpClient();
  Answer Send(const std::string& method, const std::string& target, const TestHeaders& headers = {}, const std::string& body = {});
  // Writes bytes as they are and reads what comes back until the connection is closed.
  std::string Raw(const std::string& bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Answer Fetch(uint16_t port, const std::string& method, const std::string& target, const TestHeaders& headers = {}, const std::string& body = {});

class WebSocketClient {
 public:
  explicit WebSocketClient(uint16_t port, const std::string& origin = {});
  WebSocketClient(WebSocketClient&&) noexcept;
  ~WebSocketClient();
  void Send(const nlohmann::json& frame) { SendText(frame.dump()); }
  void SendText(const std::string& text);
  // The next frame; nothing when the server has closed, which close_code() then tells.
  std::optional<nlohmann::json> Next();
  // Reads on until a frame of this type comes. Throws if the connection is closed first.
  nlohmann::json Wait(const std::string& type);
  int close_code() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline::gateway
