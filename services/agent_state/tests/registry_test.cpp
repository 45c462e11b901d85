// Agents together: reports of telephony, fencing, deadlines, and the invariants under random streams of commands.
#include "services/agent_state/domain/registry.h"

#include <catch2/catch.hpp>

#include <random>

#include "libs/base/error.h"
#include "services/agent_state/domain/limits.h"

namespace hotline::agent_state {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'750'000'000);

Profile Usual() {
  Profile profile;
  profile.skills = {{"general", 5}};
  profile.wrap_up = absl::Seconds(10);
  return profile;
}

LegReport::Entry Entry(std::string agent, LegPhase phase, bool line_up = true, std::string contact = "",
                       std::string reservation = "", std::string end_reason = "") {
  LegReport::Entry entry{agent, {}};
  entry.leg.phase = phase;
  entry.leg.line_up = line_up;
  entry.leg.contact_id = contact;
  entry.leg.reservation_id = reservation;
  entry.leg.end_reason = end_reason;
  return entry;
}

// Agents a0, a1, ... ready, with lines of tel-1 up.
void Populate(Registry& registry, int agents) {
  LegReport report{"tel-1@100", 1, true, {}};
  for (int i = 0; i < agents; ++i) {
    const std::string id = "a" + std::to_string(i);
    REQUIRE(registry.Apply(id, PutProfile{Usual()}, kNow).ok());
    REQUIRE(registry.Apply(id, SignIn{}, kNow).ok());
    report.legs.push_back(Entry(id, LegPhase::kIdle));
  }
  REQUIRE(registry.ApplyReport(report, kNow));
  for (int i = 0; i < agents; ++i) {
    REQUIRE(registry.Apply("a" + std::to_string(i), SetState{{State::kReady, {}}}, kNow).ok());
  }
  registry.TakeChanges();
}

TEST_CASE("reports are applied once, by instance, start and number") {
  Registry registry;
  Populate(registry, 2);
  LegReport report{"tel-1@100", 2, false, {Entry("a0", LegPhase::kTalking, true, "c1")}};
  CHECK(registry.ApplyReport(report, kNow));
  CHECK_FALSE(registry.ApplyReport(report, kNow));
  CHECK_FALSE(registry.ApplyReport({"tel-1@99", 50, false, {Entry("a1", LegPhase::kTalking, true, "c2")}}, kNow));
  CHECK(registry.Find("a1")->state == State::kReady);
  CHECK(registry.ApplyReport({"tel-1@101", 1, true, {Entry("a0", LegPhase::kIdle)}}, kNow));
  CHECK(registry.Find("a0")->state == State::kWrapUp);
  CHECK_FALSE(registry.Find("a1")->line_up);
}

TEST_CASE("a snapshot speaks for the lines of its own instance only") {
  Registry registry;
  Populate(registry, 2);
  REQUIRE(registry.ApplyReport({"tel-2@100", 1, true, {Entry("a1", LegPhase::kTalking, true, "c2")}}, kNow));
  REQUIRE(registry.ApplyReport({"tel-1@100", 2, true, {Entry("a0", LegPhase::kIdle)}}, kNow));
  CHECK(registry.Find("a1")->state == State::kTalking);
  CHECK(registry.Find("a1")->line_up);
  CHECK(registry.Find("a0")->state == State::kReady);
}

TEST_CASE("only the newest epoch of a queue group reserves") {
  Registry registry;
  Populate(registry, 3);
  const Reserve reserve{"c1", "r1", absl::Seconds(20), false};
  REQUIRE(registry.ApplyReserve("a0", reserve, {"city", 7}, kNow).ok());
  const auto stale = registry.ApplyReserve("a1", {"c2", "r2", absl::Seconds(20), false}, {"", 6}, kNow);
  CHECK(base::Reason(stale.status()) == "STALE_EPOCH");
  CHECK(registry.ApplyReserve("a1", {"c2", "r2", absl::Seconds(20), false}, {"county", 6}, kNow).ok());
  CHECK(registry.TakeEpochs() == std::map<std::string, int64_t>{{"city", 7}, {"county", 6}});
  CHECK(registry.ApplyReserve("a2", {"c3", "r3", absl::Seconds(20), true}, {}, kNow).ok());

  Registry restarted;
  restarted.Load({*registry.Find("a2")}, {{"city", 7}}, kNow);
  const auto still_stale = restarted.ApplyReserve("a2", {"c4", "r4", absl::Seconds(20), false}, {"city", 6}, kNow);
  CHECK(base::Reason(still_stale.status()) == "STALE_EPOCH");
}

TEST_CASE("deadlines happen in order and are told") {
  Registry registry;
  Populate(registry, 2);
  REQUIRE(registry.ApplyReserve("a0", {"c1", "r1", absl::Seconds(20), false}, {"city", 1}, kNow).ok());
  REQUIRE(registry.ApplyReserve("a1", {"c2", "r2", absl::Seconds(10), false}, {"city", 1}, kNow).ok());
  CHECK(registry.NextDeadline() == kNow + absl::Seconds(10));
  registry.TakeChanges();
  registry.ApplyTick(kNow + absl::Seconds(15));
  const auto changes = registry.TakeChanges();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].agent.id == "a1");
  CHECK(changes[0].previous == State::kReserved);
  CHECK(changes[0].previous_duration == absl::Seconds(15));
  CHECK(changes[0].state_changed);
  CHECK(registry.NextDeadline() == kNow + absl::Seconds(20));
  registry.ApplyTick(kNow + absl::Hours(1));
  CHECK(registry.NextDeadline() == absl::InfiniteFuture());
}

TEST_CASE("TEL-6: who forced a state and why goes with the change") {
  Registry registry;
  Populate(registry, 1);
  REQUIRE(registry.ApplyForce("a0", {State::kNotReady, "forced"}, "lead", "asleep at the desk", kNow).ok());
  const auto changes = registry.TakeChanges();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].forced_by == "lead");
  CHECK(changes[0].forced_reason == "asleep at the desk");
  CHECK(base::Reason(registry.ApplyForce("nobody", {State::kReady, {}}, "lead", "because", kNow).status()) == "AGENT_NOT_FOUND");
}

void CheckAgent(const Agent& agent, absl::Time now) {
  INFO(agent.id << " " << StateName(agent.state));
  if (agent.InCall() || agent.state == State::kWrapUp) {
    CHECK_FALSE(agent.contact_id.empty());
  } else {
    CHECK(agent.contact_id.empty());
    CHECK(agent.reservation_id.empty());
    CHECK_FALSE(agent.next.has_value());
  }
  CHECK((agent.reservation_deadline < absl::InfiniteFuture()) == (agent.state == State::kReserved));
  CHECK((agent.wrap_up_end < absl::InfiniteFuture()) == (agent.state == State::kWrapUp));
  CHECK((agent.line_deadline < absl::InfiniteFuture()) == (agent.state == State::kReady && !agent.line_up));
  CHECK(agent.NextDeadline() > now);
  CHECK((agent.state == State::kNotReady) == !agent.reason.empty());
}

// What the random telephony believes of one agent.
struct Phone {
  bool line_up = true;
  std::string contact, reservation;
};

// A registry under random commands, with a telephony that knows who talks.
struct Storm {
  static constexpr int kAgents = 6;
  std::mt19937 random;
  Registry registry;
  std::map<std::string, Phone> phones;
  absl::Time now = kNow;
  int64_t number = 1;
  int next_id = 0;

  explicit Storm(unsigned seed) : random(seed) { Populate(registry, kAgents); }
  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); }
  void Tell(LegReport::Entry entry) { registry.ApplyReport({"tel-1@100", ++number, false, {std::move(entry)}}, now); }

  void ReserveSomehow(const std::string& id, const Agent& before) {
    const std::string n = std::to_string(++next_id);
    const bool ok = registry.ApplyReserve(id, {"c" + n, "r" + n, absl::Seconds(20), Pick(4) == 0}, {"city", 1}, now).ok();
    if (ok) CHECK_FALSE(before.InCall());
  }
  void CallSomehow(const std::string& id, Phone& phone, const Agent& before) {
    if (phone.contact.empty() && before.state == State::kReserved && phone.line_up) {
      phone.contact = before.contact_id;
      phone.reservation = before.reservation_id;
      Tell(Entry(id, LegPhase::kTalking, true, phone.contact, phone.reservation));
    } else if (!phone.contact.empty()) {
      Tell(Entry(id, LegPhase::kEnded, phone.line_up, phone.contact, phone.reservation, "hangup"));
      phone.contact.clear();
    }
  }
  // Killed and started again: the store's agents, then telephony's snapshot.
  void Restart() {
    std::vector<Agent> stored;
    for (const auto& [_, agent] : registry.agents()) stored.push_back(agent);
    registry.Load(stored, {{"city", 1}}, now);
    LegReport snapshot{"tel-1@100", ++number, true, {}};
    for (const auto& [id, p] : phones) {
      snapshot.legs.push_back(
          Entry(id, p.contact.empty() ? LegPhase::kIdle : LegPhase::kTalking, p.line_up, p.contact, p.reservation));
    }
    registry.ApplyReport(snapshot, now);
  }
  void Step() {
    const std::string id = "a" + std::to_string(Pick(kAgents));
    Phone& phone = phones[id];
    const Agent before = *registry.Find(id);
    switch (Pick(12)) {
      case 0: (void)registry.Apply(id, SignIn{}, now); break;
      case 1: if (Pick(4) == 0) (void)registry.Apply(id, SignOut{}, now); break;
      case 2:
      case 3: (void)registry.Apply(id, SetState{{State::kReady, {}}}, now); break;
      case 4: (void)registry.Apply(id, SetState{{State::kNotReady, "break"}}, now); break;
      case 5: (void)registry.ApplyForce(id, {Pick(2) ? State::kSignedOut : State::kReady, {}}, "lead", "why", now); break;
      case 6:
      case 7: ReserveSomehow(id, before); break;
      case 8: (void)registry.Apply(id, Release{before.reservation_id, static_cast<Outcome>(Pick(3))}, now); break;
      case 9: CallSomehow(id, phone, before); break;
      case 10:
        phone.line_up = !phone.line_up;
        Tell(Entry(id, LegPhase::kUnknown, phone.line_up));
        break;
      case 11: if (Pick(10) == 0) Restart(); break;
    }
    now += absl::Seconds(Pick(8));
    registry.ApplyTick(now);
  }
  void Check() {
    int total = 0;
    for (const auto& [state, count] : registry.counts()) total += count;
    REQUIRE(total == kAgents);
    for (const auto& [id, agent] : registry.agents()) {
      CheckAgent(agent, now);
      const bool talks = !phones[id].contact.empty();
      INFO(id);
      REQUIRE((agent.state == State::kTalking) == talks);
      if (talks) REQUIRE(agent.contact_id == phones[id].contact);
    }
  }
};

TEST_CASE("invariants hold under random commands, and telephony's word on who talks is always right") {
  for (unsigned round = 0; round < 20; ++round) {
    Storm storm(20260101 + round);
    for (int step = 0; step < 1000; ++step) {
      storm.Step();
      storm.Check();
    }
    for (const Change& change : storm.registry.TakeChanges()) REQUIRE(change.previous_duration >= absl::ZeroDuration());
  }
}

}  // namespace
}  // namespace hotline::agent_state
