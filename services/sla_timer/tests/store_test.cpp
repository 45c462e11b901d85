#include <thread>

#include "libs/base/error.h"
#include "services/sla_timer/rules.h"
#include "services/sla_timer/tests/service_fixture.h"

namespace hotline::sla_timer {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'772'413'200);  // 2026-03-02 09:00 in China

class StoreCase {
 public:
  explicit StoreCase(const std::string& policy = "standard")
      : rules(database.store(), {.zone = China().zone(), .active_policy = policy}) {
    REQUIRE(rules.Load().ok());
  }

  // Applies a ticket event as the consumer does.
  std::vector<Change> Apply(const pb::Event& event) {
    auto change = FromTicketEvent(event);
    REQUIRE((change.ok() && change->has_value()));
    auto changes = postgres::RunTransaction(database.pool(), [&](postgres::Transaction& tx) {
      return PostgresStore::ApplyTicket(tx, (*change)->ticket_id, (*change)->time, [&](const std::vector<Clock>& clocks) -> absl::StatusOr<std::vector<Change>> {
        HOTLINE_RETURN_IF_ERROR(rules.Prepare(clocks));
        const Rules::Now now = rules.Get();
        return sla_timer::Apply(**change, clocks, now.world);
      });
    });
    INFO(changes.status());
    REQUIRE(changes.ok());
    return *changes;
  }
  std::vector<Change> Dispatch(const std::string& ticket_id, absl::Time time = kStart) {
    return Apply(TicketEvent<pb::TicketDispatched>(Facts(ticket_id, ticket_pb::TICKET_STATE_DISPATCHED), time));
  }
  DecideMany Firing(absl::Time now) {
    return [this, now](const Clock& clock) -> absl::StatusOr<std::vector<Change>> {
      HOTLINE_RETURN_IF_ERROR(rules.Prepare({clock}));
      const Rules::Now held = rules.Get();
      return Fire(clock, *held.world.policy_of(clock.policy_id, clock.policy_version), *held.world.calendar, now);
    };
  }

  Database database;
  PostgresStore& store = database.store();
  Rules rules;
};

bool Same(const Clock& a, const Clock& b) {
  return a.clock_id == b.clock_id && a.ticket_id == b.ticket_id && a.step == b.step && a.policy_id == b.policy_id &&
         a.policy_version == b.policy_version && a.ticket == b.ticket && a.unit_id == b.unit_id && a.unit_path == b.unit_path &&
         a.state == b.state && a.light == b.light && a.start_time == b.start_time && a.due_time == b.due_time &&
         a.warn_time == b.warn_time && a.stop_time == b.stop_time && a.stop_reason == b.stop_reason && a.working == b.working &&
         a.window == b.window && a.basis == b.basis && a.anchor == b.anchor && a.budget == b.budget && a.warn_lead == b.warn_lead &&
         a.extensions == b.extensions && a.provisional == b.provisional && a.calendar_version == b.calendar_version && a.version == b.version;
}

TEST_CASE("SLA-10: clocks come back as they were kept, through every kind of change") {
  StoreCase c;
  const std::string ticket = base::NewId();
  const auto check = [&](const std::vector<Change>& changes) {
    REQUIRE_FALSE(changes.empty());
    const auto kept = c.store.ListClocks({.ticket_id = ticket, .limit = 100});
    REQUIRE(kept.ok());
    for (const Change& change : changes) {
      INFO(Told({change}));
      CHECK(std::any_of(kept->begin(), kept->end(), [&](const Clock& clock) { return Same(clock, change.clock); }));
    }
  };
  check(c.Apply(TicketEvent<pb::TicketCreated>(Facts(ticket, ticket_pb::TICKET_STATE_ACCEPTED), kStart)));
  check(c.Dispatch(ticket, kStart + absl::Minutes(10)));
  check(c.Apply(TicketEvent<pb::TicketReturnRequested>(Facts(ticket, ticket_pb::TICKET_STATE_RETURN_REQUESTED), kStart + absl::Minutes(20))));
  check(c.Apply(TicketEvent<pb::TicketReturnDecided>(Facts(ticket, ticket_pb::TICKET_STATE_DISPATCHED), kStart + absl::Minutes(90))));
  check(c.Apply(TicketEvent<pb::TicketSigned>(Facts(ticket, ticket_pb::TICKET_STATE_SIGNED), kStart + absl::Minutes(95))));
  check(c.Apply(TicketEvent<pb::TicketReplied>(Facts(ticket, ticket_pb::TICKET_STATE_REPLIED), kStart + absl::Hours(5))));
  check(c.Apply(TicketEvent<pb::TicketReviewed>(Facts(ticket, ticket_pb::TICKET_STATE_SIGNED), kStart + absl::Hours(6))));
  check(c.Apply(TicketEvent<pb::TicketClosed>(Facts(ticket, ticket_pb::TICKET_STATE_CLOSED), kStart + absl::Hours(7))));
  const auto told = c.database.Told(ticket);
  CHECK(told == std::map<std::string, int>{{"dispatch:SlaClockStarted", 1}, {"dispatch:SlaClockStopped", 1}, {"sign:SlaClockStarted", 1},
                                           {"sign:SlaClockMoved", 2}, {"sign:SlaClockStopped", 1}, {"return:SlaClockStarted", 1},
                                           {"return:SlaClockStopped", 1}, {"reply:SlaClockStarted", 2}, {"reply:SlaClockStopped", 2}});
}

TEST_CASE("SLA-7: a due clock fires once, whatever the time is asked again with") {
  StoreCase c;
  const std::string ticket = base::NewId();
  c.Dispatch(ticket);
  const absl::Time warn = kStart + absl::Minutes(90), due = kStart + absl::Hours(2);
  CHECK(c.store.UpcomingTimes(due, 10)->size() == 1);
  CHECK(c.store.FireDue(warn - absl::Seconds(1), 10, c.Firing(warn - absl::Seconds(1)))->empty());
  CHECK(c.store.FireDue(warn, 10, c.Firing(warn))->size() == 1);
  CHECK(c.store.FireDue(warn, 10, c.Firing(warn))->empty());
  CHECK(c.store.FireDue(due, 10, c.Firing(due))->size() == 1);
  CHECK(c.store.FireDue(warn, 10, c.Firing(warn))->empty());  // The wall clock stepped back.
  CHECK(c.store.FireDue(due, 10, c.Firing(due))->empty());
  const auto told = c.database.Told(ticket);
  CHECK(told.at("sign:SlaClockWarned") == 1);
  CHECK(told.at("sign:SlaClockOverdue") == 1);
}

TEST_CASE("replicas share the due clocks: each is told once") {
  StoreCase c;
  constexpr int kTickets = 120;
  for (int i = 0; i < kTickets; ++i) c.Dispatch(base::NewId());
  const absl::Time now = kStart + absl::Hours(2);
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      for (int idle = 0; idle < 3;) {
        const auto fired = c.store.FireDue(now, 7, c.Firing(now));
        idle = fired.ok() && fired->empty() ? idle + 1 : 0;
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  const auto told = c.database.Told();
  CHECK(told.at("sign:SlaClockWarned") == kTickets);
  CHECK(told.at("sign:SlaClockOverdue") == kTickets);
}

TEST_CASE("a transaction that fails leaves neither the clock nor the event") {
  StoreCase c;
  const std::string ticket = base::NewId();
  c.Dispatch(ticket);
  const absl::Time due = kStart + absl::Hours(2);
  int asked = 0;
  const auto failed = c.store.FireDue(due, 10, [&](const Clock&) -> absl::StatusOr<std::vector<Change>> {
    ++asked;
    return absl::FailedPreconditionError("the process dies here");
  });
  CHECK_FALSE(failed.ok());
  CHECK(asked == 1);
  CHECK(c.database.Told(ticket).count("sign:SlaClockWarned") == 0);
  CHECK(c.store.FireDue(due, 10, c.Firing(due))->size() == 1);
}

TEST_CASE("lists: filters, pages, subtrees") {
  StoreCase c;
  const std::string first = base::NewId(), second = base::NewId();
  c.Dispatch(first);
  c.Dispatch(second, kStart + absl::Minutes(1));
  c.Apply(TicketEvent<pb::TicketSigned>(Facts(first, ticket_pb::TICKET_STATE_SIGNED), kStart + absl::Minutes(5)));
  CHECK(c.store.ListClocks({.ticket_id = first, .limit = 10})->size() == 3);
  CHECK(c.store.ListClocks({.ticket_id = first, .state = ClockState::kRunning, .limit = 10})->size() == 2);
  CHECK(c.store.ListClocks({.limit = 10})->size() == 4);
  CHECK(c.store.ListClocks({.state = ClockState::kStopped, .limit = 10})->size() == 1);
  CHECK(c.store.ListClocks({.light = Light::kRed, .limit = 10})->empty());
  CHECK(c.store.ListClocks({.unit_path = "/city/roads/", .limit = 10})->size() == 4);
  CHECK(c.store.ListClocks({.unit_path = "/city/", .limit = 10})->size() == 4);
  CHECK(c.store.ListClocks({.unit_path = "/city/water/", .limit = 10})->empty());
  std::vector<std::string> seen;
  ClockQuery query{.limit = 1};
  for (;;) {
    const auto page = c.store.ListClocks(query);
    REQUIRE(page.ok());
    if (page->empty()) break;
    seen.push_back(page->front().clock_id);
    query.after = {page->front().due_time, page->front().clock_id};
  }
  CHECK(seen.size() == 4);
  CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 4);
}

TEST_CASE("policies are kept in versions, and an edit needs the version it was made from") {
  StoreCase c;
  CHECK(c.store.ListPolicies()->size() == 7);  // Six presets and `quick`.
  const auto standard = c.store.GetPolicy("standard", 0);
  REQUIRE(standard.ok());
  CHECK(standard->version == 1);
  CHECK(standard->updated_by == "preset");
  CHECK(base::HasReason(c.store.PutPolicy("standard", standard->json, 0, "u", kStart).status(), "ETAG_MISMATCH"));
  CHECK(c.store.PutPolicy("standard", standard->json, 1, "u", kStart)->version == 2);
  CHECK(base::HasReason(c.store.PutPolicy("standard", standard->json, 1, "u", kStart).status(), "ETAG_MISMATCH"));
  CHECK(c.store.GetPolicy("standard", 1)->version == 1);
  CHECK(base::HasReason(c.store.GetPolicy("none", 0).status(), "POLICY_NOT_FOUND"));
  // Starting again writes over nothing.
  REQUIRE(SeedPolicies(c.store, kPresets, kStart).ok());
  CHECK(c.store.GetPolicy("standard", 0)->version == 2);
}

TEST_CASE("SLA-9: imported days recompute the clocks that run") {
  StoreCase c;
  const std::string ticket = base::NewId();
  c.Dispatch(ticket);
  const auto calendar = c.store.GetCalendar();
  REQUIRE(calendar.ok());
  CHECK(calendar->days.size() > 500);
  const std::vector<calendar::Day> storm = {{absl::CivilDay(2026, 3, 3), calendar::DayKind::kOff, "台风"}};
  CHECK(base::HasReason(c.store.ImportDays(storm, 99).status(), "ETAG_MISMATCH"));
  REQUIRE(c.store.ImportDays(storm, calendar->version).ok());
  REQUIRE(c.rules.Load().ok());
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
    const Rules::Now now = c.rules.Get();
    return Recompute(clock, now.world, kStart + absl::Hours(1));
  };
  CHECK(*c.store.RecomputeStale(c.rules.calendar_version(), 10, kStart, decide) == 2);
  CHECK(*c.store.RecomputeStale(c.rules.calendar_version(), 10, kStart, decide) == 0);
  const auto clocks = c.store.ListClocks({.ticket_id = ticket, .limit = 10});
  for (const Clock& clock : *clocks) {
    CHECK(Text(clock.due_time) == (clock.step == "sign" ? "2026-03-02 11:00" : "2026-03-06 17:30"));
  }
  CHECK(c.database.Told(ticket).at("reply:SlaClockMoved") == 1);
  CHECK(c.database.Told(ticket).count("sign:SlaClockMoved") == 0);
}

TEST_CASE("holiday files are read strictly") {
  CHECK(ParseHolidays("date,day,name\n2026-01-01,off,元旦\r\n")->size() == 1);
  CHECK(base::FieldViolations(ParseHolidays("date,day,name\n2026-01-01,free,x\n").status())[0].field == "line[2]");
  CHECK_FALSE(ParseHolidays("date,day,name\n2026-13-01,off,x\n").ok());
}

}  // namespace
}  // namespace hotline::sla_timer
