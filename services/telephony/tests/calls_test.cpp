// Calls from end to end: a SIP telephone, a scripted ivr, the call layer between them.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "libs/base/id.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"
#include "services/telephony/events.h"
#include "services/telephony/media/wav.h"
#include "services/telephony/tests/calls_harness.h"

namespace hotline::telephony {
namespace {

using hotline::testing::WaitUntil;
using ivr::v1::Action;
using ivr::v1::CallEvent;
using testing::Hears;
using testing::HearsSomething;

struct World {
  explicit World(const std::function<void(Config&)>& adjust = [](Config&) {}) : ivr(network), agent_state(network), adjust_(adjust) {
    ivr.AddPrompt("welcome", testing::ToneWav(700, 20'000));
    ivr.AddPrompt("short", testing::ToneWav(900, 700));
  }
  void StartTelephony() {
    telephony = std::make_unique<testing::Telephony>(network, adjust_);
    phone = std::make_unique<testing::SipPhone>(telephony->sip_port());
  }
  void Call() {
    phone->Call("12345");
    ivr.Await([](const CallEvent& e) { return e.has_arrived(); });
  }
  void Answer() {
    ivr.Do([](Action& a) { a.mutable_answer(); }, "answer");
    REQUIRE(WaitUntil([&] { return phone->answered(); }));
  }
  void Play(const std::string& id, const std::string& action, bool interruptible = true) {
    ivr.Do([&](Action& a) {
      a.mutable_play()->add_prompt_ids(id);
      a.mutable_play()->set_interruptible(interruptible);
    }, action, "checkpoint of " + action);
  }

  rpc::TestNetwork network;
  testing::TestIvr ivr;
  testing::TestAgentState agent_state;
  const std::function<void(Config&)> adjust_;
  std::unique_ptr<testing::Telephony> telephony;
  std::unique_ptr<testing::SipPhone> phone;
};

int64_t Rows(testing::Telephony& telephony, const std::string& sql) {
  return (*telephony.database->Read(sql))[0].Get<int64_t>("n");
}

// A call that hears the welcome.
ivr::v1::Arrived Begin(World& world) {
  world.ivr.Start();
  world.StartTelephony();
  world.Call();
  world.Answer();
  world.Play("welcome", "p1");
  REQUIRE(Hears(world.phone->media, 700));
  return world.ivr.Await([](const CallEvent& e) { return e.has_arrived(); }).arrived();
}

void Speak(World& world, int seconds) {
  world.phone->media.SendTone(1300);
  world.phone->media.Forget();
  REQUIRE(WaitUntil([&] { return world.phone->media.HeardSamples() > static_cast<size_t>(8000 * seconds); }));  // so long it has spoken
}

void ConnectDatabase(World& world) {
  world.telephony->ConnectDatabase(hotline::testing::PrivatePostgres::Shared().CreateDatabase("telephony", "services/telephony/migrations"));
  REQUIRE(WaitUntil([&] { return world.telephony->spool->stats().waiting == 0; }));
}

TEST_CASE("a call is answered and hears prompts; a key interrupts them; a prompt that cannot be had is told") {
  World world;
  const auto arrived = Begin(world);
  CHECK(arrived.caller_number() == "13800001111");
  CHECK(arrived.called_number() == "12345");
  CHECK(arrived.checkpoint().empty());
  world.phone->media.SendEvents("5");
  const auto digit = world.ivr.Await([](const CallEvent& e) { return e.has_digit(); });
  CHECK(digit.digit().digit() == "5");
  const auto done = world.ivr.Await([](const CallEvent& e) { return e.has_play_done(); });
  CHECK(done.play_done().action_id() == "p1");
  CHECK(done.play_done().interrupted());
  world.ivr.Do([](Action& a) {
    a.mutable_play()->add_prompt_ids("no.such.prompt");
    a.mutable_play()->add_prompt_ids("short");
  }, "p2");
  const auto failed = world.ivr.Await([](const CallEvent& e) { return e.has_play_done() && e.play_done().action_id() == "p2"; });
  CHECK(failed.play_done().failed_prompt_id() == "no.such.prompt");
  CHECK_FALSE(failed.play_done().interrupted());
  world.phone->HangUp();
  CHECK(world.ivr.Await([](const CallEvent& e) { return e.has_hung_up(); }).hung_up().reason() == "caller");
}

// What the screens see of the call and its message.
void CheckServices(World& world, const std::string& call_id) {
  using Client = rpc::Client<v1::CallService>;
  Client client(world.telephony->PeerFor("gateway"));
  rpc::Context lead, inspector, agent;
  world.network.ActAs(lead, {.roles = {access::v1::ROLE_TEAM_LEAD}, .unit_path = "/root/"});
  world.network.ActAs(inspector, {.roles = {access::v1::ROLE_INSPECTOR}, .unit_path = "/root/"});
  world.network.ActAs(agent, {.roles = {access::v1::ROLE_AGENT}, .unit_path = "/root/"});
  v1::ListRecordingsRequest which;
  which.set_call_id(call_id);
  const auto list = rpc::SyncCall(client, lead, &Client::Blocking::ListRecordings, which);
  REQUIRE(list.ok());
  REQUIRE(list->recordings_size() == 1);
  const v1::Recording recording = list->recordings(0);
  CHECK(recording.purpose() == "mailbox");
  CHECK(recording.level_left_dbfs() > -30);
  CHECK(recording.size_bytes() == 44 + 2 * 8 * int64_t{recording.duration_ms()});
  CHECK(recording.digest().size() == 64);
  const auto calls = rpc::SyncCall(client, inspector, &Client::Blocking::ListCalls, v1::ListCallsRequest());
  REQUIRE(calls.ok());
  REQUIRE(calls->calls_size() == 1);
  CHECK(calls->calls(0).caller_number() == "138****1111");
  const auto own = rpc::SyncCall(client, agent, &Client::Blocking::ListCalls, v1::ListCallsRequest());
  REQUIRE(own.ok());
  CHECK(own->calls_size() == 0);
  v1::GetCallRequest get;
  get.set_call_id(call_id);
  const auto call = rpc::SyncCall(client, lead, &Client::Blocking::GetCall, get);
  REQUIRE(call.ok());
  CHECK(call->caller_number() == "13800001111");
}

TEST_CASE("a message is recorded, played back, kept and shown; ivr hangs up") {
  World world;
  const auto arrived = Begin(world);
  world.ivr.Do([](Action& a) {
    a.mutable_record()->set_max_seconds(60);
    a.mutable_record()->set_end_digits("#");
    a.mutable_record()->set_beep(true);
    a.mutable_record()->set_purpose("mailbox");
  }, "r1");
  Speak(world, 3);
  world.phone->media.SendEvents("#");
  const auto recorded = world.ivr.Await([](const CallEvent& e) { return e.has_record_done(); }).record_done();
  CHECK(recorded.action_id() == "r1");
  CHECK(recorded.end_reason() == "digit");
  CHECK(recorded.end_digit() == "#");
  CHECK(recorded.duration_ms() >= 1500);
  REQUIRE_FALSE(recorded.recording_id().empty());
  world.phone->media.SendTone(0);
  world.ivr.Do([&](Action& a) { a.mutable_play()->add_prompt_ids("recording:" + recorded.recording_id()); }, "p3");
  CHECK(Hears(world.phone->media, 1300));
  world.ivr.Do([](Action& a) { a.mutable_hang_up(); }, "bye");
  REQUIRE(WaitUntil([&] { return world.phone->ended(); }));
  world.ivr.Await([](const CallEvent& e) { return e.has_hung_up(); });
  ConnectDatabase(world);
  CHECK(Rows(*world.telephony, "select count(*) as n from calls where end_reason = 'system' and outcome = 'mailbox' and billable_ms > 0") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from legs where packets_in > 50 and packets_out > 50") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from outbox where type like '%MessageLeft'") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from outbox") == 4);  // offered, recording kept, message left, ended
  CheckServices(world, arrived.call_id());
}

TEST_CASE("a caller who hangs up in a message has left it") {
  World world;
  Begin(world);
  world.ivr.Do([](Action& a) {
    a.mutable_record()->set_max_seconds(60);
    a.mutable_record()->set_purpose("complaint");
  }, "r1");
  Speak(world, 2);
  world.phone->HangUp();
  const auto recorded = world.ivr.Await([](const CallEvent& e) { return e.has_record_done(); }).record_done();
  CHECK(recorded.end_reason() == "hangup");
  CHECK_FALSE(recorded.recording_id().empty());
  CHECK(world.ivr.Await([](const CallEvent& e) { return e.has_hung_up(); }).hung_up().reason() == "caller");
  CHECK(WaitUntil([&] { return world.telephony->spool->stats().waiting == 3; }));  // offered, recording, ended
}

TEST_CASE("when ivr dies the caller hears music, and the next ivr gets the checkpoint") {
  World world;
  world.ivr.Start();
  world.StartTelephony();
  world.Call();
  world.Answer();
  world.Play("short", "p1");
  world.ivr.Await([](const CallEvent& e) { return e.has_play_done(); });
  world.ivr.Stop();
  REQUIRE(HearsSomething(world.phone->media, 300));
  CHECK_FALSE(world.phone->ended());
  world.ivr.Start();
  const auto again = world.ivr.Await([](const CallEvent& e) { return e.has_arrived() && !e.arrived().checkpoint().empty(); });
  CHECK(again.arrived().checkpoint() == "checkpoint of p1");
  // The prompt is at hand although this ivr was never asked for it.
  world.Play("short", "p2");
  CHECK(Hears(world.phone->media, 900));
  world.phone->HangUp();
  world.ivr.Await([](const CallEvent& e) { return e.has_hung_up(); });
}

TEST_CASE("a recording goes on while ivr is away, and the next ivr hears of it and of its end") {
  World world;
  Begin(world);
  world.ivr.Do([](Action& a) {
    a.mutable_record()->set_max_seconds(60);
    a.mutable_record()->set_end_digits("#");
    a.mutable_record()->set_purpose("mailbox");
  }, "r1", "recording");
  Speak(world, 1);
  world.ivr.Stop();
  Speak(world, 1);
  world.ivr.Start();
  const auto again = world.ivr.Await([](const CallEvent& e) { return e.has_arrived() && e.arrived().checkpoint() == "recording"; });
  CHECK(again.arrived().playing_action_id() == "r1");
  world.phone->media.SendEvents("#");
  const auto recorded = world.ivr.Await([](const CallEvent& e) { return e.has_record_done(); }).record_done();
  CHECK(recorded.action_id() == "r1");
  CHECK(recorded.duration_ms() >= 1500);
}

TEST_CASE("with everything else down a call gets the announcement, and its message becomes a fact exactly once") {
  World world([](Config& config) { config.unserved_patience = absl::Milliseconds(300); });
  world.StartTelephony();
  world.phone->Call("12345");
  REQUIRE(WaitUntil([&] { return world.phone->answered(); }));
  REQUIRE(Hears(world.phone->media, 660));   // no recorded words in this installation: a tone
  REQUIRE(Hears(world.phone->media, 1000));  // the beep
  world.phone->media.SendTone(1300);
  world.phone->media.Forget();
  REQUIRE(WaitUntil([&] { return world.phone->media.HeardSamples() > 8000 * 5 / 2; }));
  world.phone->media.SendEvents("#");
  REQUIRE(WaitUntil([&] { return world.phone->ended(); }));  // thanked and hung up
  REQUIRE(WaitUntil([&] { return world.telephony->spool->stats().waiting == 3; }));
  REQUIRE(world.telephony->spool->Flush(absl::Seconds(30)));
  const std::string spool = world.telephony->config.spool_dir;
  const std::string copy = world.telephony->temporary.path + "/copy";
  std::filesystem::copy(spool, copy, std::filesystem::copy_options::recursive);

  world.telephony->ConnectDatabase(hotline::testing::PrivatePostgres::Shared().CreateDatabase("telephony", "services/telephony/migrations"));
  REQUIRE(WaitUntil([&] { return world.telephony->spool->stats().waiting == 0; }));
  // As after a crash between the commit and the removal of the files: everything is handed over once more.
  auto repeated = Spool::Open(copy).value();
  repeated->StartWorker([&](const std::vector<Fact>& facts) { return world.telephony->store->Apply(facts); });
  REQUIRE(WaitUntil([&] { return repeated->stats().applied == 3; }));
  CHECK(Rows(*world.telephony, "select count(*) as n from recordings where purpose = 'emergency' and duration_ms > 1000") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from outbox where type like '%MessageLeft'") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from calls where outcome = 'mailbox'") == 1);
}

TEST_CASE("ivr without a flow gives the built-in dialogue at once; a refusal is a refusal") {
  World world;
  world.ivr.Start();
  world.StartTelephony();
  SECTION("no flow") {
    world.ivr.Refuse(base::FailedPrecondition("NO_FLOW", "nothing is published"));
    world.phone->Call("12345");
    REQUIRE(WaitUntil([&] { return world.phone->answered(); }));
    CHECK(Hears(world.phone->media, 660));
  }
  SECTION("refused") {
    world.Call();
    world.ivr.Do([](Action& a) { a.mutable_hang_up()->set_sip_code(486); }, "no");
    REQUIRE(WaitUntil([&] { return world.phone->ended(); }));
    CHECK(world.phone->code() == 486);
    CHECK_FALSE(world.phone->answered());
  }
}

TEST_CASE("a call whose audio ceases without a BYE ends") {
  World world([](Config& config) { config.rtp_timeout = absl::Seconds(1); });
  world.ivr.Start();
  world.StartTelephony();
  world.Call();
  world.Answer();
  world.Play("welcome", "p1");
  REQUIRE(Hears(world.phone->media, 700));
  world.phone->media.Hush(true);
  CHECK(world.ivr.Await([](const CallEvent& e) { return e.has_hung_up(); }).hung_up().reason() == "rtp_timeout");
  CHECK(WaitUntil([&] { return world.phone->ended(); }));
}

TEST_CASE("an unknown agent cannot be rung, and music goes on") {
  World world;
  world.ivr.Start();
  world.StartTelephony();
  world.Call();
  world.Answer();
  world.ivr.Do([](Action& a) { a.mutable_music(); }, "m");
  REQUIRE(HearsSomething(world.phone->media, 300));
  world.ivr.Do([](Action& a) {
    a.mutable_connect()->set_agent_id("nobody");
    a.mutable_connect()->set_offer_id("o1");
    a.mutable_connect()->set_ring_seconds(20);
  }, "c");
  const auto done = world.ivr.Await([](const CallEvent& e) { return e.has_connect_done(); }).connect_done();
  CHECK(done.result() == ivr::v1::ConnectDone::RESULT_FAILED);
  CHECK(done.offer_id() == "o1");
  CHECK(HearsSomething(world.phone->media, 300));
}

TEST_CASE("ivr sends a call out through a trunk; busy is told; the other party's end ends the call") {
  constexpr uint16_t kDiscard = 9;
  testing::SipPhone other(kDiscard);
  World world([&](Config& config) {
    config.trunks[0].sip.target = Endpoint{"127.0.0.1", other.port(), Transport::kUdp};
    config.dial_prefixes = {"138"};
  });
  Begin(world);
  const auto transfer = [&](const std::string& number, const std::string& action) {
    world.ivr.Do([&](Action& a) {
      a.mutable_transfer()->set_number(number);
      a.mutable_transfer()->set_ring_seconds(30);
    }, action);
  };
  const auto done = [&](const std::string& action) {
    return world.ivr.Await([&](const CallEvent& e) { return e.has_transfer_done() && e.transfer_done().action_id() == action; }).transfer_done();
  };
  transfer("13900001111", "t1");
  CHECK(done("t1").sip_code() == 403);
  other.refuse = 486;
  transfer("13800002222", "t2");
  CHECK(done("t2").sip_code() == 486);
  other.refuse = 0;
  other.media.SendTone(1700);
  world.phone->media.SendTone(1300);
  transfer("13800002222", "t3");
  CHECK(Hears(world.phone->media, 1700));
  CHECK(Hears(other.media, 1300));
  other.HangUp();
  CHECK(WaitUntil([&] { return world.phone->ended(); }));
}

// The file of a recording whose writer was killed.
void WritePartial(const std::string& path, int seconds) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::string bytes(media::kAlawHeaderBytes, '\0');
  media::WriteAlawHeader(reinterpret_cast<uint8_t*>(bytes.data()), 1, 0);
  bytes.append(static_cast<size_t>(8000 * seconds), '\x31');
  std::ofstream(path + ".part", std::ios::binary) << bytes;
}

TEST_CASE("what a killed process left is finished by the next: the call's record and the message it was recording") {
  testing::TempDir dir;
  v1::Call call;
  call.set_call_id(base::NewId());
  call.set_direction("inbound");
  *call.mutable_start_time() = ToTimestamp(absl::Now());
  *call.mutable_answer_time() = call.start_time();
  auto& leg = *call.add_legs();
  leg.set_leg_id(base::NewId());
  leg.set_kind("trunk");
  *leg.mutable_start_time() = call.start_time();
  KeptRecording kept;
  kept.recording.set_recording_id(base::NewId());
  kept.recording.set_call_id(call.call_id());
  kept.recording.set_kind("message");
  kept.recording.set_purpose("complaint");
  *kept.recording.mutable_start_time() = call.start_time();
  kept.path = "20250615/" + kept.recording.recording_id() + ".wav";
  WritePartial(dir.path + "/recordings/" + kept.path, 3);
  {
    auto spool = Spool::Open(dir.path).value();
    spool->SaveOpenCall(call.call_id(), [&] { return nlohmann::json{{"call", ToJson(call)}, {"recordings", {RecordingFact(kept)}}}.dump(); });
    REQUIRE(spool->Flush(absl::Seconds(30)));
  }
  World world([&](Config& config) {
    config.spool_dir = dir.path;
    config.recordings_dir = dir.path + "/recordings";
  });
  world.StartTelephony();
  ConnectDatabase(world);
  REQUIRE(WaitUntil([&] { return world.telephony->spool->stats().applied == 2; }));
  const auto stored = world.telephony->store->GetCall(call.call_id());
  REQUIRE(stored.ok());
  CHECK(stored->end_reason() == "failed");
  CHECK(stored->outcome() == "mailbox");
  CHECK(stored->legs(0).end_reason() == "failed");
  CHECK(Rows(*world.telephony, "select count(*) as n from recordings where duration_ms = 3000 and size_bytes = 48044 and "
             "level_left between -10 and -9.8 and level_right = -100") == 1);
  CHECK(Rows(*world.telephony, "select count(*) as n from outbox where type like '%MessageLeft'") == 1);
  CHECK(world.telephony->spool->Flush(absl::Seconds(30)));
  CHECK(world.telephony->spool->OpenCalls().empty());
}

}  // namespace
}  // namespace hotline::telephony
