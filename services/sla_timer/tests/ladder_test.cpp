// The ladder after the limit, and time left in words.
#include "libs/base/error.h"
#include "services/sla_timer/domain/words.h"
#include "services/sla_timer/tests/fixture.h"

namespace hotline::sla_timer {
namespace {

using enum Trigger;

TEST_CASE("SLA-8: each rung is told once, when its time after the limit has come") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  const auto over = ticket.Wait("2026-03-02 11:00");
  REQUIRE(Told(over) == "sign:warned sign:overdue(urging_notice) sign:escalated(urging_notice)");
  CHECK(over[2].clock.level == 1);
  CHECK(over[2].rung.document == "urging_notice");
  CHECK(over[2].rung.addressees == std::vector<std::string>{"unit", "unit_head"});  // A copy to its leader.
  CHECK(ticket.Wait("2026-03-03 10:59").empty());
  CHECK(Text(ticket.The("sign").next_rung) == "2026-03-03 11:00");
  CHECK(Told(ticket.Wait("2026-03-03 11:00")) == "sign:escalated(supervision_order)");
  CHECK(ticket.Wait("2026-03-03 11:00").empty());
  // Slept through the rest: each comes once, in order.
  const auto rest = ticket.Wait("2026-03-30 09:00");
  CHECK(Told(rest).find("sign:escalated(criticism) sign:escalated(coordination_meeting) sign:escalated(talk)") != std::string::npos);
  CHECK(ticket.The("sign").level == 5);
  CHECK(NextFire(ticket.The("sign")) == absl::InfiniteFuture());
  CHECK(ticket.Wait("2026-06-30 09:00").empty());
}

TEST_CASE("SLA-8: classic goes from the urging notice to criticism") {
  TicketCase ticket(Preset("classic"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");  // Reply until 2026-03-11.
  ticket.Tell(kSigned, "2026-03-02 09:30");
  CHECK(Told(ticket.Wait("2026-03-31 09:00")) ==
        "reply:warned reply:overdue(urging_notice) reply:escalated(urging_notice) reply:escalated(criticism) return:stopped(window_closed)");
}

TEST_CASE("SLA-8, SLA-9: a stop ends the ladder, a pause holds it, a moved limit rewinds it") {
  TicketCase stopped(Preset("swift"), {type::kHelp, urgency::kCritical, 1, ""});
  stopped.Tell(kDispatched, "2026-03-02 09:00");
  stopped.Wait("2026-03-02 12:00");
  stopped.Tell(kReplied, "2026-03-02 13:00");
  CHECK(stopped.Wait("2026-03-30 09:00").empty());

  TicketCase paused(Preset("swift"), {type::kHelp, urgency::kCritical, 1, ""});
  paused.Tell(kDispatched, "2026-03-02 09:00");
  paused.Wait("2026-03-02 12:00");  // An hour over; the supervision order is 23 hours away.
  paused.Replace(*Pause(paused.The("reply"), China(), At("2026-03-02 12:00")));
  CHECK(paused.Wait("2026-03-10 12:00").empty());
  paused.Replace(*Resume(paused.The("reply"), paused.policy_, China(), At("2026-03-10 12:00")));
  CHECK(Text(paused.The("reply").due_time) == "2026-03-10 11:00");  // Still an hour over.
  CHECK(paused.The("reply").light == Light::kRed);
  CHECK(paused.Wait("2026-03-11 10:59").empty());
  CHECK(Told(paused.Wait("2026-03-11 11:00")) == "reply:escalated(supervision_order)");

  // TKT-8: the extension was granted while the news of the limit was on its way.
  TicketCase moved(Preset("standard"), {type::kComplaint, 1, 1, ""});
  moved.Tell(kDispatched, "2026-03-02 09:00");
  moved.Tell(kSigned, "2026-03-02 09:30");
  moved.Wait("2026-03-23 17:30");
  CHECK(moved.The("reply").level == 1);
  moved.granted = At("2026-04-07 17:30");
  CHECK(Told(moved.Tell(kNone, "2026-03-23 17:31")) == "reply:moved(extended)");
  CHECK(moved.The("reply").light == Light::kGreen);
  CHECK(moved.The("reply").level == 0);
  moved.granted = At("2026-04-07 17:30");
  CHECK(moved.Tell(kNone, "2026-03-23 17:32").empty());  // The same news again.
  CHECK(moved.The("reply").extensions == 1);
  CHECK(Told(moved.Wait("2026-04-07 17:30")) == "reply:warned reply:overdue(urging_notice) reply:escalated(urging_notice)");
}

TEST_CASE("SLA-9: an edited policy moves the clocks that run, also those that stood still, and stops what has no limit") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");
  Policy edited = ticket.policy_;
  edited.version = 2;
  for (Step& step : edited.steps) {
    for (Rule& rule : step.rules) {
      if (step.step == "sign") rule.limit = {LimitKind::kWorking, 4, LimitUnit::kHour};
      if (step.step == "reply") rule.limit = {LimitKind::kNone};
    }
  }
  const World world = ticket.World_();
  const Change moved = Recompute(ticket.The("sign"), &edited, world, At("2026-03-02 10:00"));
  CHECK(moved.detail == "policy");
  CHECK(moved.clock.policy_version == 2);
  CHECK(Text(moved.clock.due_time) == "2026-03-02 14:30");
  const Change gone = Recompute(ticket.The("reply"), &edited, world, At("2026-03-02 10:00"));
  CHECK(gone.kind == ChangeKind::kStopped);
  CHECK(gone.detail == kNoLimit);
  // Paused an hour in, with one left of two: of four, three are left.
  ticket.Tell(kReturnRequested, "2026-03-02 10:00");
  const Change paused = Recompute(ticket.The("sign"), &edited, world, At("2026-03-02 10:30"));
  CHECK(paused.kind == ChangeKind::kMoved);
  CHECK(paused.clock.budget == absl::Hours(3));
  ticket.Tell(kReturnRefused, "2026-03-02 11:00");
  CHECK(Text(Recompute(ticket.The("sign"), &edited, world, At("2026-03-02 11:30")).clock.due_time) == "2026-03-02 15:30");
  // A shorter limit may be over already: Fire tells it.
  edited.steps[1].rules[0].limit = {LimitKind::kWorking, 30, LimitUnit::kMinute};
  const Change shorter = Recompute(ticket.The("sign"), &edited, world, At("2026-03-02 11:30"));
  CHECK(Told(Fire(shorter.clock, edited, China(), At("2026-03-02 11:30"))) == "sign:warned sign:overdue(urging_notice) sign:escalated(urging_notice)");
}

TEST_CASE("time left in the city's words") {
  TicketCase ticket(Preset("standard"));
  ticket.Tell(kDispatched, "2026-03-02 09:00");  // Sign by 11:00, reply until 2026-03-05 17:30.
  const auto words = [&](const char* step, const char* now) { return TimeLeftText(ticket.The(step), China(), At(now)); };
  CHECK(words("sign", "2026-03-02 09:00").zh == "剩余 2 小时");
  CHECK(words("sign", "2026-03-02 09:20").zh == "剩余 1 小时 40 分钟");
  CHECK(words("sign", "2026-03-02 10:59:30").zh == "剩余 不足 1 分钟");
  CHECK(words("sign", "2026-03-02 14:30").zh == "超时 2 小时");
  CHECK(words("sign", "2026-03-02 14:30").en == "2 hours over");
  CHECK(words("reply", "2026-03-04 14:30").zh == "剩余 1 个工作日 3 小时");  // A day has 7.5 hours, 30 minutes are cut.
  CHECK(words("reply", "2026-03-04 14:30").en == "1 working day 3 hours left");
  CHECK(words("reply", "2026-03-02 09:00").zh == "剩余 3 个工作日 7 小时");
  TicketCase swift(Preset("swift"));
  swift.Tell(kDispatched, "2026-03-02 09:00");
  CHECK(TimeLeftText(swift.The("reply"), China(), At("2026-03-07 06:00")).zh == "剩余 2 天 3 小时");
  CHECK(TimeLeftText(swift.The("reply"), China(), At("2026-03-10 10:00")).zh == "超时 1 天 1 小时");
  CHECK(TimeLeftText(Pause(swift.The("reply"), China(), At("2026-03-07 06:00"))->clock, China(), At("2026-04-01 09:00")).zh ==
        "已暂停,剩余 2 天 3 小时");
  swift.Tell(kReplied, "2026-03-07 09:00");
  CHECK(TimeLeftText(swift.The("reply"), China(), At("2026-03-07 09:00")).zh.empty());
}

}  // namespace
}  // namespace hotline::sla_timer
