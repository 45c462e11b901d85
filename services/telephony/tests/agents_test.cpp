// Agents' lines with a real browser: ringing, talking, holding, handing over, reloading, dialling. Every case hears both
// ways and sees one side's end reach the other.
#include <catch2/catch.hpp>

#include "libs/base/id.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"
#include "services/telephony/tests/agent_line.h"
#include "services/telephony/tests/calls_harness.h"

namespace hotline::telephony {
namespace {

using hotline::testing::WaitUntil;
using ivr::v1::Action;
using ivr::v1::CallEvent;
using ivr::v1::ConnectDone;
using testing::HearsSomething;

constexpr char kAgent[] = "0197a000-0000-7000-8000-000000000001";
constexpr double kBeeps = 150;  // the fake microphone beeps once a second

struct Desk {
  Desk() : agent_state(network), citizen(kDiscard) {
    ivr.Start();
    telephony = std::make_unique<testing::Telephony>(network, [this](Config& config) {
      config.trunks[0].sip.target = Endpoint{"127.0.0.1", citizen.port(), Transport::kUdp};
      config.dial_prefixes = {"138"};
      config.dials_per_hour = 3;
    });
    phone = std::make_unique<testing::SipPhone>(telephony->sip_port());
    agent = std::make_unique<testing::AgentLine>(network, *telephony, kAgent);
    agent->OpenBrowser();
    REQUIRE(agent->Reaches([](const v1::LineState& s) { return s.media_connected(); }));
    REQUIRE(WaitUntil([&] { return agent_state.Saw([](const LegState& l) { return l.agent_id() == kAgent && l.line_up(); }); }));
  }
  void CallIn() {
    phone->Call("12345");
    ivr.Await([](const CallEvent& e) { return e.has_arrived(); });
    ivr.Do([](Action& a) { a.mutable_answer(); }, "answer");
    ivr.Do([](Action& a) { a.mutable_music(); }, "music");
    REQUIRE(WaitUntil([&] { return phone->answered(); }));
    phone->media.SendTone(1300);
  }
  std::string Ring(const std::string& offer, int seconds = 30) {
    ivr.Do([&](Action& a) {
      a.mutable_connect()->set_agent_id(kAgent);
      a.mutable_connect()->set_offer_id(offer);
      a.mutable_connect()->set_ring_seconds(seconds);
      a.mutable_connect()->set_queue_id("general");
    }, "connect " + offer, "in hand");
    REQUIRE(Phase(v1::LineCall::PHASE_RINGING));
    return agent->State().call().call_id();
  }
  ConnectDone Done(const std::string& offer) {
    return ivr.Await([&](const CallEvent& e) { return e.has_connect_done() && e.connect_done().offer_id() == offer; }).connect_done();
  }
  void Answer(const std::string& offer) {
    const std::string call = Ring(offer);
    agent->Send([&](v1::LineRequest& r) { r.mutable_answer()->set_call_id(call); });
    REQUIRE(Done(offer).result() == ConnectDone::RESULT_ANSWERED);
    REQUIRE(Phase(v1::LineCall::PHASE_TALKING));
  }
  bool Phase(v1::LineCall::Phase phase) {
    return agent->Reaches([&](const v1::LineState& s) { return s.call().phase() == phase; });
  }
  bool Ended(const std::string& reason) {
    return agent->Reaches([&](const v1::LineState& s) { return s.call().phase() == v1::LineCall::PHASE_ENDED && s.call().end_reason() == reason; });
  }
  bool Reported(LegState::Phase phase, const std::string& offer, const std::string& reason = "") {
    return WaitUntil([&] {
      return agent_state.Saw([&](const LegState& l) { return l.phase() == phase && l.reservation_id() == offer && l.end_reason() == reason; });
    });
  }
  void Dial(const std::string& number, const std::string& request_id) {
    agent->Send([&](v1::LineRequest& r) {
      r.mutable_dial()->set_number(number);
      r.mutable_dial()->set_request_id(request_id);
    });
  }
  bool BothHear(testing::SipPhone& other) { return agent->PageHears(1300) && HearsSomething(other.media, kBeeps); }

  static constexpr uint16_t kDiscard = 9;
  rpc::TestNetwork network;
  testing::TestIvr ivr{network};
  testing::TestAgentState agent_state;
  testing::SipPhone citizen;
  std::unique_ptr<testing::Telephony> telephony;
  std::unique_ptr<testing::SipPhone> phone;
  std::unique_ptr<testing::AgentLine> agent;
};

TEST_CASE("an agent is rung, talks, holds, hands over; refuses, lets it ring; is told when the caller leaves") {
  Desk desk;
  desk.CallIn();
  desk.Answer("o1");
  CHECK(desk.agent->State().call().remote_number() == "13800001111");
  CHECK(desk.Reported(LegState::PHASE_RINGING, "o1"));
  CHECK(desk.Reported(LegState::PHASE_TALKING, "o1"));
  CHECK(desk.BothHear(*desk.phone));
  const std::string call = desk.agent->State().call().call_id();
  desk.agent->Send([&](v1::LineRequest& r) { r.mutable_hold()->set_call_id(call); });
  REQUIRE(desk.Phase(v1::LineCall::PHASE_HELD));
  CHECK(HearsSomething(desk.phone->media, 300));  // music
  CHECK(WaitUntil([&] { return desk.agent->browser().Report().value("rms", 1.0) < 0.005; }));
  desk.agent->Send([&](v1::LineRequest& r) { r.mutable_resume()->set_call_id(call); });
  REQUIRE(desk.Phase(v1::LineCall::PHASE_TALKING));
  CHECK(desk.BothHear(*desk.phone));
  desk.agent->Send([&](v1::LineRequest& r) { r.mutable_to_rating()->set_call_id(call); });
  CHECK(desk.ivr.Await([](const CallEvent& e) { return e.has_agent_left(); }).agent_left().to_rating());
  CHECK(desk.Ended("to_rating"));
  CHECK(desk.Reported(LegState::PHASE_ENDED, "o1", "hangup"));
  CHECK_FALSE(desk.phone->ended());

  desk.Ring("o2");
  desk.agent->Send([&](v1::LineRequest& r) { r.mutable_reject()->set_call_id(call); });
  CHECK(desk.Done("o2").result() == ConnectDone::RESULT_REJECTED);
  desk.Ring("o3", 1);
  CHECK(desk.Done("o3").result() == ConnectDone::RESULT_NO_ANSWER);
  CHECK(desk.Reported(LegState::PHASE_ENDED, "o3", "no_answer"));
  desk.Ring("o4");
  desk.ivr.Do([](Action& a) { a.mutable_cancel_connect()->set_offer_id("o4"); }, "cancel");
  CHECK(desk.Ended("cancelled"));
  desk.Answer("o5");
  CHECK(desk.BothHear(*desk.phone));
  desk.phone->HangUp();
  CHECK(desk.Ended("remote_hangup"));
  CHECK(desk.Reported(LegState::PHASE_ENDED, "o5", "caller_hangup"));

  desk.telephony->ConnectDatabase(hotline::testing::PrivatePostgres::Shared().CreateDatabase("telephony", "services/telephony/migrations"));
  REQUIRE(WaitUntil([&] { return desk.telephony->store->GetCall(call).ok(); }));
  const auto stored = desk.telephony->store->GetCall(call);
  CHECK(stored->outcome() == "agent");
  CHECK(stored->agent_id() == kAgent);
  CHECK(stored->end_reason() == "caller");
  CHECK(stored->talk_ms() > 1000);
  CHECK(stored->legs_size() == 6);
  REQUIRE(WaitUntil([&] { return desk.telephony->store->ListRecordings(call, "").value().size() == 2; }));
  const auto kept = desk.telephony->store->ListRecordings(call, "");
  CHECK(kept->front().recording.kind() == "call");
  CHECK(kept->front().recording.level_left_dbfs() > -30);   // the citizen
  CHECK(kept->front().recording.level_right_dbfs() > -60);  // the service: the beeps
}

TEST_CASE("a reload, a second page and a dead ivr leave the call alone; the agent's hang-up ends it then") {
  Desk desk;
  desk.CallIn();
  desk.Answer("o1");
  REQUIRE(desk.BothHear(*desk.phone));
  const std::string call = desk.agent->State().call().call_id();
  SECTION("reload") {
    desk.agent->browser().Run("location.reload()");
    REQUIRE(desk.agent->Reaches([](const v1::LineState& s) { return !s.media_connected(); }));
    REQUIRE(desk.agent->Reaches([](const v1::LineState& s) { return s.media_connected(); }));
  }
  SECTION("a second page") {
    desk.agent->Attach("tab-2");
    REQUIRE(WaitUntil([&] { return desk.agent->Superseded(); }));
    REQUIRE(desk.Phase(v1::LineCall::PHASE_TALKING));
  }
  SECTION("ivr dies") {
    desk.ivr.Stop();
  }
  SECTION("the page is away for longer than any grace, the browser's audio is not") {
    desk.agent->Detach();
    REQUIRE(WaitUntil([&] { return desk.agent_state.Saw([](const LegState& l) { return l.phase() == LegState::PHASE_TALKING && !l.line_up(); }); }));
    CHECK(desk.BothHear(*desk.phone));
    const auto version = desk.agent->State().version();
    desk.agent->Attach("tab-3");
    REQUIRE(desk.agent->Reaches([&](const v1::LineState& s) { return s.version() > version && s.call().phase() == v1::LineCall::PHASE_TALKING; }));
  }
  CHECK(desk.BothHear(*desk.phone));
  desk.ivr.Stop();
  // Without ivr nobody could go on with the caller.
  REQUIRE(WaitUntil([&] {
    desk.agent->Send([&](v1::LineRequest& r) { r.mutable_hang_up()->set_call_id(call); });
    return desk.phone->ended();
  }));
  CHECK(desk.Ended("hangup"));
  CHECK(desk.Reported(LegState::PHASE_ENDED, "o1", "hangup"));
}

TEST_CASE("a browser that dies in a call loses the line, and the caller goes on with ivr") {
  Desk desk;
  desk.CallIn();
  desk.Answer("o1");
  REQUIRE(desk.BothHear(*desk.phone));
  desk.agent->browser().Kill();
  CHECK(desk.ivr.Await([](const CallEvent& e) { return e.has_agent_left(); }).agent_left().reason() == "line_lost");
  CHECK(desk.Ended("failed"));
  CHECK(HearsSomething(desk.phone->media, 300));
  CHECK_FALSE(desk.phone->ended());
  CHECK(WaitUntil([&] { return desk.agent_state.Saw([](const LegState& l) { return l.phase() == LegState::PHASE_ENDED && !l.line_up(); }); }));
}

TEST_CASE("an agent dials: both hear each other; either side ends it; busy, forbidden and unready are told") {
  Desk desk;
  desk.citizen.media.SendTone(1300);
  const std::string request = base::NewId();
  desk.Dial("13900001111", base::NewId());
  CHECK(desk.agent->GetsError("NUMBER_NOT_ALLOWED"));
  desk.agent_state.refuse = true;
  desk.Dial("13800002222", base::NewId());
  CHECK(desk.agent->GetsError("AGENT_NOT_READY"));
  desk.agent_state.refuse = false;

  desk.Dial("13800002222", request);
  REQUIRE(desk.Phase(v1::LineCall::PHASE_TALKING));
  CHECK(desk.BothHear(desk.citizen));
  desk.Dial("13800002222", request);  // a repetition is harmless
  const std::string call = desk.agent->State().call().call_id();
  CHECK(desk.agent->State().call().outbound());
  CHECK(desk.agent->State().call().remote_number() == "13800002222");
  desk.agent->Send([&](v1::LineRequest& r) { r.mutable_hang_up()->set_call_id(call); });
  CHECK(WaitUntil([&] { return desk.citizen.ended(); }));
  CHECK(desk.Ended("hangup"));

  desk.citizen.refuse = 486;
  desk.Dial("13800002222", base::NewId());
  CHECK(desk.Ended("busy"));
  desk.Dial("13800002222", base::NewId());
  CHECK(desk.agent->GetsError("QUOTA_EXCEEDED"));
  desk.telephony->ConnectDatabase(hotline::testing::PrivatePostgres::Shared().CreateDatabase("telephony", "services/telephony/migrations"));
  REQUIRE(WaitUntil([&] { return desk.telephony->spool->stats().waiting == 0; }));
  const auto stored = desk.telephony->store->GetCall(call);
  REQUIRE(stored.ok());
  CHECK(stored->direction() == "outbound");
  CHECK(stored->outcome() == "agent");
  CHECK(stored->end_reason() == "agent");
  const auto all = desk.telephony->store->ListCalls({}, "", 10);
  REQUIRE(all.ok());
  REQUIRE(all->size() == 2);
  CHECK(all->front().end_reason() == "busy");
  CHECK(all->front().sip_code() == 486);
}

}  // namespace
}  // namespace hotline::telephony
