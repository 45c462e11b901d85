// acd, agent_state and PostgreSQL die and come back; nobody loses a place or a call (ACD-4, TEL-1).
#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "libs/testing/wait.h"
#include "tests/integration/call_centre.h"

namespace hotline::integration {
namespace {

using testing::WaitUntil;

aq::Enter Since(absl::Duration ago) {
  aq::Enter enter;
  enter.mutable_first_enqueue_time()->set_seconds(absl::ToUnixSeconds(absl::Now() - ago));
  return enter;
}

TEST_CASE("acd restarts while callers wait: they enter again and have their old places") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  auto first = centre.Enter("c1", "general", Since(absl::Seconds(40)));
  auto second = centre.Enter("c2", "general", Since(absl::Seconds(20)));
  REQUIRE(WaitUntil([&] { return second->position().has_value(); }));
  centre.acd.reset();
  CHECK_FALSE(first->Wait().ok());
  CHECK_FALSE(second->Wait().ok());
  centre.acd = std::make_unique<Acd>(centre.network, centre.acd_database);
  centre.WaitActive();
  // In the wrong order, as it happens; ivr remembers the times.
  second = centre.Enter("c2", "general", Since(absl::Seconds(20)));
  REQUIRE(WaitUntil([&] { return second->position().has_value(); }));
  first = centre.Enter("c1", "general", Since(absl::Seconds(40)));
  REQUIRE(WaitUntil([&] { return first->position().has_value(); }));
  centre.MakeReady("a1");
  CHECK(first->NextOffer().agent_id() == "a1");
  centre.MakeReady("a2");
  CHECK(second->NextOffer().agent_id() == "a2");
}

TEST_CASE("agent_state restarts: telephony's snapshot says who still talks and who is ready") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("talking", "general", 60);
  centre.MakeReady("hung_up", "general", 60);
  centre.MakeReady("ready");
  REQUIRE(centre.telephony.Report("talking", as::LegState::PHASE_TALKING, "c1"));
  REQUIRE(centre.telephony.Report("hung_up", as::LegState::PHASE_TALKING, "c2"));
  for (const char* agent : {"talking", "hung_up"}) {
    REQUIRE(WaitUntil([&] { return centre.StoredState(agent) == "TALKING"; }));
  }
  REQUIRE(WaitUntil([&] { return centre.StoredState("ready") == "READY"; }));
  centre.agent_state.reset();
  centre.telephony.Break();
  centre.telephony.Forget("hung_up");  // its call ended while nobody listened
  centre.agent_state = std::make_unique<AgentState>(centre.network, centre.agent_database);
  REQUIRE(WaitUntil([&] { return centre.agent_state->hub.active(); }));
  REQUIRE(WaitUntil([&] { return centre.Get("talking").state() == as::AGENT_STATE_TALKING; }));
  CHECK(centre.Get("ready").state() == as::AGENT_STATE_READY);
  CHECK_FALSE(centre.Get("ready").line_up());
  REQUIRE(centre.telephony.Connect());
  CHECK(centre.Get("talking").state() == as::AGENT_STATE_TALKING);
  CHECK(centre.Get("talking").contact_id() == "c1");
  CHECK(centre.Get("hung_up").state() == as::AGENT_STATE_WRAP_UP);
  CHECK(centre.Get("ready").state() == as::AGENT_STATE_READY);
  CHECK(centre.Get("ready").line_up());
  auto contact = centre.Enter("c3");  // acd follows the new agent_state by itself
  CHECK(contact->NextOffer().agent_id() == "ready");
}

TEST_CASE("a former active acd is refused, and a standby says that it is not active") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  centre.MakeReady("a1");
  centre.MakeReady("a2");
  centre.acd.reset();
  // acd-1 is gone without a word; its lease is short so that the test need not wait for the usual one.
  REQUIRE(acd::PostgresStore(centre.acd_database).AcquireLease("city", "acd-1", absl::Seconds(2)).ok());
  centre.acd = std::make_unique<Acd>(centre.network, centre.acd_database, "acd-2", absl::Seconds(2));
  bool refused = false;
  std::unique_ptr<Contact> contact;
  REQUIRE(WaitUntil([&] {
    contact = centre.Enter("c1");
    if (!WaitUntil([&] { return contact->ended() || contact->offers() > 0; })) return false;
    refused = refused || (contact->ended() && base::Reason(contact->Wait()) == "NOT_ACTIVE");
    return contact->offers() > 0;
  }));
  CHECK(refused);
  CHECK(contact->NextOffer().agent_id() == "a1");
  const auto stale = centre.Reserve("acd", ReserveOf("a2", "c2", "r2", 1));
  CHECK(base::Reason(stale.status()) == "STALE_EPOCH");
}

TEST_CASE("losing the lease ends the streams, so that ivr enters elsewhere") {
  CallCentre centre;
  centre.AddQueue("general", "general");
  auto contact = centre.Enter("c1");
  REQUIRE(WaitUntil([&] { return contact->position().has_value(); }));
  const auto taken = centre.acd_database.Read("update leases set holder = 'acd-9', epoch = epoch + 1 where name = 'group:city' returning epoch");
  REQUIRE(taken.ok());
  CHECK(base::Reason(contact->Wait()) == "NOT_ACTIVE");
}

TEST_CASE("while PostgreSQL is away calls go on, and what changed is stored afterwards") {
  testing::PrivatePostgres postgres;
  CallCentre centre(postgres);
  centre.AddQueue("general", "general");
  centre.MakeReady("a1");
  REQUIRE(WaitUntil([&] { return centre.StoredState("a1") == "READY"; }));
  postgres.Kill9();
  auto contact = centre.Enter("c1");
  centre.Answer(*contact, "c1", contact->NextOffer());
  CHECK(centre.Get("a1").state() == as::AGENT_STATE_TALKING);
  postgres.Restart();
  REQUIRE(WaitUntil([&] { return centre.StoredState("a1") == "TALKING"; }));
  // Signed in, ready, reserved, talking: each once, though batches were tried again.
  absl::StatusOr<postgres::Result> events = absl::UnavailableError("not read yet");
  REQUIRE(WaitUntil([&] { return (events = centre.agent_database.Read("select type from outbox")).ok(); }));
  CHECK(events->size() == 4);
}

}  // namespace
}  // namespace hotline::integration
