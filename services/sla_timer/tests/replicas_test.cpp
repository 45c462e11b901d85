// Two replicas under load, one of them killed again and again: nothing is lost, nothing is done twice, and what a dead or
// standing replica had in hand is fired by the other. SLA_KILLS says how often (tests/soak: 200).
#include <cstdlib>
#include <iostream>
#include <thread>

#include "services/sla_timer/tests/program_fixture.h"

namespace hotline::sla_timer {
namespace {

constexpr int kDefaultKills = 5;
constexpr int kTicketsPerKill = 8;
// A busy machine that runs sanitizers may be later than a soak allows.
constexpr absl::Duration kLate = absl::Seconds(5), kLateOnABusyMachine = absl::Seconds(60);

// How late the latest limit was told.
absl::Duration Latest(Database& database) {
  const auto rows = database.pool().Read("SELECT payload FROM outbox WHERE type = 'hotline.events.v1.SlaClockOverdue'");
  REQUIRE(rows.ok());
  absl::Duration latest;
  for (const postgres::Row row : *rows) {
    pb::Event event;
    REQUIRE(event.ParseFromString(row.Get<postgres::Bytes>("payload").value));
    const absl::Time due = *GetTimestamp("due_time", events::Unpack<pb::SlaClockOverdue>(event)->clock().due_time());
    latest = std::max(latest, *GetTimestamp("time", event.time()) - due);
  }
  return latest;
}

int64_t RowsTold(Database& database) {
  const auto rows = database.pool().Read("SELECT count(*) AS n FROM outbox");
  REQUIRE(rows.ok());
  return (*rows)[0].Get<int64_t>("n");
}

TEST_CASE("SLA-7, SLA-8: kills of two replicas under load lose no clock and tell nothing twice") {
  const char* asked = std::getenv("SLA_KILLS");
  const int kills = asked == nullptr ? kDefaultKills : std::atoi(asked);
  Case c("quick", 2);
  Program second(c.database, c.redis, c.keys, c.directory, "quick", "second");
  second.Start();
  int all = 0;
  std::string last;
  for (int kill = 0; kill < kills; ++kill) {
    for (int i = 0; i < kTicketsPerKill; ++i, ++all) c.Say<pb::TicketDispatched>(last = base::NewId(), ticket_pb::TICKET_STATE_DISPATCHED);
    REQUIRE(c.WaitTold(last, "sign:SlaClockStarted"));
    // Anywhere between the start of these and the limits of those before.
    const int64_t until = RowsTold(c.database) + kill % 7;
    WaitUntil([&] { return RowsTold(c.database) >= until; }, absl::Milliseconds(400));  // All may be told already.
    Program& victim = kill % 2 == 0 ? c.program : second;
    victim.Kill(SIGKILL);
    victim.Start();
  }
  const std::map<std::string, int> once = {
      {"sign:SlaClockStarted", all},  {"sign:SlaClockWarned", all},  {"sign:SlaClockOverdue", all},  {"sign:SlaClockEscalated", all},
      {"reply:SlaClockStarted", all}, {"reply:SlaClockWarned", all}, {"reply:SlaClockOverdue", all}, {"reply:SlaClockEscalated", all}};
  CHECK(WaitUntil([&] {
    const auto told = c.database.Told();
    const auto at = [&](const char* what) { return told.count(what) == 0 ? 0 : told.at(what); };
    return at("sign:SlaClockEscalated") >= all && at("reply:SlaClockEscalated") >= all;
  }));
  CHECK(c.database.Told() == once);
  const absl::Duration latest = Latest(c.database);
  std::cout << kills << " kills, " << 2 * all << " clocks, the latest limit was told " << absl::FormatDuration(latest) << " late\n";
  CHECK(latest <= (asked == nullptr ? kLateOnABusyMachine : kLate));
}

TEST_CASE("SLA-7: what a replica that stands still had in hand is fired by another within five seconds") {
  Database database(PrivatePostgres::Shared(), 1);
  Rules rules(database.store(), {.zone = China().zone(), .active_policy = "quick"});
  REQUIRE(rules.Load().ok());
  const pb::Event event = TicketEvent<pb::TicketDispatched>(Facts(base::NewId(), ticket_pb::TICKET_STATE_DISPATCHED), absl::Now() - absl::Seconds(2));
  const auto change = FromTicketEvent(event);
  REQUIRE(postgres::RunTransaction(database.pool(), [&](postgres::Transaction& tx) {
            return PostgresStore::ApplyTicket(tx, (*change)->ticket_id, absl::Now(), [&](const std::vector<Clock>& clocks) -> absl::StatusOr<std::vector<Change>> {
                     return Apply(**change, clocks, rules.Get().world);
                   }).status();
          }).ok());
  const absl::Time now = absl::Now();
  const DecideMany fire = [&](const Clock& clock) -> absl::StatusOr<std::vector<Change>> {
    const Rules::Now held = rules.Get();
    return Fire(clock, *held.world.policy_of(clock.policy_id, clock.policy_version), *held.world.calendar, now);
  };
  std::atomic<bool> holds = false, free = false;
  std::thread standing([&] {
    postgres::Pool pool({.connection = database.options()});
    PostgresStore store(pool);
    // It stands in the middle of its first batch; what it does when it wakes up has no effect.
    store.FireDue(now, 10, [&](const Clock& clock) {
      if (!holds.exchange(true)) WaitUntil([&] { return free.load(); });
      return fire(clock);
    }).status().IgnoreError();
  });
  REQUIRE(WaitUntil([&] { return holds.load(); }));
  CHECK(database.store().FireDue(now, 10, fire)->due.empty());
  CHECK(WaitUntil([&] { return database.store().FireDue(now, 10, fire)->due.size() == 2; }));
  const absl::Duration took = absl::Now() - now;
  free = true;
  standing.join();
  CHECK(took <= kTakeover + absl::Seconds(2));
  CHECK(database.Told().at("sign:SlaClockOverdue") == 1);
  CHECK(database.Told().at("reply:SlaClockOverdue") == 1);
}

}  // namespace
}  // namespace hotline::sla_timer
