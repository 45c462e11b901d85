// The program killed while it recomputes many clocks (SLA-9): what it had in hand is done again, what it had done is not.
#include <algorithm>
#include <tuple>

#include "services/sla_timer/tests/program_fixture.h"

namespace hotline::sla_timer {
namespace {

constexpr int kCopies = 2000;      // Of each ticket's clock: more batches together than two threads have in hand.
constexpr absl::Duration kMeanwhile = absl::Minutes(1);  // A limit that passes while the test looks.
constexpr int kHoursAgo[] = {0, 5, 20, 30, 50};
const std::vector<rpc::Role> kAdmin = {access::v1::ROLE_ADMIN};

// A clock and what its copies were before the rules changed.
struct Sample {
  absl::Time start;
  Clock clock;
};

struct RecomputeCase : Case {
  RecomputeCase() : Case("standard"), rules(database.store(), {.zone = China().zone(), .active_policy = "standard"}) {
    for (const int hours : kHoursAgo) samples.push_back(Started(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) - absl::Hours(hours)));
    Run("UPDATE clocks SET state = 2, next_fire = NULL, budget_us = budget_us / 2 WHERE clock_id = $1", {samples.back().clock.clock_id});
    Run("INSERT INTO clocks (clock_id, ticket_id, step, policy_id, policy_version, type, urgency, channel, category_id, unit_id, unit_path, state, light,"
        " start_time, due_time, warn_time, stop_time, stop_reason, working, is_window, basis, anchor, budget_us, warn_lead_us, extensions, provisional,"
        " calendar_version, version, next_fire, area_code, level, next_rung) SELECT gen_random_uuid(), gen_random_uuid(), step, policy_id, policy_version,"
        " type, urgency, channel, category_id, unit_id, unit_path, state, light, start_time, due_time, warn_time, stop_time, stop_reason, working,"
        " is_window, basis, anchor, budget_us, warn_lead_us, extensions, provisional, calendar_version, version, next_fire, area_code, level, next_rung"
        " FROM clocks, generate_series(2, $1)", {kCopies});
    Settled();
    Remember();
  }

  void Run(const std::string& sql, const postgres::Params& params = {}) {
    const auto done = postgres::RunTransaction(database.pool(), [&](postgres::Transaction& tx) { return tx.Execute(sql, params).status(); });
    INFO(done);
    REQUIRE(done.ok());
  }
  int64_t Number(const std::string& sql, const postgres::Params& params = {}) {
    const auto rows = database.pool().Read(sql, params);
    REQUIRE(rows.ok());
    return (*rows)[0].Get<int64_t>("n");
  }
  // What a ticket dispatched then has for its reply, by the rules as they are now.
  TicketChange DispatchedAt(absl::Time start) {
    return **FromTicketEvent(TicketEvent<pb::TicketDispatched>(Facts(base::NewId(), ticket_pb::TICKET_STATE_DISPATCHED), start));
  }
  static Clock Reply(const std::vector<Change>& changes) {
    const auto reply = std::find_if(changes.begin(), changes.end(), [](const Change& change) { return change.clock.step == "reply"; });
    REQUIRE(reply != changes.end());
    return reply->clock;
  }
  Sample Started(absl::Time start) {
    REQUIRE(rules.Load().ok());
    const TicketChange change = DispatchedAt(start);
    const auto changes = postgres::RunTransaction(database.pool(), [&](postgres::Transaction& tx) {
      return PostgresStore::ApplyTicket(tx, change.ticket_id, start, [&](const std::vector<Clock>& clocks) -> absl::StatusOr<std::vector<Change>> {
        std::vector<Change> all = Apply(change, clocks, rules.Get().world);
        std::erase_if(all, [](const Change& one) { return one.clock.step != "reply"; });
        return all;
      });
    });
    REQUIRE(changes.ok());
    return {start, Reply(*changes)};
  }
  // Nothing is due that has not been fired.
  void Settled() {
    REQUIRE(WaitUntil([&] { return Number("SELECT count(*) AS n FROM clocks WHERE next_fire <= now()") == 0; }));
  }
  void Remember() {
    for (Sample& sample : samples) sample.clock = database.store().ListClocks({.ticket_id = sample.clock.ticket_id, .limit = 10})->front();
    told_before = Number("SELECT coalesce(max(id), 0) AS n FROM outbox");
  }
  int64_t Stale(int64_t calendar, int64_t policy) {
    return Number("SELECT count(*) AS n FROM clocks WHERE state <> 3 AND (calendar_version < $1 OR policy_version < $2)", {calendar, policy});
  }
  // Kills the program twice in the middle of it, and waits for its end.
  void KillMeanwhile(int64_t calendar, int64_t policy) {
    const int64_t all = Number("SELECT count(*) AS n FROM clocks");
    for (const int64_t left : {all - 1, all / 2}) {
      REQUIRE(WaitUntil([&] { return Stale(calendar, policy) <= left; }));
      program.Kill(SIGKILL);
      const int64_t stale = Stale(calendar, policy);
      CHECK(stale > 0);
      CHECK(stale < all);
      program.Start();
    }
    INFO(program.Log());
    REQUIRE(WaitUntil([&] { return Stale(calendar, policy) == 0; }));
    CHECK(database.store().StaleGroups(calendar)->empty());
    Settled();
  }
  // What was told of each clock since: (clock, event, rung).
  std::map<std::tuple<std::string, std::string, int>, int> ToldSince() {
    std::map<std::tuple<std::string, std::string, int>, int> told;
    const auto rows = database.pool().Read("SELECT payload FROM outbox WHERE id > $1", {told_before});
    REQUIRE(rows.ok());
    const auto add = [&](const auto& data, const char* what, int rung = 0) { ++told[{data->clock().clock_id(), what, rung}]; };
    for (const postgres::Row row : *rows) {
      pb::Event event;
      REQUIRE(event.ParseFromString(row.Get<postgres::Bytes>("payload").value));
      if (events::Is<pb::SlaClockMoved>(event)) add(events::Unpack<pb::SlaClockMoved>(event), "moved");
      else if (events::Is<pb::SlaClockWarned>(event)) add(events::Unpack<pb::SlaClockWarned>(event), "warned");
      else if (events::Is<pb::SlaClockOverdue>(event)) add(events::Unpack<pb::SlaClockOverdue>(event), "overdue");
      else if (events::Is<pb::SlaClockEscalated>(event)) add(events::Unpack<pb::SlaClockEscalated>(event), "escalated", events::Unpack<pb::SlaClockEscalated>(event)->level());
      else FAIL(event.type());
    }
    return told;
  }
  // Every copy is where the rules that hold now put a clock that starts under them, and no one was told anything twice.
  void CheckAll(const Policy* target) {
    const auto told = ToldSince();
    CHECK(std::all_of(told.begin(), told.end(), [](const auto& one) { return one.second == 1; }));
    REQUIRE(rules.Load().ok());
    const Rules::Now now = rules.Get();
    for (const Sample& sample : samples) {
      const Clock by_rules = Reply(Apply(DispatchedAt(sample.start), {}, now.world));
      const bool runs = sample.clock.state == ClockState::kRunning;
      const Change change = Recompute(sample.clock, target, now.world, absl::Now());
      const Clock& expected = runs ? by_rules : change.clock;
      const auto clocks = database.store().ListClocks({.state = sample.clock.state, .limit = 1'000'000});
      int copies = 0;
      for (const Clock& clock : *clocks) {
        if (clock.start_time != sample.start) continue;
        ++copies;
        const bool over = clock.light == Light::kRed;
        const bool right = clock.due_time == expected.due_time && clock.warn_time == expected.warn_time && clock.budget == expected.budget &&
                           clock.policy_version == now.world.active->version && clock.calendar_version == now.world.calendar_version &&
                           (over ? runs && clock.due_time <= absl::Now() : !runs || clock.due_time > absl::Now() - kMeanwhile) &&
                           (over || clock.version <= sample.clock.version + 2);  // Once recomputed, once warned.
        const bool heard = told.count({clock.clock_id, "moved", 0}) == (change.kind == ChangeKind::kMoved ? 1u : 0u) && told.count({clock.clock_id, "overdue", 0}) == (over ? 1u : 0u);
        if (right && heard) continue;
        INFO(absl::FormatTime(sample.start) << ": due " << absl::FormatTime(clock.due_time) << ", expected " << absl::FormatTime(expected.due_time) << ", version " << clock.version);
        REQUIRE(right);
        REQUIRE(heard);
      }
      CHECK(copies == kCopies);
    }
  }

  Rules rules;
  std::vector<Sample> samples;
  int64_t told_before = 0;
};

TEST_CASE_METHOD(RecomputeCase, "SLA-9: kills in the middle of a recompute: every clock ends where the rules put it, and each is told once") {
  // The days of the present limits become holidays.
  v1::ImportCalendarDaysRequest import;
  for (int i = 1; i <= 3; ++i) {
    v1::CalendarDay* day = import.add_days();
    day->set_date(absl::FormatCivilTime(China().LocalDay(samples.front().clock.due_time) - i + 1));
    day->set_kind("off");
  }
  const auto calendar = program.Call<v1::CalendarService>(&v1::CalendarService::StubInterface::ImportCalendarDays, import, kAdmin);
  INFO(calendar.status());
  REQUIRE(calendar.ok());
  KillMeanwhile(calendar->version(), 1);
  CheckAll(nullptr);

  // One working day instead of three, for those that run as well: some are over at once.
  Remember();
  v1::GetPolicyRequest get;
  get.set_policy_id("standard");
  v1::PutPolicyRequest put;
  *put.mutable_policy() = *program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::GetPolicy, get, kAdmin);
  for (v1::Step& step : *put.mutable_policy()->mutable_steps()) {
    if (step.step() != "reply") continue;
    for (v1::Rule& rule : *step.mutable_rules()) {
      if (rule.limit().amount() == 3) rule.mutable_limit()->set_unit(v1::LIMIT_UNIT_HOUR);
    }
  }
  put.set_apply_to_open(true);
  const auto policy = program.Call<v1::PolicyService>(&v1::PolicyService::StubInterface::PutPolicy, put, kAdmin);
  INFO(policy.status());
  REQUIRE(policy.ok());
  KillMeanwhile(calendar->version(), policy->version());
  CheckAll(*rules.Version("standard", policy->version()));
}

}  // namespace
}  // namespace hotline::sla_timer
