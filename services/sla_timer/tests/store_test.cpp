#include <atomic>
#include <thread>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "services/sla_timer/preview.h"
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

  // All stale clocks in batches; how many there were.
  int RecomputeAll(absl::Time now, int batch = 1000) {
    int all = 0;
    const auto groups = store.StaleGroups(rules.calendar_version());
    if (!groups.ok()) return -1;
    for (const StaleGroup& group : *groups) {
      const Policy* target = group.target == 0 ? nullptr : *rules.Version(group.policy_id, group.target);
      StaleCursor cursor;
      for (int count = 1; count > 0; all += count) {
        const Rules::Now held = rules.Get();
        count = store.Recompute(group, held.world.calendar_version, batch, now, cursor, [&](const Clock& clock) -> absl::StatusOr<Change> {
          HOTLINE_RETURN_IF_ERROR(rules.Prepare({clock}));
          return sla_timer::Recompute(clock, target, held.world, now);
        }).value();
      }
    }
    return all;
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
         a.extensions == b.extensions && a.provisional == b.provisional && a.level == b.level && a.next_rung == b.next_rung &&
         a.area_code == b.area_code && a.calendar_version == b.calendar_version && a.version == b.version;
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
  CHECK(c.store.NextFireTime().value() == warn);
  const auto fired = [&](absl::Time now) { return c.store.FireDue(now, 10, c.Firing(now))->due.size(); };
  CHECK(fired(warn - absl::Seconds(1)) == 0);
  CHECK(fired(warn) == 1);
  CHECK(fired(warn) == 0);
  CHECK(fired(due) == 1);
  CHECK(fired(warn) == 0);  // The wall clock stepped back.
  CHECK(fired(due) == 0);
  const auto told = c.database.Told(ticket);
  CHECK(told.at("sign:SlaClockWarned") == 1);
  CHECK(told.at("sign:SlaClockOverdue") == 1);
  CHECK(told.at("sign:SlaClockEscalated") == 1);
  // SLA-8: the next rung is a working day after the limit.
  CHECK(c.store.ListClocks({.ticket_id = ticket, .light = Light::kRed, .limit = 10})->front().next_rung == due + absl::Hours(24));
  CHECK(fired(due + absl::Hours(24)) == 1);
  CHECK(c.database.Told(ticket).at("sign:SlaClockEscalated") == 2);
  const auto at_least = [&](int level) { return c.store.ListClocks({.min_level = level, .limit = 10})->size(); };
  CHECK(at_least(2) == 1);
  CHECK(at_least(3) == 0);
  CHECK(c.store.CountClocks({.min_level = 2})->size() == 1);
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
        idle = fired.ok() && fired->due.empty() ? idle + 1 : 0;
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
  CHECK(c.store.FireDue(due, 10, c.Firing(due))->due.size() == 1);
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

TEST_CASE("SLA-7: what the supervision desk asks") {
  StoreCase c;
  const auto dispatch = [&](const std::string& unit_path, const std::string& area, ticket_pb::TicketType type) {
    pb::TicketFacts facts = Facts(base::NewId(), ticket_pb::TICKET_STATE_DISPATCHED, type);
    facts.set_unit_path(unit_path);
    facts.set_area_code(area);
    c.Apply(TicketEvent<pb::TicketDispatched>(facts, kStart));
  };
  dispatch("/city/roads/", "3201", ticket_pb::TICKET_TYPE_HELP);
  dispatch("/city/roads/north/", "320102", ticket_pb::TICKET_TYPE_COMPLAINT);
  dispatch("/city/water/", "3202", ticket_pb::TICKET_TYPE_HELP);
  const absl::Time due = kStart + absl::Hours(2);
  REQUIRE(c.store.FireDue(due, 2, c.Firing(due)).ok());
  const auto count = [&](ClockQuery query) {
    query.limit = 100;
    return c.store.ListClocks(query)->size();
  };
  CHECK(count({.step = "sign"}) == 3);
  CHECK(count({.unit_path = "/city/", .also_unit_path = "/city/roads/"}) == 4);
  CHECK(count({.unit_path = "/city/water/", .also_unit_path = "/city/roads/"}) == 0);
  CHECK(count({.area_code = "3201"}) == 4);
  CHECK(count({.type = ticket_pb::TICKET_TYPE_COMPLAINT}) == 2);
  CHECK(count({.urgency = ticket_pb::URGENCY_URGENT}) == 0);
  CHECK(count({.due_before = due + absl::Seconds(1)}) == 3);
  CHECK(count({.due_after = due + absl::Seconds(1)}) == 3);
  CHECK(count({.light = Light::kRed, .step = "sign"}) == 2);
  const auto counts = c.store.CountClocks({});
  REQUIRE(counts.ok());
  std::map<std::pair<std::string, Light>, int64_t> lights;
  for (const ClockCount& one : *counts) lights[{one.step, one.light}] = one.count;
  CHECK(lights == std::map<std::pair<std::string, Light>, int64_t>{{{"reply", Light::kGreen}, 3}, {{"sign", Light::kGreen}, 1}, {{"sign", Light::kRed}, 2}});
  CHECK(c.store.CountClocks({.unit_path = "/city/water/"})->size() == 2);
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
  CHECK(base::HasReason(c.store.ImportDays(storm, 99, "u", kStart).status(), "ETAG_MISMATCH"));
  REQUIRE(c.store.ImportDays(storm, calendar->version, "u", kStart).ok());
  REQUIRE(c.rules.Load().ok());
  CHECK(c.RecomputeAll(kStart + absl::Hours(1)) == 2);
  CHECK(c.RecomputeAll(kStart + absl::Hours(1)) == 0);
  const auto clocks = c.store.ListClocks({.ticket_id = ticket, .limit = 10});
  for (const Clock& clock : *clocks) {
    CHECK(clock.calendar_version == calendar->version + 1);
    CHECK(Text(clock.due_time) == (clock.step == "sign" ? "2026-03-02 11:00" : "2026-03-06 17:30"));
  }
  CHECK(c.database.Told(ticket).at("reply:SlaClockMoved") == 1);
  CHECK(c.database.Told(ticket).count("sign:SlaClockMoved") == 0);
  // Every version stays.
  const auto before = c.store.GetCalendar(calendar->version);
  REQUIRE(before.ok());
  CHECK(before->days.size() == calendar->days.size());
  CHECK(c.store.GetCalendar()->days.size() == calendar->days.size() + 1);
  CHECK(c.store.GetCalendar()->created_by == "u");
  CHECK(base::HasReason(c.store.GetCalendar(99).status(), "CALENDAR_NOT_FOUND"));
}

TEST_CASE("SLA-9: other hours of the week are another version of the calendar") {
  StoreCase c;
  RulesOptions options = c.rules.options();
  REQUIRE(SeedHours(c.store, options, kStart).ok());
  const int64_t version = c.store.GetCalendar()->version;
  REQUIRE(SeedHours(c.store, options, kStart).ok());
  CHECK(c.store.GetCalendar()->version == version);
  options.weekly[5] = options.weekly[4];
  REQUIRE(SeedHours(c.store, options, kStart).ok());
  CHECK(c.store.GetCalendar()->version == version + 1);
  CHECK(c.store.GetCalendar()->hours != c.store.GetCalendar(version)->hours);
}

TEST_CASE("SLA-9: a policy that applies to open clocks moves them, in small batches, by several replicas, each once") {
  StoreCase c;
  constexpr int kTickets = 60;
  for (int i = 0; i < kTickets; ++i) c.Dispatch(base::NewId());
  v1::Policy policy = *FromJson(PresetJson("standard"));
  policy.mutable_steps(1)->mutable_rules(0)->mutable_limit()->set_amount(4);
  REQUIRE(c.store.PutPolicy("standard", ToJson(policy), 1, "u", kStart).ok());
  REQUIRE(c.rules.Load().ok());
  CHECK(c.RecomputeAll(kStart) == 0);  // Clocks keep their version.
  REQUIRE(c.store.PutPolicy("standard", ToJson(policy), 2, "u", kStart, true).ok());
  CHECK(c.store.GetPolicy("standard", 3)->applies_to_open);
  REQUIRE(c.rules.Load().ok());
  std::atomic<int> count = 0;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 3; ++i) replicas.emplace_back([&] { count += c.RecomputeAll(kStart, 7); });
  for (std::thread& replica : replicas) replica.join();
  count += c.RecomputeAll(kStart);
  CHECK(count == 2 * kTickets);
  CHECK(c.database.Told().at("sign:SlaClockMoved") == kTickets);
  CHECK(c.database.Told().count("reply:SlaClockMoved") == 0);
  const auto moved = c.store.ListClocks({.limit = 1000});
  for (const Clock& clock : *moved) {
    CHECK(clock.policy_version == 3);
    if (clock.step == "sign") CHECK(Text(clock.due_time) == "2026-03-02 14:30");
  }
}

TEST_CASE("SLA-9: a preview tells what would move and changes nothing") {
  StoreCase c;
  for (int i = 0; i < 3; ++i) c.Dispatch(base::NewId());
  Policy policy = Preset("standard");
  policy.version = 2;
  policy.steps[1].rules[0].limit.amount = 1;  // Sign within an hour.
  const absl::Time now = kStart + absl::Minutes(90);
  const auto decide = [&](const Clock& clock) -> absl::StatusOr<Change> {
    HOTLINE_RETURN_IF_ERROR(c.rules.Prepare({clock}));
    const Rules::Now rules = c.rules.Get();
    return Recompute(clock, &policy, rules.world, now);
  };
  v1::Preview preview;
  REQUIRE(CountMoves(c.store, {.policy_id = "standard"}, now, decide, [] { return false; }, preview).ok());
  CHECK(preview.examined() == 6);
  CHECK(preview.moved() == 3);
  CHECK(preview.become_overdue() == 3);
  CHECK(preview.stop_being_overdue() == 0);
  CHECK(preview.complete());
  REQUIRE(preview.examples_size() == 3);
  CHECK(preview.examples(0).due_before().seconds() - preview.examples(0).due_after().seconds() == 3600);
  CHECK(c.database.Told().count("sign:SlaClockMoved") == 0);
}

TEST_CASE("SLA-8: policies of before the ladder was data are lifted by the migration") {
  const auto options = PrivatePostgres::Shared().CreateDatabase("sla_timer");
  postgres::Pool pool({.connection = options});
  const auto script = [&](const std::string& name) {
    std::stringstream text;
    text << std::ifstream(std::string(HOTLINE_SOURCE_DIR) + "/services/sla_timer/migrations/" + name).rdbuf();
    auto connection = pool.Checkout();
    REQUIRE(connection.ok());
    const absl::Status done = (*connection)->ExecuteScript(text.str());
    INFO(done);
    REQUIRE(done.ok());
  };
  script("0001_clocks.sql");
  nlohmann::json old = nlohmann::json::parse(PresetJson("classic"));
  old["ladder"] = {"urging_notice", "criticism"};
  REQUIRE(postgres::RunTransaction(pool, [&](postgres::Transaction& tx) {
            return tx.Execute("INSERT INTO policies VALUES ('classic', 1, $1, now(), 'city')", {old.dump()}).status();
          }).ok());
  script("0002_ladder.sql");
  PostgresStore store(pool);
  const auto lifted = FromProto(*FromJson(store.GetPolicy("classic", 0)->json));
  REQUIRE(lifted.ok());
  REQUIRE(lifted->ladder.size() == 2);
  CHECK(lifted->ladder[0].measure == "urging_notice");
  CHECK_FALSE(lifted->ladder[0].after.has_value());
  CHECK(lifted->ladder[1].measure == "criticism");
  CHECK(lifted->ladder[1].after->amount == 1);
  CHECK(store.GetCalendar()->version == 1);
}

TEST_CASE("presets follow a release until a city edits them") {
  StoreCase c;
  v1::Policy older = *FromJson(PresetJson("office"));
  older.mutable_ladder()->Clear();
  REQUIRE(c.store.PutPolicy("office", ToJson(older), 1, "preset", kStart).ok());
  REQUIRE(SeedPolicies(c.store, kPresets, kStart).ok());
  CHECK(c.store.GetPolicy("office", 0)->version == 3);
  CHECK(FromJson(c.store.GetPolicy("office", 0)->json)->ladder_size() == 1);
  REQUIRE(c.store.PutPolicy("office", ToJson(older), 3, "u1", kStart).ok());
  REQUIRE(SeedPolicies(c.store, kPresets, kStart).ok());
  CHECK(c.store.GetPolicy("office", 0)->version == 4);
}

TEST_CASE("holiday files are read strictly") {
  CHECK(ParseHolidays("date,day,name\n2026-01-01,off,元旦\r\n")->size() == 1);
  CHECK(base::FieldViolations(ParseHolidays("date,day,name\n2026-01-01,free,x\n").status())[0].field == "line[2]");
  CHECK_FALSE(ParseHolidays("date,day,name\n2026-13-01,off,x\n").ok());
}

}  // namespace
}  // namespace hotline::sla_timer
