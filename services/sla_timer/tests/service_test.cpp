// The service as others see it: a real client, real PostgreSQL and Redis, and the program itself killed in the middle.
#include <set>

#include "services/sla_timer/tests/program_fixture.h"

namespace hotline::sla_timer {
namespace {

const v1::Clock* Find(const v1::ListClocksResponse& clocks, const std::string& step) {
  for (const v1::Clock& clock : clocks.clocks()) {
    if (clock.step() == step) return &clock;
  }
  return nullptr;
}

TEST_CASE("SLA-1, SLA-7: a ticket's life by events, as a client sees it") {
  Case c("standard");
  const std::string id = base::NewId();
  c.Say<pb::TicketCreated>(id, ticket_pb::TICKET_STATE_ACCEPTED);
  REQUIRE(c.WaitTold(id, "dispatch:SlaClockStarted"));
  c.Say<pb::TicketDispatched>(id, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(id, "reply:SlaClockStarted"));
  const auto clocks = c.program.Clocks(id);
  INFO(clocks.status());
  REQUIRE(clocks.ok());
  const v1::Clock* sign = Find(*clocks, "sign");
  REQUIRE(sign != nullptr);
  CHECK(sign->working_seconds_left() > 7190);
  CHECK(sign->working_seconds_left() <= 7200);
  CHECK(sign->natural_seconds_left() >= sign->working_seconds_left());
  CHECK(sign->state() == v1::CLOCK_STATE_RUNNING);
  CHECK(Find(*clocks, "dispatch")->stop_reason() == "done");

  // The own subtree and no other (PLT-1).
  CHECK(c.program.Clocks(id, {access::v1::ROLE_OFFICER}, "/city/roads/")->clocks_size() == 2);
  CHECK(c.program.Clocks(id, {access::v1::ROLE_OFFICER}, "/city/water/")->clocks_size() == 0);

  // SLA-7: the supervision desk.
  CHECK(sign->time_left_text().rfind("剩余 ", 0) == 0);
  v1::SummariseClocksRequest summarise;
  summarise.set_unit_path("/city/roads/");
  const auto summary = c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::SummariseClocks, summarise, {access::v1::ROLE_SUPERVISOR});
  REQUIRE(summary.ok());
  REQUIRE(summary->counts_size() == 2);
  CHECK(summary->counts(0).step() == "reply");
  CHECK(summary->counts(0).light() == v1::CLOCK_LIGHT_GREEN);
  CHECK(summary->counts(0).count() == 1);
  CHECK(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::SummariseClocks, summarise, {access::v1::ROLE_OFFICER}, "/city/water/")->counts_size() == 0);

  // TKT-8, SLA-9: pause, resume, extend.
  const std::vector<rpc::Role> supervisor = {access::v1::ROLE_SUPERVISOR};
  v1::PauseClockRequest pause;
  pause.set_clock_id(Find(*clocks, "reply")->clock_id());
  CHECK(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::PauseClock, pause, {access::v1::ROLE_OFFICER}).status().code() ==
        absl::StatusCode::kPermissionDenied);
  const auto paused = c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::PauseClock, pause, supervisor);
  REQUIRE(paused.ok());
  CHECK(paused->state() == v1::CLOCK_STATE_PAUSED);
  v1::ExtendClockRequest extend;
  extend.set_clock_id(pause.clock_id());
  SetTimestamp(absl::Now() + absl::Hours(24 * 5), extend.mutable_due_time());
  CHECK(base::HasReason(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ExtendClock, extend, supervisor).status(), "CLOCK_NOT_RUNNING"));
  v1::ResumeClockRequest resume;
  resume.set_clock_id(pause.clock_id());
  resume.set_etag("1");
  CHECK(base::HasReason(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ResumeClock, resume, supervisor).status(), "ETAG_MISMATCH"));
  resume.set_etag(paused->etag());
  CHECK(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ResumeClock, resume, supervisor)->state() == v1::CLOCK_STATE_RUNNING);
  pause.set_clock_id("nonsense");
  CHECK(base::HasReason(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::PauseClock, pause, supervisor).status(), "CLOCK_NOT_FOUND"));
}

TEST_CASE("policies and the calendar over the wire") {
  Case c("standard");
  const std::vector<rpc::Role> admin = {access::v1::ROLE_ADMIN};
  const auto policies = c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::ListPolicies, v1::ListPoliciesRequest(), admin);
  REQUIRE(policies.ok());
  REQUIRE(policies->policies_size() == 7);
  v1::PutPolicyRequest put;
  for (const v1::Policy& policy : policies->policies()) {
    if (policy.active()) *put.mutable_policy() = policy;
  }
  CHECK(put.policy().policy_id() == "standard");
  put.mutable_policy()->mutable_steps(1)->mutable_rules(0)->mutable_limit()->set_amount(-1);
  const auto bad = c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PutPolicy, put, admin);
  REQUIRE(base::FieldViolations(bad.status()).size() == 1);
  CHECK(base::FieldViolations(bad.status())[0].field == "policy.steps[1].rules[0].limit.amount");
  put.mutable_policy()->mutable_steps(1)->mutable_rules(0)->mutable_limit()->set_amount(4);
  const auto edited = c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PutPolicy, put, admin);
  REQUIRE(edited.ok());
  CHECK(edited->version() == 2);
  CHECK(edited->updated_by() == "user-1");
  CHECK(base::HasReason(c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PutPolicy, put, admin).status(), "ETAG_MISMATCH"));
  // Clocks that start after the answer follow it.
  const std::string id = base::NewId();
  c.Say<pb::TicketDispatched>(id, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(id, "sign:SlaClockStarted"));
  CHECK(Find(*c.program.Clocks(id), "sign")->policy_version() == 2);

  v1::ListClocksRequest list;
  list.set_page_size(1);
  const auto page = c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ListClocks, list, admin);
  REQUIRE(page.ok());
  list.set_page_token(page->next_page_token());
  CHECK(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ListClocks, list, admin)->clocks(0).clock_id() != page->clocks(0).clock_id());
  list.set_light(v1::CLOCK_LIGHT_GREEN);
  CHECK(base::FieldViolations(c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ListClocks, list, admin).status())[0].field == "page_token");

  v1::GetCalendarRequest get;
  get.set_year(2026);
  const auto calendar = c.program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::GetCalendar, get, admin);
  REQUIRE(calendar.ok());
  CHECK(calendar->notice_years(calendar->notice_years_size() - 1) == 2026);
  CHECK(calendar->weekly(0).shifts(1).end() == "17:30");
  v1::ImportCalendarDaysRequest import;
  import.add_days()->set_date("2027-02-30");
  CHECK(base::FieldViolations(c.program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::ImportCalendarDays, import, admin).status())[0].field ==
        "days[0].date");
  import.mutable_days(0)->set_date("2027-02-11");
  import.mutable_days(0)->set_kind("off");
  CHECK(c.program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::ImportCalendarDays, import, admin)->version() == calendar->version() + 1);
}

TEST_CASE("SLA-10: the open clocks of several tickets come in one request, with the time left in the city's words") {
  Case c("standard");
  const std::vector<rpc::Role> admin = {access::v1::ROLE_ADMIN};
  const std::string id = base::NewId(), other = base::NewId(), third = base::NewId();
  for (const std::string& ticket : {id, other, third}) c.Say<pb::TicketDispatched>(ticket, ticket_pb::TICKET_STATE_DISPATCHED);
  for (const std::string& ticket : {id, other, third}) REQUIRE(c.WaitTold(ticket, "sign:SlaClockStarted"));
  const auto asked = [&](const v1::ListClocksRequest& request) { return c.program.Call<v1::ClockService>(&v1::ClockService::StubInterface::ListClocks, request, admin); };
  v1::ListClocksRequest several;
  several.add_ticket_ids(id);
  several.add_ticket_ids(other);
  const auto both = asked(several);
  REQUIRE(both.ok());
  std::set<std::string> tickets;
  for (const v1::Clock& clock : both->clocks()) {
    tickets.insert(clock.ticket_id());
    CHECK(clock.time_left_text().starts_with("剩余"));
  }
  CHECK(tickets == std::set<std::string>{id, other});
  several.set_ticket_ids(1, "nonsense");
  CHECK(base::FieldViolations(asked(several).status())[0].field == "ticket_ids[1]");
  several.set_ticket_ids(1, other);
  several.set_ticket_id(id);
  CHECK(base::FieldViolations(asked(several).status())[0].reason == "NOT_ALLOWED");
  several.clear_ticket_id();
  while (several.ticket_ids_size() <= 50) several.add_ticket_ids(other);
  CHECK(base::FieldViolations(asked(several).status())[0].field == "ticket_ids");
}

TEST_CASE("TKT-8: ticket asks before it takes a request on, and the decision moves the limit") {
  Case c("standard");
  const std::string id = base::NewId();
  const auto check = [&](absl::Time due) {
    v1::CheckExtensionRequest request;
    request.set_ticket_id(id);
    SetTimestamp(due, request.mutable_due_time());
    return c.program.CallAsTicket<v1::ClockService>(&v1::ClockService::StubInterface::CheckExtension, request);
  };
  CHECK(base::HasReason(check(absl::Now()).status(), "CLOCK_NOT_FOUND"));
  c.Say<pb::TicketDispatched>(id, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(id, "reply:SlaClockStarted"));
  const auto clocks = c.program.Clocks(id);
  const absl::Time due = *GetTimestamp("due_time", Find(*clocks, "reply")->due_time());
  CHECK(base::FieldViolations(check(due).status())[0].field == "due_time");
  const auto good = check(due + absl::Hours(1));
  INFO(good.status());
  REQUIRE(good.ok());
  CHECK(good->max_extensions() == 1);
  const absl::Time latest = *GetTimestamp("latest", good->latest_due_time());
  const auto far = check(latest + absl::Seconds(1));
  REQUIRE(base::HasReason(far.status(), "EXTENSION_LIMIT"));
  CHECK(base::Metadata(far.status()).at("latest_due_time") == absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", latest, absl::UTCTimeZone()));

  const pb::Event decided = TicketEvent<pb::TicketExtensionDecided>(Facts(id, ticket_pb::TICKET_STATE_SIGNED), absl::Now(), [&](pb::TicketExtensionDecided& data) {
    data.set_accepted(true);
    SetTimestamp(latest, data.mutable_due_time());
  });
  c.ticket.Say(decided);
  REQUIRE(c.WaitTold(id, "reply:SlaClockMoved"));
  const auto moved = c.program.Clocks(id);
  CHECK(*GetTimestamp("due_time", Find(*moved, "reply")->due_time()) == latest);
  CHECK(Find(*moved, "reply")->extensions() == 1);
  CHECK(base::Metadata(check(latest + absl::Hours(1)).status()).at("max_extensions") == "1");
}

TEST_CASE("SLA-9: rules are previewed, then move what runs") {
  Case c("standard");
  const std::vector<rpc::Role> admin = {access::v1::ROLE_ADMIN};
  const std::string id = base::NewId();
  c.Say<pb::TicketDispatched>(id, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(id, "reply:SlaClockStarted"));
  v1::GetPolicyRequest get;
  get.set_policy_id("standard");
  v1::PutPolicyRequest put;
  *put.mutable_policy() = *c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::GetPolicy, get, admin);
  put.mutable_policy()->mutable_steps(1)->mutable_rules(0)->mutable_limit()->set_amount(6);
  v1::PreviewPolicyRequest preview;
  *preview.mutable_policy() = put.policy();
  const auto previewed = c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PreviewPolicy, preview, admin);
  INFO(previewed.status());
  REQUIRE(previewed.ok());
  CHECK(previewed->examined() == 2);
  CHECK(previewed->moved() == 1);
  CHECK(previewed->examples(0).step() == "sign");
  put.set_apply_to_open(true);
  CHECK(c.program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PutPolicy, put, admin)->applies_to_open());
  REQUIRE(c.WaitTold(id, "sign:SlaClockMoved"));
  const auto moved = c.program.Clocks(id);
  CHECK(Find(*moved, "sign")->due_time().seconds() == previewed->examples(0).due_after().seconds());
  CHECK(Find(*moved, "sign")->policy_version() == 2);

  // Every day up to the reply's limit becomes a holiday: the limit moves, and the preview knew.
  v1::PreviewCalendarDaysRequest days;
  v1::ImportCalendarDaysRequest import;
  const absl::Time due = *GetTimestamp("due_time", Find(*moved, "reply")->due_time());
  for (int i = 0; i < 2; ++i) {
    v1::CalendarDay* day = days.add_days();
    day->set_date(absl::FormatCivilTime(China().LocalDay(due) - i));
    day->set_kind("off");
    *import.add_days() = *day;
  }
  const auto holiday = c.program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::PreviewCalendarDays, days, admin);
  REQUIRE(holiday.ok());
  const auto example = std::find_if(holiday->examples().begin(), holiday->examples().end(), [](const auto& one) { return one.step() == "reply"; });
  REQUIRE(example != holiday->examples().end());
  REQUIRE(c.program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::ImportCalendarDays, import, admin).ok());
  REQUIRE(c.WaitTold(id, "reply:SlaClockMoved"));
  const auto later = c.program.Clocks(id);
  CHECK(Find(*later, "reply")->due_time().seconds() == example->due_after().seconds());
}

TEST_CASE("SLA-7: yellow and red are told once each, also when Redis loses everything") {
  Case c("quick", 2);
  const std::string id = base::NewId();
  c.Say<pb::TicketDispatched>(id, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(id, "sign:SlaClockStarted"));
  c.redis.Wipe();
  REQUIRE(c.WaitTold(id, "sign:SlaClockOverdue"));
  // What comes after the loss is heard too, and what was heard before is not heard again.
  const std::string other = base::NewId();
  c.Say<pb::TicketDispatched>(other, ticket_pb::TICKET_STATE_DISPATCHED);
  REQUIRE(c.WaitTold(other, "reply:SlaClockEscalated"));
  REQUIRE(c.WaitTold(other, "sign:SlaClockEscalated"));
  for (const std::string& ticket : {id, other}) {
    CHECK(c.database.Told(ticket) == std::map<std::string, int>{{"sign:SlaClockStarted", 1}, {"sign:SlaClockWarned", 1}, {"sign:SlaClockOverdue", 1}, {"sign:SlaClockEscalated", 1},
                                                                {"reply:SlaClockStarted", 1}, {"reply:SlaClockWarned", 1}, {"reply:SlaClockOverdue", 1},
                                                                {"reply:SlaClockEscalated", 1}});
  }
}

TEST_CASE("kill -9 of the program, of Redis and of PostgreSQL: no clock is lost and nothing is told twice") {
  Case c("quick", 1);
  constexpr int kRounds = 6, kPerRound = 8;
  std::vector<std::string> ids;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kPerRound; ++i) {
      ids.push_back(base::NewId());
      c.Say<pb::TicketDispatched>(ids.back(), ticket_pb::TICKET_STATE_DISPATCHED);
    }
    // Some of this round have begun, some have not; those of the round before are due about now.
    REQUIRE(c.WaitTold(ids[ids.size() - kPerRound], "sign:SlaClockStarted"));
    if (round == 2) c.redis.Kill9(), c.redis.Restart();
    if (round == 4) c.postgres.Kill9(), c.postgres.Restart();
    c.program.Kill(SIGKILL);
    c.program.Start();
  }
  for (const std::string& id : ids) {
    REQUIRE(c.WaitTold(id, "sign:SlaClockOverdue"));
    REQUIRE(c.WaitTold(id, "reply:SlaClockOverdue"));
  }
  const int all = kRounds * kPerRound;
  CHECK(c.database.Told() == std::map<std::string, int>{{"sign:SlaClockStarted", all}, {"sign:SlaClockWarned", all}, {"sign:SlaClockOverdue", all},
                                                        {"reply:SlaClockStarted", all}, {"reply:SlaClockWarned", all}, {"reply:SlaClockOverdue", all},
                                                        {"sign:SlaClockEscalated", all}, {"reply:SlaClockEscalated", all}});
  c.program.Kill(SIGTERM);
}

}  // namespace
}  // namespace hotline::sla_timer
