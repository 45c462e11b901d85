// What SIPp cannot say: raw datagrams against a running stack.
#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "services/telephony/tests/sip_harness.h"
#include "services/telephony/tests/torture_messages.h"

using namespace hotline::telephony;
using namespace hotline::telephony::testing;

namespace {

// A UDP socket of 127.0.0.1 that talks to one port. The requests it sends carry "rport", so answers come back here.
class Wired {
 public:
  explicit Wired(std::uint16_t port) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&peer), sizeof peer) == 0);
  }
  ~Wired() { close(fd_); }

  void Send(const std::string& text) { REQUIRE(send(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())); }

  // The next message; empty after the time.
  std::string Receive(int timeout_ms = 20'000) {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, timeout_ms) != 1) return "";
    char buffer[65'536];
    const auto length = recv(fd_, buffer, sizeof buffer, 0);
    return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : "";
  }

  // Status of the first final response with this Call-ID.
  int FinalStatus(const std::string& call_id) {
    for (;;) {
      const auto message = Receive();
      if (message.empty()) return 0;
      if (message.rfind("SIP/2.0 ", 0) != 0 || message.find(call_id) == std::string::npos) continue;
      last_ = message;
      const int status = std::stoi(message.substr(8, 3));
      if (status >= 200) return status;
    }
  }
  const std::string& last() const { return last_; }

 private:
  int fd_;
  std::string last_;
};

std::string CallId(const std::string& text) {
  const auto at = text.find("Call-ID: ");
  return at == std::string::npos ? "" : text.substr(at + 9, text.find('\n', at) - at - 9);
}

std::string Header(const std::string& message, const std::string& name) {
  const auto at = message.find("\r\n" + name + ": ");
  return at == std::string::npos ? "" : message.substr(at + name.size() + 4, message.find("\r\n", at + 2) - at - name.size() - 4);
}

}  // namespace

TEST_CASE("wire: torture requests are answered as they should be, and the stack lives on") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) {
    session.Accept(Recorder::Audio());
    session.Bye();
  };
  for (const auto& torture : TortureMessages()) {
    INFO(torture.name);
    Wired wire(server.udp_port());
    wire.Send(Wire(torture.text));
    if (torture.fate == Fate::kAccepted) CHECK(wire.FinalStatus(CallId(torture.text)) == torture.answer);
    if (torture.fate == Fate::kRefused && torture.text.find("rport") != std::string::npos) {
      const auto answer = wire.Receive();
      CHECK(answer.substr(0, 11) == "SIP/2.0 " + std::to_string(torture.answer));
    }
  }
  Wired wire(server.udp_port());
  wire.Send(Wire(Request("OPTIONS", "sip:user@example.com", "", "Subject: still there?\n")));
  CHECK(wire.Receive().substr(0, 11) == "SIP/2.0 200");
}

TEST_CASE("wire: rubbish and cut messages leave the stack alive") {
  Server server;
  Wired wire(server.udp_port());
  for (const auto& torture : TortureMessages()) {
    const auto whole = Wire(torture.text);
    for (std::size_t length = 1; length < whole.size(); length += 37) wire.Send(whole.substr(0, length));
  }
  wire.Send(std::string(60'000, 'A'));
  wire.Send(std::string("\0\1\2\3\r\n\r\n", 8));
  // The flood may fill the socket's buffer, so the sane request is sent again as SIP would.
  Wired sane(server.udp_port());
  const auto request = Wire(Request("OPTIONS", "sip:user@example.com", "", "Subject: still there?\n"));
  std::string answer;
  for (int i = 0; i < 100 && answer.empty(); ++i) {
    sane.Send(request);
    answer = sane.Receive(500);
  }
  CHECK(answer.substr(0, 11) == "SIP/2.0 200");
  CHECK(Loop::UnloggedComplaints() > 0);  // rubbish does not fill the log
}

TEST_CASE("wire: a request older than the last of its dialog is refused") {
  Server server;
  Wired wire(server.udp_port());
  const auto invite = Request("INVITE", "sip:12345@127.0.0.1", "", "", WithSdp());
  wire.Send(Wire(invite));
  REQUIRE(wire.FinalStatus(CallId(invite)) == 200);
  const std::string to = "To: " + Header(wire.last(), "To") + "\nCall-ID: " + CallId(invite) + "\n";
  wire.Send(Wire(Request("ACK", "sip:12345@127.0.0.1", "To,Call-ID", to)));
  REQUIRE(server.recorder.WaitForEvent("answered PCMU sendrecv"));
  const auto info = [&](int cseq) {
    return Request("INFO", "sip:12345@127.0.0.1", "To,Call-ID,CSeq", to + "CSeq: " + std::to_string(cseq) + " INFO\nSubject: " + std::string(static_cast<std::size_t>(cseq), 'x') + "\n");
  };
  wire.Send(Wire(info(9)));
  CHECK(wire.FinalStatus("CSeq: 9 INFO") == 200);
  wire.Send(Wire(info(5)));
  CHECK(wire.FinalStatus("CSeq: 5 INFO") == 500);
  // The same Call-ID and our tag, but another peer's tag: not this dialog.
  wire.Send(Wire(Request("BYE", "sip:12345@127.0.0.1", "To,Call-ID,From,CSeq", to + "From: <sip:thief@example.net>;tag=other\nCSeq: 10 BYE\n")));
  CHECK(wire.FinalStatus("CSeq: 10 BYE") == 481);
  CHECK(server.recorder.Count("ended") == 0);
}

TEST_CASE("wire: beyond address translation Contact tells the public address") {
  Server server([](StackConfig& config) { config.public_address = "203.0.113.9"; });
  Wired wire(server.udp_port());
  const auto invite = Request("INVITE", "sip:12345@127.0.0.1", "", "", WithSdp());
  wire.Send(Wire(invite));
  REQUIRE(wire.FinalStatus(CallId(invite)) == 200);
  CHECK(Header(wire.last(), "Contact") == "<sip:hotline@203.0.113.9:" + std::to_string(server.udp_port()) + ">");
}

TEST_CASE("wire: what a caller writes never becomes a header of ours") {
  Server server;
  Wired wire(server.udp_port());
  const auto request = Request("INVITE", "sip:12345@127.0.0.1", "From", "From: \"x\" <sip:1%0d%0aX-Injected:%201@example.net>;tag=1\n", WithSdp());
  wire.Send(Wire(request));
  REQUIRE(wire.FinalStatus(CallId(request)) == 200);
  CHECK(wire.last().find("\r\nX-Injected") == std::string::npos);
  CHECK(server.recorder.last_invite().caller.empty());
}

TEST_CASE("stack: a bad configuration names its field") {
  Loop loop("config");
  Recorder recorder;
  const auto message = [&](const std::function<void(StackConfig&)>& spoil) {
    StackConfig config;
    config.listen = {{"127.0.0.1", 0, Transport::kUdp}};
    spoil(config);
    const auto made = SipStack::Create(loop, config, recorder);
    return made.ok() ? std::string() : std::string(made.status().message());
  };
  CHECK(message([](StackConfig&) {}).empty());
  CHECK(message([](StackConfig& c) { c.listen.clear(); }).rfind("listen:", 0) == 0);
  CHECK(message([](StackConfig& c) { c.listen[0].address = "0.0.0.0"; }).rfind("listen:", 0) == 0);
  CHECK(message([](StackConfig& c) { c.listen[0].address = "203.0.113.1"; }).rfind("listen 203.0.113.1", 0) == 0);
  CHECK(message([](StackConfig& c) { c.public_address = "hotline.example"; }).rfind("public_address:", 0) == 0);
  CHECK(message([](StackConfig& c) { c.user_agent = "a\r\nb"; }).rfind("user_agent:", 0) == 0);
  CHECK(message([](StackConfig& c) { c.session_expires_seconds = 10; }).rfind("session_expires_seconds:", 0) == 0);
  CHECK(message([](StackConfig& c) {
          TrunkConfig trunk;
          trunk.id = "same";
          c.trunks = {trunk, trunk};
        }).rfind("trunks:", 0) == 0);
}
