// Calls to a peer: SIPp answers, the stack in this process calls.
#include <catch2/catch.hpp>

#include "services/telephony/tests/sip_harness.h"

using namespace hotline::telephony;
using namespace hotline::telephony::testing;

namespace {

// A server whose trunk leads to SIPp, and SIPp.
struct Outbound {
  explicit Outbound(const std::string& scenario, bool tcp = false, int calls = 1)
      : sipp({.scenario = scenario, .tcp = tcp, .calls = calls}), server([&](StackConfig& config) {
          config.trunks[0].target = Endpoint{"127.0.0.1", sipp.port(), tcp ? Transport::kTcp : Transport::kUdp};
          config.trunks[0].health_check = false;
          config.trunks[0].dial_rules = {{"", 0, ""}};
          config.trunks[0].credentials = Credentials{"hotline", "secret"};
        }) {}

  void Finish() {
    const int status = sipp.Wait();
    if (status == 0) return;
    std::string events;
    for (const auto& event : server.recorder.events()) events += event + "\n";
    FAIL("SIPp ended with " << status << "\nevents:\n" << events << sipp.Log());
  }

  Sipp sipp;
  Server server;
};

void HangUp(SipSession& session, const NegotiatedAudio&) { session.Bye(); }

}  // namespace

TEST_CASE("outbound: answered, and our hang-up arrives") {
  Outbound call("uas_answer", GENERATE(false, true));
  call.server.recorder.on_answered = HangUp;
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  REQUIRE(call.server.recorder.WaitForEvent("ended LOCAL_HANGUP 0"));
  CHECK(call.server.recorder.events() == std::vector<std::string>{"progress 180", "answered PCMA sendrecv", "ended LOCAL_HANGUP 0"});
  CHECK(call.server.WaitUntilIdle());
}

TEST_CASE("outbound: the peer hangs up") {
  Outbound call("uas_answer_bye", GENERATE(false, true));
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  CHECK(call.server.recorder.WaitForEvent("ended REMOTE_HANGUP 0"));
}

TEST_CASE("outbound: busy") {
  Outbound call("uas_busy");
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  CHECK(call.server.recorder.WaitForEvent("ended REJECTED 486"));
}

TEST_CASE("outbound: cancelled while it rings") {
  Outbound call("uas_ring");
  SECTION("by us") {
    call.server.recorder.on_progress = [](SipSession& session) { session.Bye(); };
    REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
    call.Finish();
    CHECK(call.server.recorder.WaitForEvent("ended LOCAL_HANGUP 487"));
  }
  SECTION("by the ring timeout") {
    REQUIRE(call.server.Dial("13900000002", 700).error == DialError::kNone);
    call.Finish();
    CHECK(call.server.recorder.WaitForEvent("ended NO_ANSWER 408"));
  }
}

TEST_CASE("outbound: digest challenges are answered") {
  Outbound call("uas_digest");
  call.server.recorder.on_answered = HangUp;
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  CHECK(call.server.recorder.Count("answered") == 1);
}

TEST_CASE("outbound: a password the peer does not take ends the call, not a loop of tries") {
  Outbound call("uas_wrong_digest");
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  CHECK(call.server.recorder.WaitForEvent("ended REJECTED 407"));
}

TEST_CASE("outbound: early media in a reliable provisional response") {
  Outbound call("uas_early");
  call.server.recorder.on_answered = HangUp;
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  REQUIRE(call.server.recorder.WaitForEvent("ended LOCAL_HANGUP 0"));
  CHECK(call.server.recorder.events() ==
        std::vector<std::string>{"progress 183 PCMA sendrecv", "answered PCMA sendrecv", "ended LOCAL_HANGUP 0"});
}

TEST_CASE("outbound: the first branch of a forked call wins, the other is hung up") {
  Outbound call("uas_fork");
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  REQUIRE(call.server.recorder.WaitForEvent("answered PCMA sendrecv"));
  // Our call goes on while the lost branch is hung up; then it ends as well. SIPp checks the tags.
  REQUIRE(call.sipp.WaitForMessage("BYE "));
  call.server.OnLoop([](SipStack& stack) { stack.Find(1)->Bye(); });
  call.Finish();
  CHECK(call.server.recorder.Count("answered") == 1);
}

TEST_CASE("outbound: a longer session interval is agreed to") {
  Outbound call("uas_422");
  call.server.recorder.on_answered = HangUp;
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
}

TEST_CASE("outbound: an answer we cannot use is acknowledged and hung up") {
  Outbound call("uas_bad_answer");
  REQUIRE(call.server.Dial("13900000002").error == DialError::kNone);
  call.Finish();
  CHECK(call.server.recorder.WaitForEvent("ended PROTOCOL 488"));
}

TEST_CASE("outbound: what may not be dialled is not") {
  Server server([](StackConfig& config) {
    config.trunks[0].target = Endpoint{"127.0.0.1", 9, Transport::kUdp};
    config.trunks[0].health_check = false;
    config.trunks[0].dial_rules = {{"1", 0, ""}, {"0086", 4, "+86"}};
    config.trunks[0].capacity = 1;
    TrunkConfig inbound_only;
    inbound_only.id = "inbound";
    config.trunks.push_back(inbound_only);
  });
  const auto dial = [&](DialRequest request) {
    DialResult result;
    request.audio = Recorder::Audio();
    server.OnLoop([&](SipStack& stack) { result = stack.Dial(request); });
    return result.error;
  };
  const auto request = [](const std::string& trunk, const std::string& number, const std::string& caller = "") {
    DialRequest r;
    r.trunk = trunk;
    r.number = number;
    r.caller = caller;
    return r;
  };
  CHECK(dial(request("nowhere", "13900000002")) == DialError::kUnknownTrunk);
  CHECK(dial(request("inbound", "13900000002")) == DialError::kNoTarget);
  CHECK(dial(request("carrier", "00190012345")) == DialError::kNotAllowed);
  CHECK(dial(request("carrier", "+86")) == DialError::kNotAllowed);
  CHECK(dial(request("carrier", "1@evil;x")) == DialError::kBadNumber);
  CHECK(dial(request("carrier", "139\r\nX: y")) == DialError::kBadNumber);
  CHECK(dial(request("carrier", "13900000002", "1>\r\nX: y")) == DialError::kBadCaller);
  CHECK(dial(request("carrier", "13900000002")) == DialError::kNone);
  CHECK(dial(request("carrier", "13900000002")) == DialError::kCapacity);
}

TEST_CASE("trunk health follows the answers to OPTIONS") {
  const auto port = FreePort();
  Server server([&](StackConfig& config) {
    config.trunks[0].target = Endpoint{"127.0.0.1", port, Transport::kTcp};  // nobody listens: refused at once
    config.trunks[0].dial_rules = {{"", 0, ""}};
    config.health_interval_ms = 150;
  });
  REQUIRE(server.recorder.WaitForEvent("trunk carrier down"));
  CHECK(server.Dial("13900000002").error == DialError::kTrunkDown);
  Sipp answering({.scenario = "uas_options", .port = port, .tcp = true, .calls = 1000});
  CHECK(server.recorder.WaitForEvent("trunk carrier up"));
}
