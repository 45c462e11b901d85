// Answers every call on 127.0.0.1 and waits for the caller's hang-up: the server side of signalling benches, with SIPp
// (tests/sipp/uac_answer_bye.xml) as the load. Usage: sip_answerer PORT; ends when its input does and prints its counters.
#include <cstdio>
#include <cstdlib>

#include "services/telephony/loop/loop.h"
#include "services/telephony/sip/stack.h"

using namespace hotline::telephony;

namespace {

class Answerer : public SipHandler {
 public:
  void OnInvite(SipSession& session, const InviteInfo&) override { session.Accept({.address = "127.0.0.1", .port = 40'000}); }
  void OnProgress(SipSession&, int, const std::optional<NegotiatedAudio>&) override {}
  void OnAnswered(SipSession&, const NegotiatedAudio&) override {}
  void OnOffer(SipSession&, const NegotiatedAudio&) override {}
  void OnInfoDtmf(SipSession&, char, int) override {}
  bool OnRefer(SipSession&, const ReferInfo&) override { return false; }
  void OnReofferDone(SipSession&, bool, const NegotiatedAudio&) override {}
  void OnEnded(SipSession&, const EndInfo&) override {}
  void OnTrunkState(const std::string&, bool) override {}
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PORT\n", argv[0]);
    return 2;
  }
  StackConfig config;
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  config.listen = {{"127.0.0.1", port, Transport::kUdp}, {"127.0.0.1", port, Transport::kTcp}};
  TrunkConfig trunk;
  trunk.id = "load";
  trunk.peers = {"127.0.0.0/8"};
  config.trunks = {trunk};
  config.max_sessions = 100'000;
  config.max_new_calls_per_second = 100'000;
  Answerer answerer;
  Loop loop("sip");
  const auto stack = SipStack::Create(loop, config, answerer);
  if (!stack.ok()) {
    std::fprintf(stderr, "%s\n", std::string(stack.status().message()).c_str());
    return 1;
  }
  while (std::getchar() != EOF) {
  }
  const auto& counters = (*stack)->counters();
  std::printf("invites %lu answered %lu refused %lu unacknowledged %lu\n", counters.invites_in.load(), counters.answered_in.load(),
              counters.refused_overload.load(), counters.ack_timeouts.load());
  return 0;
}
