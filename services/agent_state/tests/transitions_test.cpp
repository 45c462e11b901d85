// The table of transitions.h, case by case (TEL-1, TEL-6, ACD-4).
#include "services/agent_state/domain/transitions.h"

#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "services/agent_state/domain/limits.h"

namespace hotline::agent_state {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'750'000'000);
constexpr absl::Duration kRing = absl::Seconds(20);

Profile Usual(absl::Duration wrap_up = absl::Seconds(30)) {
  Profile profile;
  profile.skills = {{"general", 5}};
  profile.wrap_up = wrap_up;
  return profile;
}

Agent Do(const Agent& agent, const Command& command, absl::Time now = kNow) {
  const absl::StatusOr<Agent> after = Decide(agent, command, now);
  INFO(after.status());
  REQUIRE(after.ok());
  return *after;
}

std::string Refusal(const Agent& agent, const Command& command) {
  const absl::StatusOr<Agent> after = Decide(agent, command, kNow);
  return after.ok() ? "" : base::Reason(after.status());
}

Reserve In(std::string contact = "c1", std::string reservation = "r1") { return {contact, reservation, kRing, false}; }
Reserve Out(std::string contact = "c1", std::string reservation = "r1") { return {contact, reservation, kRing, true}; }
Leg LegOf(LegPhase phase, std::string contact = "c1", std::string reservation = "r1", std::string end_reason = "") {
  Leg leg;
  leg.phase = phase;
  leg.line_up = true;
  leg.contact_id = contact;
  leg.reservation_id = reservation;
  leg.end_reason = end_reason;
  leg.owner = "tel-1";
  return leg;
}
Leg Ended(std::string end_reason) { return LegOf(LegPhase::kEnded, "c1", "r1", end_reason); }
Leg Line(bool up, bool snapshot = false) {
  Leg leg;
  leg.phase = LegPhase::kIdle;
  leg.line_up = up;
  leg.snapshot = snapshot;
  leg.owner = "tel-1";
  return leg;
}
SetState Ready() { return {{State::kReady, {}}}; }
SetState Break() { return {{State::kNotReady, "break"}}; }

// An agent in each state, reached by commands.
Agent In(State state) {
  Agent agent;
  agent.id = "a1";
  agent = Do(agent, PutProfile{Usual()});
  agent = Do(agent, Line(true));
  if (state == State::kSignedOut) return agent;
  agent = Do(agent, SignIn{});
  if (state == State::kNotReady) return agent;
  agent = Do(agent, Ready());
  if (state == State::kReady) return agent;
  agent = Do(agent, In());
  if (state == State::kReserved) return agent;
  agent = Do(agent, LegOf(LegPhase::kTalking));
  if (state == State::kTalking) return agent;
  return Do(agent, Ended("caller_hangup"));
}

struct Case {
  State from;
  const char* what;
  Command command;
  State to;              // the same state when refused
  const char* refusal = "";
  const char* reason = "";
};

const Force kForceOut{{State::kSignedOut, {}}};

void CheckCases(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const Agent before = In(c.from);
    REQUIRE(before.state == c.from);
    INFO(StateName(c.from) << ", " << c.what);
    CHECK(Refusal(before, c.command) == c.refusal);
    if (std::string_view(c.refusal).empty()) {
      const Agent after = Do(before, c.command);
      CHECK(StateName(after.state) == StateName(c.to));
      CHECK(after.reason == c.reason);
      CHECK(after.version >= before.version);
      CHECK((after == before) == (after.version == before.version));
    } else {
      CHECK(c.to == c.from);
    }
  }
}

TEST_CASE("TEL-1 TEL-6: the table of states and commands outside calls") {
  CheckCases({
      {State::kSignedOut, "sign in", SignIn{}, State::kNotReady, "", "signed_in"},
      {State::kSignedOut, "sign out", SignOut{}, State::kSignedOut},
      {State::kSignedOut, "set ready", Ready(), State::kSignedOut, "AGENT_SIGNED_OUT"},
      {State::kSignedOut, "force not ready", Force{{State::kNotReady, "forced"}}, State::kSignedOut, "AGENT_SIGNED_OUT"},
      {State::kSignedOut, "force out", kForceOut, State::kSignedOut},
      {State::kSignedOut, "reserve", In(), State::kSignedOut, "AGENT_NOT_READY"},
      {State::kSignedOut, "dial", Out(), State::kSignedOut, "AGENT_NOT_READY"},
      {State::kSignedOut, "ringing", LegOf(LegPhase::kRinging), State::kSignedOut},
      {State::kSignedOut, "talking", LegOf(LegPhase::kTalking), State::kTalking},
      {State::kSignedOut, "ended", Ended("hangup"), State::kSignedOut},
      {State::kNotReady, "sign in again", SignIn{}, State::kNotReady, "", "signed_in"},
      {State::kNotReady, "sign out", SignOut{}, State::kSignedOut},
      {State::kNotReady, "set ready", Ready(), State::kReady},
      {State::kNotReady, "break", Break(), State::kNotReady, "", "break"},
      {State::kNotReady, "force ready", Force{{State::kReady, {}}}, State::kReady},
      {State::kNotReady, "force out", kForceOut, State::kSignedOut},
      {State::kNotReady, "reserve", In(), State::kNotReady, "AGENT_NOT_READY", "signed_in"},
      {State::kNotReady, "dial", Out(), State::kReserved},
      {State::kNotReady, "ringing", LegOf(LegPhase::kRinging), State::kReserved},
      {State::kNotReady, "talking", LegOf(LegPhase::kTalking), State::kTalking},
      {State::kNotReady, "line down", Line(false), State::kNotReady, "", "signed_in"},
      {State::kReady, "sign out", SignOut{}, State::kSignedOut},
      {State::kReady, "break", Break(), State::kNotReady, "", "break"},
      {State::kReady, "force not ready", Force{{State::kNotReady, "forced"}}, State::kNotReady, "", "forced"},
      {State::kReady, "reserve", In(), State::kReserved},
      {State::kReady, "dial", Out(), State::kReserved},
      {State::kReady, "ringing", LegOf(LegPhase::kRinging), State::kReserved},
      {State::kReady, "talking", LegOf(LegPhase::kTalking), State::kTalking},
      {State::kReady, "ended", Ended("no_answer"), State::kReady},
      {State::kReady, "line down", Line(false), State::kReady},
      {State::kReady, "tick", Tick{}, State::kReady},
  });
}

TEST_CASE("TEL-1 TEL-6 ACD-4: the table of states and commands around calls") {
  CheckCases({
      {State::kReserved, "sign out", SignOut{}, State::kReserved, "AGENT_IN_CALL"},
      {State::kReserved, "break", Break(), State::kReserved},
      {State::kReserved, "force out", kForceOut, State::kReserved},
      {State::kReserved, "the same again", In(), State::kReserved},
      {State::kReserved, "the same for another", In("c2", "r1"), State::kReserved, "RESERVATION_REUSED"},
      {State::kReserved, "another", In("c2", "r2"), State::kReserved, "AGENT_NOT_READY"},
      {State::kReserved, "dial", Out("c2", "r2"), State::kReserved, "AGENT_NOT_READY"},
      {State::kReserved, "ringing", LegOf(LegPhase::kRinging), State::kReserved},
      {State::kReserved, "ringing for another", LegOf(LegPhase::kRinging, "c2", "r2"), State::kReserved},
      {State::kReserved, "talking", LegOf(LegPhase::kTalking), State::kTalking},
      {State::kReserved, "no answer", Ended("no_answer"), State::kNotReady, "", "no_answer"},
      {State::kReserved, "rejected", Ended("rejected"), State::kNotReady, "", "no_answer"},
      {State::kReserved, "failed", Ended("failed"), State::kNotReady, "", "line_lost"},
      {State::kReserved, "caller gone", Ended("caller_hangup"), State::kReady},
      {State::kReserved, "another's end", LegOf(LegPhase::kEnded, "c2", "r2", "no_answer"), State::kReserved},
      {State::kReserved, "cancelled", Release{"r1", Outcome::kCancelled}, State::kReady},
      {State::kReserved, "released unanswered", Release{"r1", Outcome::kNoAnswer}, State::kNotReady, "", "no_answer"},
      {State::kReserved, "released as failed", Release{"r1", Outcome::kFailed}, State::kNotReady, "", "line_lost"},
      {State::kReserved, "another's release", Release{"r2", Outcome::kCancelled}, State::kReserved},
      {State::kReserved, "snapshot before the ring", Line(true, true), State::kReserved},
      {State::kTalking, "sign out", SignOut{}, State::kTalking, "AGENT_IN_CALL"},
      {State::kTalking, "ready", Ready(), State::kTalking},
      {State::kTalking, "the same again", In(), State::kTalking},
      {State::kTalking, "another", In("c2", "r2"), State::kTalking, "AGENT_NOT_READY"},
      {State::kTalking, "release", Release{"r1", Outcome::kCancelled}, State::kTalking},
      {State::kTalking, "ringing for another", LegOf(LegPhase::kRinging, "c2", "r2"), State::kTalking},
      {State::kTalking, "talking to another", LegOf(LegPhase::kTalking, "c2", "r2"), State::kTalking},
      {State::kTalking, "hang up", Ended("hangup"), State::kWrapUp},
      {State::kTalking, "another's end", LegOf(LegPhase::kEnded, "c2", "r2", "hangup"), State::kTalking},
      {State::kTalking, "idle in a snapshot", Line(true, true), State::kWrapUp},
      {State::kWrapUp, "sign out", SignOut{}, State::kSignedOut},
      {State::kWrapUp, "ready at once", Ready(), State::kReady},
      {State::kWrapUp, "break", Break(), State::kNotReady, "", "break"},
      {State::kWrapUp, "reserve", In("c2", "r2"), State::kWrapUp, "AGENT_NOT_READY"},
      {State::kWrapUp, "dial", Out("c2", "r2"), State::kWrapUp, "AGENT_NOT_READY"},
      {State::kWrapUp, "ringing", LegOf(LegPhase::kRinging, "c2", "r2"), State::kReserved},
      {State::kWrapUp, "talking", LegOf(LegPhase::kTalking, "c2", "r2"), State::kTalking},
      {State::kWrapUp, "tick too early", Tick{}, State::kWrapUp},
  });
}

TEST_CASE("TEL-1: what is chosen during a call follows it, after the wrap-up") {
  Agent agent = Do(In(State::kTalking), Break());
  CHECK(agent.next == Target{State::kNotReady, "break"});
  agent = Do(agent, Ended("hangup"));
  CHECK(agent.state == State::kWrapUp);
  CHECK(agent.contact_id == "c1");
  agent = Do(agent, Tick{}, kNow + absl::Seconds(30));
  CHECK(agent.state == State::kNotReady);
  CHECK(agent.reason == "break");
  CHECK(agent.contact_id.empty());
  CHECK_FALSE(agent.next);
}

TEST_CASE("TEL-1: after the wrap-up an agent is idle from then on") {
  Agent agent = In(State::kWrapUp);
  const absl::Time end = kNow + absl::Seconds(30);
  agent = Do(agent, Tick{}, end);
  CHECK(agent.state == State::kReady);
  CHECK(agent.idle_since == end);
}

TEST_CASE("TEL-1: without a wrap-up time the next state comes at once") {
  Agent agent = Do(In(State::kTalking), PutProfile{Usual(absl::ZeroDuration())});
  CHECK(Do(agent, Ended("hangup")).state == State::kReady);
}

TEST_CASE("TEL-6: a forced sign-out during a call takes effect at its end, without wrap-up") {
  Agent agent = Do(In(State::kTalking), Force{{State::kSignedOut, {}}});
  CHECK(agent.state == State::kTalking);
  CHECK(Do(agent, Ended("hangup")).state == State::kSignedOut);
}

TEST_CASE("ACD-4: a contact that went away does not cost the agent the place among the idle") {
  const Agent ready = In(State::kReady);
  Agent agent = Do(ready, In("c2", "r2"), kNow + absl::Seconds(50));
  agent = Do(agent, Release{"r2", Outcome::kCancelled}, kNow + absl::Seconds(52));
  CHECK(agent.state == State::kReady);
  CHECK(agent.idle_since == ready.idle_since);
}

TEST_CASE("a reservation ends by itself when no leg is reported, and cannot be revived") {
  Agent agent = In(State::kReserved);
  agent = Do(agent, Tick{}, kNow + kRing - absl::Seconds(1));
  CHECK(agent.state == State::kReserved);
  agent = Do(agent, Tick{}, kNow + kRing);
  CHECK(agent.state == State::kReady);
  CHECK(Refusal(agent, In()) == "RESERVATION_ENDED");
  CHECK(Refusal(agent, In("c1", "r2")) == "");
}

TEST_CASE("a release that overtakes its reservation wins") {
  const Agent agent = Do(In(State::kReady), Release{"r9", Outcome::kCancelled});
  CHECK(agent.state == State::kReady);
  CHECK(Refusal(agent, In("c1", "r9")) == "RESERVATION_ENDED");
}

TEST_CASE("an agent who is rung is not taken away by the reservation's time") {
  Agent agent = Do(In(State::kReserved), LegOf(LegPhase::kRinging));
  agent = Do(agent, Tick{}, kNow + kRing + absl::Seconds(5));
  CHECK(agent.state == State::kReserved);
  agent = Do(agent, Tick{}, kNow + kMaxRing);
  CHECK(agent.state == State::kReady);
}

TEST_CASE("TEL-1: an outbound call leads back to where it found the agent") {
  const Agent on_break = Do(In(State::kNotReady), Break());
  Agent agent = Do(on_break, Out());
  CHECK(Do(agent, Ended("no_answer")).reason == "break");
  CHECK(Do(agent, Release{"r1", Outcome::kFailed}).reason == "break");
  agent = Do(Do(agent, LegOf(LegPhase::kTalking)), Ended("hangup"));
  CHECK(agent.state == State::kWrapUp);
  agent = Do(agent, Tick{}, kNow + absl::Minutes(1));
  CHECK(agent.state == State::kNotReady);
  CHECK(agent.reason == "break");
  CHECK(Do(Do(In(State::kReady), Out()), Ended("no_answer")).state == State::kReady);
}

TEST_CASE("TEL-5: a page reload keeps a ready agent ready, a lost line does not") {
  Agent agent = Do(In(State::kReady), Line(false));
  CHECK(Refusal(agent, In()) == "AGENT_NOT_READY");
  CHECK(Do(agent, Tick{}, kNow + kLineGrace - absl::Milliseconds(1)).state == State::kReady);
  const Agent back = Do(agent, Line(true), kNow + absl::Seconds(4));
  CHECK(Do(back, Tick{}, kNow + absl::Minutes(1)).state == State::kReady);
  agent = Do(agent, Tick{}, kNow + kLineGrace);
  CHECK(agent.state == State::kNotReady);
  CHECK(agent.reason == "line_lost");
}

TEST_CASE("TEL-5: who becomes ready without a line has the same grace") {
  Agent agent = Do(Do(In(State::kNotReady), Line(false)), Ready());
  CHECK(agent.state == State::kReady);
  CHECK(Do(agent, Tick{}, kNow + kLineGrace).reason == "line_lost");
}

TEST_CASE("after a restart telephony confirms what only it can know") {
  SECTION("ready stays ready when the line is up") {
    Agent agent = Do(In(State::kReady), Recover{});
    CHECK_FALSE(agent.line_up);
    CHECK(Do(agent, Tick{}, kNow + kSnapshotGrace - absl::Seconds(1)).state == State::kReady);
    CHECK(Do(agent, Tick{}, kNow + kSnapshotGrace).reason == "line_lost");
    agent = Do(agent, Line(true, true), kNow + absl::Seconds(2));
    CHECK(Do(agent, Tick{}, kNow + absl::Hours(1)).state == State::kReady);
  }
  SECTION("ready without a line in the snapshot has the usual grace from then on") {
    Agent agent = Do(Do(In(State::kReady), Recover{}), Line(false, true), kNow + absl::Seconds(2));
    CHECK(Do(agent, Tick{}, kNow + absl::Seconds(7)).reason == "line_lost");
  }
  SECTION("talking is confirmed, or over") {
    const Agent agent = Do(In(State::kTalking), Recover{});
    Leg talking = LegOf(LegPhase::kTalking);
    talking.snapshot = true;
    const Agent confirmed = Do(agent, talking);
    CHECK(confirmed.state == State::kTalking);
    CHECK(Do(confirmed, Tick{}, kNow + absl::Hours(1)).state == State::kTalking);
    CHECK(Do(agent, Line(true, true)).state == State::kWrapUp);
    CHECK(Do(agent, Tick{}, kNow + kTalkConfirmGrace).state == State::kWrapUp);
  }
  SECTION("reserved ends unless it rings or talks") {
    const Agent agent = Do(In(State::kReserved), Recover{});
    CHECK(Do(agent, Line(true, true)).state == State::kReady);
    Leg ringing = LegOf(LegPhase::kRinging);
    ringing.snapshot = true;
    CHECK(Do(agent, ringing).state == State::kReserved);
    CHECK(Do(agent, Tick{}, kNow + kSnapshotGrace).state == State::kReady);
  }
}

TEST_CASE("an agent without a profile can sign in and dial but gets no calls") {
  Agent agent;
  agent.id = "a2";
  agent = Do(Do(Do(agent, SignIn{}), Ready()), Line(true));
  CHECK(Refusal(agent, In()) == "AGENT_NOT_READY");
  CHECK(Refusal(agent, Out()) == "");
}

TEST_CASE("TEL-1: a call of a signed-out agent is shown, and ends in signed out") {
  Agent agent = Do(In(State::kSignedOut), LegOf(LegPhase::kTalking));
  CHECK(agent.state == State::kTalking);
  CHECK(Do(agent, Ended("hangup")).state == State::kSignedOut);
}

TEST_CASE("names of states go both ways") {
  for (const State state : {State::kSignedOut, State::kNotReady, State::kReady, State::kReserved, State::kTalking, State::kWrapUp}) {
    CHECK(StateFromName(StateName(state)) == state);
  }
  CHECK_FALSE(StateFromName("ASLEEP"));
}

}  // namespace
}  // namespace hotline::agent_state
