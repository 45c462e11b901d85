// Calls from a peer: SIPp is the caller, the stack answers in this process.
#include <catch2/catch.hpp>

#include "services/telephony/tests/sip_harness.h"

using namespace hotline::telephony;
using namespace hotline::telephony::testing;

namespace {

// Runs a scenario against a server and demands that SIPp is content; tells how often a line was on the wire.
std::size_t Run(Server& server, const Sipp::Options& options, const std::string& counted = "SIP/2.0") {
  Sipp sipp(options);
  const int status = sipp.Wait();
  if (status != 0) {
    std::string events;
    for (const auto& event : server.recorder.events()) events += event + "\n";
    FAIL("SIPp ended with " << status << "\nevents:\n" << events << sipp.Log());
  }
  return sipp.Count(counted);
}

void RunUdp(Server& server, const std::string& scenario) { Run(server, {.scenario = scenario, .remote_port = server.udp_port()}); }

}  // namespace

TEST_CASE("inbound: answered, and the caller's hang-up arrives") {
  Server server;
  const bool tcp = GENERATE(false, true);
  Run(server, {.scenario = "uac_answer_bye", .remote_port = tcp ? server.tcp_port() : server.udp_port(), .tcp = tcp});
  REQUIRE(server.recorder.WaitForEvent("ended REMOTE_HANGUP 0"));
  CHECK(server.recorder.events() == std::vector<std::string>{"invite 12345", "answered PCMA sendrecv", "ended REMOTE_HANGUP 0"});
  const auto info = server.recorder.last_invite();
  CHECK(info.trunk == "carrier");
  CHECK(info.caller == "13800000001");
  CHECK(info.callee == "12345");
  CHECK(info.has_offer);
  CHECK(server.WaitUntilIdle());
}

TEST_CASE("inbound: our hang-up reaches the caller") {
  Server server;
  server.recorder.on_answered = [](SipSession& session, const NegotiatedAudio& audio) {
    CHECK(audio.remote_address == "127.0.0.1");
    CHECK(audio.remote_port == 6000);
    CHECK(audio.telephone_event_send == 101);
    session.Bye();
  };
  const bool tcp = GENERATE(false, true);
  Run(server, {.scenario = "uac_wait_bye", .remote_port = tcp ? server.tcp_port() : server.udp_port(), .tcp = tcp});
  CHECK(server.recorder.WaitForEvent("ended LOCAL_HANGUP 0"));
}

TEST_CASE("inbound: a hang-up before the ACK waits for it") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) {
    session.Accept(Recorder::Audio());
    session.Bye();
  };
  RunUdp(server, "uac_wait_bye");
  REQUIRE(server.recorder.WaitForEvent("ended LOCAL_HANGUP 0"));
  CHECK(server.recorder.events() == std::vector<std::string>{"invite 12345", "ended LOCAL_HANGUP 0"});
}

TEST_CASE("inbound: the caller cancels") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) { session.Ringing(); };
  RunUdp(server, "uac_cancel");
  CHECK(server.recorder.WaitForEvent("ended CANCELLED 487"));
}

TEST_CASE("inbound: we refuse") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) { session.Reject(486, "Busy\r\nX-Injected: 1"); };
  RunUdp(server, "uac_486");
  CHECK(server.recorder.WaitForEvent("ended LOCAL_HANGUP 486"));
}

TEST_CASE("inbound: hanging up before the answer refuses") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) { session.Bye(); };
  RunUdp(server, "uac_480");
  CHECK(server.recorder.WaitForEvent("ended LOCAL_HANGUP 480"));
}

TEST_CASE("inbound: hold and resume by re-INVITE") {
  Server server;
  RunUdp(server, "uac_hold");
  REQUIRE(server.recorder.WaitForEvent("ended REMOTE_HANGUP 0"));
  CHECK(server.recorder.events() == std::vector<std::string>{"invite 12345", "answered PCMA sendrecv", "offer PCMA recvonly", "offer PCMA sendrecv",
                                                             "ended REMOTE_HANGUP 0"});
}

TEST_CASE("inbound: hold by UPDATE") {
  Server server;
  RunUdp(server, "uac_update");
  CHECK(server.recorder.WaitForEvent("offer PCMA recvonly"));
}

TEST_CASE("inbound: what cannot be is refused with its own code") {
  Server server;
  for (const char* scenario : {"uac_406", "uac_415", "uac_420", "uac_488"}) RunUdp(server, scenario);
  CHECK(server.recorder.events().empty());
  CHECK(server.WaitUntilIdle());
}

TEST_CASE("inbound: an unknown source is refused with 403 and counted") {
  Server server([](StackConfig& config) { config.trunks[0].peers = {"127.0.0.2", "192.0.2.0/24"}; });
  RunUdp(server, "uac_403");
  CHECK(server.recorder.events().empty());
  CHECK(server.stack->counters().refused_source >= 1);
  CHECK(server.stack->counters().invites_in == 0);
}

TEST_CASE("inbound: limits answer 503 with Retry-After") {
  SECTION("sessions") {
    Server server([](StackConfig& config) { config.max_sessions = 1; });
    server.recorder.on_invite = [](SipSession& session, const InviteInfo&) { session.Ringing(); };
    Sipp ringing({.scenario = "uac_answer_bye", .remote_port = server.udp_port()});
    REQUIRE(server.recorder.WaitForEvent("invite 12345"));
    RunUdp(server, "uac_503");
    CHECK(server.stack->counters().refused_overload == 1);
  }
  SECTION("calls of a trunk") {
    Server server([](StackConfig& config) { config.trunks[0].capacity = 1; });
    server.recorder.on_invite = [](SipSession& session, const InviteInfo&) { session.Ringing(); };
    Sipp ringing({.scenario = "uac_answer_bye", .remote_port = server.udp_port()});
    REQUIRE(server.recorder.WaitForEvent("invite 12345"));
    RunUdp(server, "uac_503");
  }
  SECTION("draining") {
    Server server;
    server.OnLoop([](SipStack& stack) { stack.StopTakingCalls(); });
    RunUdp(server, "uac_503");
  }
}

TEST_CASE("inbound: reliable provisional responses") {
  Server server;
  server.recorder.on_invite = [](SipSession& session, const InviteInfo&) {
    session.Progress(Recorder::Audio());
    session.Accept(Recorder::Audio());  // waits for the PRACK
  };
  const std::string scenario = GENERATE("uac_prack", "uac_no_prack");
  const auto sent = Run(server, {.scenario = scenario, .remote_port = server.udp_port()}, "SIP/2.0 183");
  CHECK(sent >= (scenario == "uac_prack" ? 1 : 3));
  CHECK(server.recorder.WaitForEvent("answered PCMA sendrecv"));
}

TEST_CASE("inbound: an offer in our 200 is answered in the ACK") {
  Server server;
  RunUdp(server, "uac_late_offer");
  REQUIRE(server.recorder.WaitForEvent("ended REMOTE_HANGUP 0"));
  CHECK(server.recorder.Count("answered PCMA sendrecv") == 1);
  CHECK_FALSE(server.recorder.last_invite().has_offer);
}

TEST_CASE("inbound: digits by INFO") {
  Server server;
  RunUdp(server, "uac_info");
  CHECK(server.recorder.WaitForEvent("digit 5 250"));
}

TEST_CASE("inbound: a dialog that is over knows nothing any more") {
  Server server;
  RunUdp(server, "uac_after_bye");
  CHECK(server.recorder.Count("digit 1") == 1);
  CHECK(server.recorder.Count("digit 3") == 0);
}

TEST_CASE("inbound: a transfer is taken on and reported, or declined") {
  Server server;
  SECTION("taken on") {
    server.recorder.accept_refer = true;
    Sipp sipp({.scenario = "uac_refer", .remote_port = server.udp_port()});
    REQUIRE(server.recorder.WaitForEvent("refer 10086 abc@host"));
    server.OnLoop([](SipStack& stack) { stack.Find(1)->NotifyRefer(200, "OK"); });
    const int status = sipp.Wait();
    INFO(sipp.Log());
    CHECK(status == 0);
  }
  SECTION("declined") { RunUdp(server, "uac_refer_declined"); }
}

TEST_CASE("inbound: OPTIONS is answered") {
  Server server;
  RunUdp(server, "uac_options");
}

TEST_CASE("inbound: we hold") {
  Server server;
  server.recorder.on_answered = [](SipSession& session, const NegotiatedAudio&) {
    auto audio = Recorder::Audio();
    audio.direction = Direction::kSendOnly;
    session.Reoffer(audio);
  };
  SECTION("accepted") {
    RunUdp(server, "uac_reoffer");
    CHECK(server.recorder.Count("reoffer accepted PCMA sendonly") == 1);
  }
  SECTION("refused with 491, tried again") {
    RunUdp(server, "uac_reoffer_glare");
    CHECK(server.recorder.Count("reoffer accepted PCMA sendonly") == 1);
  }
  SECTION("the peer's re-INVITE meanwhile gets 491") { RunUdp(server, "uac_reinvite_glare"); }
}

TEST_CASE("inbound: session timers") {
  SECTION("an interval below the minimum gets 422") {
    Server server;
    RunUdp(server, "uac_422");
    CHECK(server.recorder.events().empty());
    CHECK(server.WaitUntilIdle());
  }
  SECTION("we refresh by UPDATE or re-INVITE") {
    Server server([](StackConfig& config) { config.min_session_expires_seconds = 1; });
    RunUdp(server, GENERATE("uac_timer_refresh", "uac_timer_reinvite"));
    CHECK(server.recorder.WaitForEvent("ended REMOTE_HANGUP 0"));
  }
  SECTION("the peer does not refresh") {
    Server server([](StackConfig& config) { config.min_session_expires_seconds = 1; });
    RunUdp(server, "uac_timer_expires");
    CHECK(server.recorder.WaitForEvent("ended SESSION_EXPIRED 0"));
    CHECK(server.stack->counters().session_timer_expiries == 1);
  }
}

TEST_CASE("inbound: 50 calls a second, none lost") {
  Server server;
  Run(server, {.scenario = "uac_answer_bye", .remote_port = server.udp_port(), .calls = 200, .rate = 50});
  CHECK(server.recorder.WaitForEvent("ended REMOTE_HANGUP 0", 200));
  CHECK(server.stack->counters().answered_in == 200);
  CHECK(server.WaitUntilIdle());
}

TEST_CASE("inbound: a 200 that is never acknowledged is repeated, then hung up") {
  Server server;
  CHECK(Run(server, {.scenario = "uac_no_ack", .remote_port = server.udp_port()}, "SIP/2.0 200") >= 8);
  CHECK(server.recorder.WaitForEvent("ended TIMEOUT 408"));
  CHECK(server.stack->counters().ack_timeouts == 1);
}

TEST_CASE("stopping the stack ends every call") {
  Recorder* recorder = nullptr;
  auto server = std::make_unique<Server>();
  recorder = &server->recorder;
  recorder->on_answered = [](SipSession&, const NegotiatedAudio&) {};
  Sipp sipp({.scenario = "uac_wait_bye", .remote_port = server->udp_port()});
  REQUIRE(recorder->WaitForEvent("answered PCMA sendrecv"));
  server->stack.reset();
  CHECK(recorder->WaitForEvent("ended SHUTDOWN 0"));
}
