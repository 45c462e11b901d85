// In-process SIP stack with a scriptable call layer, and SIPp as its peer. Everything on 127.0.0.1 and ports the kernel chose.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/telephony/loop/loop.h"
#include "services/telephony/sip/stack.h"

namespace hotline::telephony::testing {

// What the call layer saw, in order: "invite 12345", "answered PCMA sendrecv", "ended REMOTE_HANGUP 0", ...
class Recorder : public SipHandler {
 public:
  // What to do with a new call; by default it is answered at once.
  std::function<void(SipSession&, const InviteInfo&)> on_invite = [](SipSession& s, const InviteInfo&) { s.Accept(Audio()); };
  std::function<void(SipSession&, const NegotiatedAudio&)> on_answered = [](SipSession&, const NegotiatedAudio&) {};
  std::function<void(SipSession&)> on_progress = [](SipSession&) {};
  bool accept_refer = false;

  static LocalAudio Audio() { return {.address = "127.0.0.1", .port = 40'000}; }

  void OnInvite(SipSession& session, const InviteInfo& info) override;
  void OnProgress(SipSession& session, int code, const std::optional<NegotiatedAudio>& audio) override;
  void OnAnswered(SipSession& session, const NegotiatedAudio& audio) override;
  void OnOffer(SipSession& session, const NegotiatedAudio& audio) override;
  void OnInfoDtmf(SipSession& session, char digit, int duration_ms) override;
  bool OnRefer(SipSession& session, const ReferInfo& refer) override;
  void OnReofferDone(SipSession& session, bool accepted, const NegotiatedAudio& audio) override;
  void OnEnded(SipSession& session, const EndInfo& info) override;
  void OnTrunkState(const std::string& trunk, bool up) override;

  // Waits until the predicate over the events holds; false after a generous cap.
  bool WaitFor(const std::function<bool(const std::vector<std::string>&)>& predicate);
  bool WaitForEvent(const std::string& event, std::size_t times = 1);
  std::vector<std::string> events();
  std::size_t Count(const std::string& prefix);
  InviteInfo last_invite();

 private:
  void Add(std::string event);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
  InviteInfo last_invite_;
};

// A stack on UDP and TCP with the trunk "carrier", whose peers are 127.0.0.1.
struct Server {
  explicit Server(const std::function<void(StackConfig&)>& adjust = [](StackConfig&) {});
  ~Server();

  std::uint16_t udp_port() const { return stack->endpoints()[0].port; }
  std::uint16_t tcp_port() const { return stack->endpoints()[1].port; }
  // Sessions of which libre objects still live; waits for those that only linger.
  bool WaitUntilIdle();
  DialResult Dial(const std::string& number, std::uint64_t ring_timeout_ms = 60'000);
  void OnLoop(const std::function<void(SipStack&)>& command);

  Recorder recorder;
  Loop loop{"sip-test"};
  std::unique_ptr<SipStack> stack;
};

// A SIPp process running one scenario of tests/sipp, killed when it goes out of scope.
class Sipp {
 public:
  struct Options {
    std::string scenario;                // file name without .xml
    std::uint16_t remote_port = 0;       // 0: SIPp is the server
    std::uint16_t port = 0;              // ours; 0: any
    bool tcp = false;
    int calls = 1;
    double rate = 10;                    // calls a second
    std::string service = "12345";
    std::vector<std::string> extra = {};
  };
  explicit Sipp(const Options& options);
  ~Sipp();
  // Exit status: 0 when every call went as the scenario says.
  int Wait();
  std::uint16_t port() const { return port_; }
  // Waits until a message beginning so was sent or received.
  bool WaitForMessage(const std::string& text) const;
  // How often a text stands in the messages sent and received; SIPp itself hides repetitions from its scenarios.
  std::size_t Count(const std::string& text) const;
  // SIPp's messages and errors, for the failure report.
  std::string Log() const;

 private:
  int pid_ = -1;
  std::uint16_t port_ = 0;
  std::string directory_;
};

// A port of 127.0.0.1 that was free for UDP and TCP a moment ago.
std::uint16_t FreePort();

}  // namespace hotline::telephony::testing
