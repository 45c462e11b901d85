#include <fstream>
#include <set>

#include "services/sla_timer/tests/fixture.h"

#include "libs/base/error.h"

namespace hotline::sla_timer {
namespace {

using enum Trigger;

TEST_CASE("SLA-1 to SLA-6, STD-9: the presets' limits") {
  struct Case {
    const char* id;
    const char* preset;
    const char* step;
    Classification ticket;
    const char* start;
    const char* due;  // "" means no clock
  };
  const Classification help{type::kHelp, 0, 1, "road.light"}, urgent{type::kHelp, urgency::kUrgent, 1, ""};
  const Classification consultation{type::kConsultation, 1, 1, ""}, suggestion{type::kSuggestion, 1, 1, ""};
  const Classification complaint{type::kComplaint, 1, 1, ""}, report{type::kReport, 1, 1, ""}, praise{type::kPraise, 1, 1, ""};
  const Case cases[] = {
      {"SLA-1 dispatch", "standard", "dispatch", help, "2026-03-02 09:00", "2026-03-02 17:30"},
      {"SLA-1 dispatch at noon", "standard", "dispatch", help, "2026-03-02 12:30", "2026-03-02 17:30"},
      {"SLA-1 taken at night", "standard", "dispatch", help, "2026-03-02 21:00", "2026-03-03 10:00"},
      {"SLA-1 taken on a holiday", "standard", "dispatch", help, "2026-02-18 11:00", "2026-02-24 10:00"},
      {"SLA-1 taken on a make-up Saturday", "standard", "dispatch", help, "2026-02-14 11:00", "2026-02-14 17:30"},
      {"SLA-1 complaints at once", "standard", "dispatch", complaint, "2026-03-02 23:00", "2026-03-02 23:30"},
      {"SLA-1 enforcement at once", "standard", "dispatch", {type::kHelp, 1, 1, "enforcement.traffic"}, "2026-03-02 23:00", "2026-03-02 23:30"},
      {"SLA-1 sign", "standard", "sign", help, "2026-03-02 09:00", "2026-03-02 11:00"},
      {"SLA-1 sign over night", "standard", "sign", help, "2026-03-02 16:30", "2026-03-03 09:30"},
      {"SLA-1 return", "standard", "return", help, "2026-03-02 08:30", "2026-03-05 10:00"},
      {"SLA-1 consultation", "standard", "reply", consultation, "2026-03-02 09:00", "2026-03-03 17:30"},
      {"SLA-1 help", "standard", "reply", help, "2026-03-02 09:00", "2026-03-05 17:30"},
      {"SLA-1 suggestion over National Day", "standard", "reply", suggestion, "2025-09-30 09:00", "2025-10-11 17:30"},
      {"SLA-1 complaint", "standard", "reply", complaint, "2026-03-02 09:00", "2026-03-23 17:30"},
      {"SLA-1 report over Spring Festival", "standard", "reply", report, "2026-02-13 09:00", "2026-03-12 17:30"},
      {"SLA-1 praise", "standard", "reply", praise, "2026-03-02 09:00", ""},
      {"SLA-2 sign daily", "classic", "sign", help, "2026-03-02 09:00", "2026-03-03 17:30"},
      {"SLA-2 return", "classic", "return", help, "2026-03-02 09:00", "2026-03-04 17:30"},
      {"SLA-2 consultation", "classic", "reply", consultation, "2026-03-02 09:00", "2026-03-09 17:30"},
      {"SLA-2 complaint", "classic", "reply", complaint, "2026-03-02 09:00", "2026-03-11 17:30"},
      {"SLA-2 investigation", "classic", "reply", {type::kHelp, 1, 1, "investigation"}, "2026-03-02 09:00", "2026-03-16 17:30"},
      {"STD-9 dispatch, first level", "swift", "dispatch", {type::kHelp, urgency::kCritical, 1, ""}, "2026-02-17 01:00", "2026-02-17 02:00"},
      {"STD-9 dispatch, second level", "swift", "dispatch", {type::kHelp, 1, 1, "gas.smell"}, "2026-02-17 01:00", "2026-02-17 03:00"},
      {"STD-9 dispatch, third level", "swift", "dispatch", help, "2026-02-17 01:00", "2026-02-18 01:00"},
      {"TKT-19 answered later", "standard", "answer", consultation, "2026-03-02 09:00", "2026-03-03 17:30"},
      {"SLA-3 contact", "county", "contact", help, "2026-03-01 23:50", "2026-03-02 00:20"},
      {"SLA-3 ordinary", "county", "reply", help, "2026-03-02 09:00", "2026-03-09 17:30"},
      {"SLA-3 urgent", "county", "reply", urgent, "2026-03-02 09:00", "2026-03-05 17:30"},
      {"SLA-4 danger", "swift", "reply", {type::kHelp, urgency::kCritical, 1, ""}, "2026-02-17 01:00", "2026-02-17 03:00"},
      {"SLA-4 water", "swift", "reply", {type::kHelp, 1, 1, "water.leak"}, "2026-02-17 01:00", "2026-02-18 01:00"},
      {"SLA-4 heat", "swift", "reply", {type::kHelp, 1, 1, "heating.cold"}, "2026-02-17 01:00", "2026-02-18 01:00"},
      {"SLA-4 not a waterway", "swift", "reply", {type::kHelp, 1, 1, "waterway"}, "2026-02-17 01:00", "2026-02-24 01:00"},
      {"SLA-4 ordinary", "swift", "reply", help, "2026-02-17 01:00", "2026-02-24 01:00"},
      {"SLA-4 complex", "swift", "reply", {type::kHelp, 1, 1, "complex.estate"}, "2026-02-17 01:00", "2026-03-04 01:00"},
      {"SLA-5 reply", "office", "reply", help, "2026-03-02 09:00", "2026-03-04 17:30"},
      {"SLA-6 first review", "appeal", "first_review", help, "2026-03-07 09:00", "2026-03-08 09:00"},
      {"SLA-6 investigation", "appeal", "reply", help, "2026-03-02 09:00", "2026-03-05 17:30"},
      {"SLA-6 solved", "appeal", "solve", help, "2026-03-02 09:00", "2026-03-09 09:00"},
  };
  for (const Case& c : cases) {
    INFO(c.id);
    TicketCase ticket(Preset(c.preset), c.ticket);
    const Step* step = FindStep(ticket.policy_, c.step);
    REQUIRE(step != nullptr);
    ticket.Tell(step->start.front(), c.start);
    CHECK((ticket.Has(c.step) ? Text(ticket.The(c.step).due_time) : "") == c.due);
  }
}

TEST_CASE("SLA-1 to SLA-6: what the presets call a category is one of the demo city's") {
  std::ifstream file(HOTLINE_SOURCE_DIR "/deploy/demo/data/categories.json");
  const std::string categories((std::istreambuf_iterator<char>(file)), {});
  REQUIRE_FALSE(categories.empty());
  // Of no matter of their own, but left to a city: what has to be looked into, what is complex, further public utilities.
  const std::set<std::string> left_to_a_city = {"investigation", "complex", "utility"};
  for (const char* preset : {"standard", "classic", "county", "swift", "office", "appeal"}) {
    for (const Step& step : Preset(preset).steps) {
      for (const Rule& rule : step.rules) {
        for (const std::string& category : rule.categories) {
          INFO(preset << " " << category);
          CHECK((left_to_a_city.count(category) == 1 || categories.find("{\"categoryId\": \"" + category + "\"") != std::string::npos));
        }
      }
    }
  }
}

TEST_CASE("SLA-10: every step of the loop has its own clock") {
  TicketCase ticket(Preset("standard"));
  CHECK(Told(ticket.Tell(kCreated, "2026-03-02 09:00")) == "dispatch:started");
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-02 09:10")) == "dispatch:stopped(done) sign:started reply:started");
  CHECK(Told(ticket.Tell(kSigned, "2026-03-02 09:40")) == "sign:stopped(done) return:started");
  CHECK(Told(ticket.Tell(kReplied, "2026-03-03 10:00", false, state::kReplied)) == "reply:stopped(done) return:stopped(done)");
  CHECK(Told(ticket.Tell(kReviewAccepted, "2026-03-03 10:30")) == "callback:started");
  CHECK(Told(ticket.Tell(kCallbackUnreached, "2026-03-03 11:00")) == "");
  CHECK(Told(ticket.Tell(kCallbackReached, "2026-03-03 11:30")) == "callback:stopped(done)");
  CHECK(Told(ticket.Tell(kNone, "2026-03-03 11:30", true)) == "");
  for (const Clock& clock : ticket.clocks) CHECK(clock.light == Light::kGreen);
}

TEST_CASE("SLA-10: rework, rejected replies and returns") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kCreated, "2026-03-02 09:00");
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  CHECK(Told(ticket.Tell(kReturnRequested, "2026-03-02 10:00")) == "sign:moved(paused)");
  CHECK(Left(ticket.The("sign"), China(), At("2026-03-04 09:00")).working == absl::Hours(1));
  CHECK(ticket.Wait("2026-03-02 17:00").empty());
  CHECK(Told(ticket.Tell(kReturnRefused, "2026-03-02 17:00")) == "sign:moved(resumed)");
  CHECK(Text(ticket.The("sign").due_time) == "2026-03-03 09:00");
  CHECK(Told(ticket.Tell(kReturnAccepted, "2026-03-02 17:10")) == "sign:stopped(done) reply:stopped(done) dispatch:started");
  ticket.unit = "unit-2";
  CHECK(Told(ticket.Tell(kDispatched, "2026-03-03 08:30")) == "dispatch:stopped(done) sign:started reply:started");
  CHECK(ticket.The("reply").unit_id == "unit-2");
  // Half a day of the limit is left when the evasive reply comes; the time of the review is not the unit's.
  CHECK(Told(ticket.Tell(kReplied, "2026-03-06 13:30", false, state::kReplied)) == "sign:stopped(done) reply:stopped(done)");
  CHECK(Told(ticket.Tell(kReviewRejected, "2026-03-09 13:30")) == "reply:reopened");
  CHECK(Text(ticket.The("reply").due_time) == "2026-03-09 17:30");
  CHECK(ticket.The("reply").state == ClockState::kRunning);
  CHECK(Told(ticket.Wait("2026-03-09 18:00")) == "reply:warned reply:overdue(urging_notice) reply:escalated(urging_notice)");
  // Reopening a clock that was late leaves it late: neither that nor the rungs that were told are told again.
  CHECK(Told(ticket.Tell(kReplied, "2026-03-09 18:00", false, state::kReplied)) == "reply:stopped(done)");
  CHECK(Told(ticket.Tell(kReviewRejected, "2026-03-10 09:00")) == "reply:reopened");
  CHECK(ticket.The("reply").light == Light::kRed);
  CHECK(ticket.The("reply").level == 1);
  CHECK(ticket.Wait("2026-03-11 08:59").empty());
}

TEST_CASE("SLA-7: yellow before, red at the limit, each told once") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  CHECK(Text(ticket.The("sign").warn_time) == "2026-03-02 10:30");
  CHECK(ticket.Wait("2026-03-02 10:29").empty());
  CHECK(Told(ticket.Wait("2026-03-02 10:30")) == "sign:warned");
  CHECK(ticket.Wait("2026-03-02 10:59").empty());
  CHECK(Told(ticket.Wait("2026-03-02 11:00")) == "sign:overdue(urging_notice) sign:escalated(urging_notice)");
  CHECK(ticket.Wait("2026-03-02 12:00").empty());
  const auto stopped = ticket.Tell(kSigned, "2026-03-02 14:00");
  REQUIRE(Told(stopped) == "sign:stopped(done) return:started");
  CHECK_FALSE(stopped[0].on_time);
  CHECK(stopped[0].elapsed_natural == absl::Hours(5));
  CHECK(stopped[0].elapsed_working == absl::Minutes(210));
  // The right to return is not a duty: it closes without a warning and is never late (TKT-7).
  CHECK(Told(ticket.Wait("2026-03-05 15:30")) == "reply:warned return:stopped(window_closed)");
  CHECK(ticket.The("return").light == Light::kGreen);
}

TEST_CASE("SLA-7: the news of the end may come after the limit was told") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  ticket.Wait("2026-03-02 11:00:02");
  const auto stopped = ticket.Tell(kSigned, "2026-03-02 10:59:59");
  CHECK(stopped[0].on_time);
  CHECK(ticket.The("sign").light == Light::kYellow);
}

TEST_CASE("SLA-9: a pause gives back what was left, natural time too") {
  TicketCase ticket(Preset("swift"), {type::kHelp, urgency::kCritical, 1, ""});
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  auto paused = Pause(ticket.The("reply"), China(), At("2026-03-02 09:30"));
  REQUIRE(paused.ok());
  ticket.Replace(*paused);
  CHECK(Pause(paused->clock, China(), At("2026-03-02 09:31")).status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK(ticket.Wait("2026-03-02 23:00").empty());
  CHECK(Left(paused->clock, China(), At("2026-03-02 23:00")).natural == absl::Minutes(90));
  auto resumed = Resume(paused->clock, ticket.policy_, China(), At("2026-03-02 23:00"));
  REQUIRE(resumed.ok());
  CHECK(Text(resumed->clock.due_time) == "2026-03-03 00:30");
  CHECK(Text(resumed->clock.warn_time) == "2026-03-03 00:06");  // As long before the limit as it was.
  CHECK(base::HasReason(Resume(resumed->clock, ticket.policy_, China(), At("2026-03-02 23:00")).status(), "CLOCK_NOT_PAUSED"));
}

TEST_CASE("TKT-8: extensions as the policy allows") {
  TicketCase ticket(Preset("standard"), {type::kComplaint, 1, 1, ""});
  ticket.Tell(kDispatched, "2026-03-02 09:00");  // Until 2026-03-23.
  const auto extend = [&](const char* due, const char* now) {
    const Clock& clock = ticket.The("reply");
    auto change = Extend(clock, ticket.policy_, At(due), China(), At(now));
    if (change.ok()) ticket.Replace(*change);
    return change.status();
  };
  CHECK(base::HasReason(extend("2026-03-20 17:30", "2026-03-10 09:00"), "INVALID_FIELD"));
  CHECK(base::HasReason(extend("2026-04-10 17:30", "2026-03-10 09:00"), "EXTENSION_LIMIT"));
  CHECK(base::HasReason(extend("2026-04-07 17:30", "2026-03-24 09:00"), "CLOCK_OVERDUE"));
  CHECK(extend("2026-04-07 17:30", "2026-03-10 09:00").ok());  // Ten working days, Qingming left out.
  ticket.Wait("2026-04-07 10:00");
  CHECK(ticket.The("reply").light == Light::kYellow);
  CHECK(extend("2026-04-21 17:30", "2026-04-07 11:00").ok());
  CHECK(ticket.The("reply").light == Light::kGreen);
  CHECK(base::HasReason(extend("2026-04-22 17:30", "2026-04-08 11:00"), "EXTENSION_LIMIT"));
  CHECK(ticket.The("reply").extensions == 2);
}

TEST_CASE("SLA-9: another type or urgency moves the limit from its beginning") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  ticket.ticket.type = type::kComplaint;
  CHECK(Told(ticket.Tell(kNone, "2026-03-03 09:00")) == "sign:updated reply:moved(reclassified)");
  CHECK(Text(ticket.The("reply").due_time) == "2026-03-23 17:30");
  ticket.ticket.type = type::kPraise;
  CHECK(Told(ticket.Tell(kNone, "2026-03-03 10:00")) == "sign:updated reply:stopped(no_limit)");
  TicketCase swift(Preset("swift"));
  swift.Tell(kDispatched, "2026-03-02 09:00");
  swift.ticket.urgency = urgency::kCritical;
  swift.Tell(kNone, "2026-03-02 15:00");
  CHECK(Told(swift.Wait("2026-03-02 15:00")) == "reply:warned reply:overdue(urging_notice) reply:escalated(urging_notice)");
}

TEST_CASE("SLA-9: a changed calendar recomputes every running clock") {
  TicketCase ticket(Preset("standard"), {type::kComplaint, 1, 1, ""});
  ticket.Tell(kDispatched, "2026-12-21 09:00");
  CHECK(Text(ticket.The("reply").due_time) == "2027-01-11 17:30");
  CHECK(ticket.The("reply").provisional);  // 2027 is not published yet.
  calendar::Spec spec = China().spec();
  for (int day = 1; day <= 3; ++day) spec.days.push_back({absl::CivilDay(2027, 1, day), calendar::DayKind::kOff, ""});
  for (int day = 6; day <= 12; ++day) spec.days.push_back({absl::CivilDay(2027, 2, day), calendar::DayKind::kOff, ""});
  auto published = calendar::Calendar::Create(spec);
  REQUIRE(published.ok());
  World world = ticket.World_();
  world.calendar = &*published;
  world.calendar_version = 2;
  const Change moved = Recompute(ticket.The("reply"), nullptr, world, At("2026-12-25 09:00"));
  CHECK(moved.kind == ChangeKind::kMoved);
  CHECK(Text(moved.clock.due_time) == "2027-01-12 17:30");
  CHECK_FALSE(moved.clock.provisional);
  CHECK(Recompute(moved.clock, nullptr, world, At("2026-12-25 09:00")).kind == ChangeKind::kUpdated);
  // A holiday granted after the limit had passed turns the light back.
  TicketCase late(Preset("standard"));
  late.Tell(kDispatched, "2026-12-28 09:00");
  late.Wait("2027-01-01 09:00");
  CHECK(late.The("reply").light == Light::kRed);
  auto extra = spec;
  extra.days.push_back({absl::CivilDay(2026, 12, 30), calendar::DayKind::kOff, ""});
  auto later = calendar::Calendar::Create(extra);
  world.calendar = &*later;
  CHECK(Recompute(late.The("reply"), nullptr, world, At("2027-01-01 09:00")).clock.light == Light::kGreen);
}

TEST_CASE("a ticket without a limit gets one when it becomes another kind before dispatch") {
  Policy policy = Preset("standard");
  Rule none;
  none.types = {type::kPraise};
  policy.steps[0].rules.insert(policy.steps[0].rules.begin(), none);
  TicketCase ticket(policy, {type::kPraise, 1, 1, ""});
  CHECK(ticket.Tell(kCreated, "2026-03-02 09:00").empty());
  ticket.ticket.type = type::kHelp;
  ticket.awaits_dispatch = true;
  CHECK(Told(ticket.Tell(kNone, "2026-03-02 09:05")) == "dispatch:started");
  CHECK(ticket.Tell(kNone, "2026-03-02 09:06").empty());
}

TEST_CASE("closing stops whatever runs") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kCreated, "2026-03-02 09:00");
  CHECK(Told(ticket.Tell(kNone, "2026-03-02 09:05", true)) == "dispatch:stopped(ended)");
  TicketCase answered(Preset("standard"), {type::kConsultation, 1, 1, ""});
  CHECK(answered.Tell(kCreated, "2026-03-02 09:00", true).empty());  // TKT-5: answered at once.
}

TEST_CASE("SLA-11: a statutory rule goes before the city's, wherever it stands") {
  Policy policy = Preset("standard");
  Rule law;
  law.types = {type::kReport};
  law.limit = {LimitKind::kNatural, 30, LimitUnit::kDay, false, 0};
  law.statutory = true;
  for (Step& step : policy.steps) {
    if (step.step == "reply") step.rules.push_back(law);
  }
  TicketCase ticket(policy, {type::kReport, 1, 1, ""});
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  CHECK(Text(ticket.The("reply").due_time) == "2026-04-01 09:00");
}

TEST_CASE("what is wrong with a policy is named") {
  const auto wrong = [](auto change) {
    v1::Policy policy = *FromJson(PresetJson("standard"));
    change(policy);
    const auto violations = base::FieldViolations(FromProto(policy).status());
    return violations.empty() ? std::string("nothing") : violations[0].field;
  };
  CHECK(wrong([](v1::Policy&) {}) == "nothing");
  CHECK(wrong([](v1::Policy& p) { p.set_policy_id("A"); }) == "policy.policyId");
  CHECK(wrong([](v1::Policy& p) { p.clear_name(); }) == "policy.name");
  CHECK(wrong([](v1::Policy& p) { p.clear_steps(); }) == "policy.steps");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(1)->set_step("dispatch"); }) == "policy.steps[1].step");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(1)->clear_start(); }) == "policy.steps[1].start");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(1)->mutable_rules(0)->clear_limit(); }) == "policy.steps[1].rules[0].limit.kind");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(1)->mutable_rules(0)->mutable_limit()->set_amount(0); }) == "policy.steps[1].rules[0].limit.amount");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(0)->mutable_rules(2)->mutable_limit()->set_outside_by("25:00"); }) == "policy.steps[0].rules[2].limit.outsideBy");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(1)->mutable_rules(0)->set_warn_percent(100); }) == "policy.steps[1].rules[0].warnPercent");
  CHECK(wrong([](v1::Policy& p) { p.add_ladder()->set_measure("Bad step"); }) == "policy.ladder[5].measure");
  CHECK(wrong([](v1::Policy& p) { p.mutable_ladder(1)->mutable_after()->set_kind(v1::LIMIT_KIND_SAME_WORKING_DAY); }) == "policy.ladder[1].after.amount");
  CHECK(wrong([](v1::Policy& p) { p.mutable_ladder(0)->add_addressees("mayor"); }) == "policy.ladder[0].addressees");
  CHECK(wrong([](v1::Policy& p) { p.mutable_steps(0)->add_states(ticket::v1::TICKET_STATE_UNSPECIFIED); }) == "policy.steps[0].states");
  CHECK(FromJson(R"({"policyId": "x", "stepz": []})").status().code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("a policy survives its JSON") {
  for (const char* name : {"standard", "classic", "county", "swift", "office", "appeal"}) {
    const v1::Policy policy = *FromJson(PresetJson(name));
    CHECK(FromJson(ToJson(policy))->SerializeAsString() == policy.SerializeAsString());
    CHECK(policy.policy_id() == name);
    Preset(name);
  }
}

}  // namespace
}  // namespace hotline::sla_timer
