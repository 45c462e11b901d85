// Facts on real PostgreSQL: each figure of a day made by hand against the value computed by hand (ANA-1, STD-1, ACD-7).
#include "libs/base/error.h"
#include "services/analytics/board.h"
#include "services/analytics/tests/fixture.h"

namespace hotline::analytics {
namespace {

std::vector<events::Event> Calls() {
  return {
      Offered("c1", At(9, 0)), Connected("c1", At(9, 0, 25), "agent-1", 15'000), Served("c1", At(9, 0), At(9, 0, 10), "agent-1", 15'000, 60'000),
      Offered("c2", At(9, 5)), Connected("c2", At(9, 5, 25.001), "agent-2", 15'001),
      Served("c2", At(9, 5), At(9, 5, 10), "agent-2", 15'001, 120'000),
      Offered("c3", At(10, 0)),
      Ended("c3", At(10, 0), At(10, 0, 30), "abandoned",
            [](ev::CallEnded& data) {
              data.set_queue_id("legal");
              *data.mutable_enqueue_time() = Stamp(At(10, 0, 10));
              data.set_wait_ms(20'000);
            }),
      Offered("c4", At(10, 1)), Ended("c4", At(10, 1), At(10, 2), "self_service"),
      Offered("c5", At(10, 3)), Ended("c5", At(10, 3), At(10, 3, 5), "abandoned"),  // in the menu: never asked for an agent
      Offered("c6", At(11, 55)),                                                  // still running
      Offered("c7", At(11, 0), "outbound"), Connected("c7", At(11, 0, 8), "agent-1", 0, "outbound"),
      Ended("c7", At(11, 0), At(11, 1), "agent",
            [](ev::CallEnded& data) {
              data.set_direction("outbound");
              data.set_agent_id("agent-1");
              *data.mutable_agent_answer_time() = Stamp(At(11, 0, 8));
              data.set_talk_ms(52'000);
            }),
      Offered("c8", At(11, 10), "outbound"),
      Ended("c8", At(11, 10), At(11, 11), "agent",
            [](ev::CallEnded& data) {
              data.set_direction("outbound");
              data.set_agent_id("agent-1");
              *data.mutable_agent_answer_time() = Stamp(At(11, 10));
            }),
      Message("r1", "mailbox", At(8, 0)), Message("r2", "complaint", At(8, 1)), Message("r3", "emergency", At(8, 2)),
  };
}

std::vector<events::Event> Tickets() {
  Case t1{.id = "t1"};
  Case t2{.id = "t2", .type = tk::TICKET_TYPE_HELP, .channel = tk::CHANNEL_WEB, .area = "990103"};
  Case t3{.id = "t3", .type = tk::TICKET_TYPE_CONSULTATION};
  Case t4{.id = "t4", .channel = tk::CHANNEL_MAILBOX};
  std::vector<events::Event> all;
  for (Case* ticket : {&t1, &t2, &t3, &t4}) all.push_back(Step<ev::TicketCreated>(*ticket, At(9, 10), tk::TICKET_STATE_ACCEPTED));
  all.push_back(Step<ev::TicketClosed>(t3, At(9, 40), tk::TICKET_STATE_CLOSED));
  all.push_back(Step<ev::TicketRefused>(t4, At(9, 41), tk::TICKET_STATE_REFUSED));
  t1.unit = t2.unit = "water";
  t1.path = t2.path = "/city/water/";
  all.push_back(Step<ev::TicketDispatched>(t1, At(9, 20), tk::TICKET_STATE_DISPATCHED));
  all.push_back(Step<ev::TicketDispatched>(t2, At(9, 21), tk::TICKET_STATE_DISPATCHED));
  all.push_back(Step<ev::TicketSigned>(t1, At(9, 30), tk::TICKET_STATE_SIGNED));
  all.push_back(Step<ev::TicketReplied>(t1, At(10, 30), tk::TICKET_STATE_REPLIED));
  all.push_back(Step<ev::TicketReviewed>(t1, At(10, 40), tk::TICKET_STATE_CALLBACK, [](ev::TicketReviewed& d) { d.set_accepted(true); }));
  all.push_back(CalledBack(t1, At(11, 0), true, true, "very_satisfied"));
  all.push_back(Step<ev::TicketClosed>(t1, At(11, 10), tk::TICKET_STATE_CLOSED));
  all.push_back(Step<ev::TicketArchived>(t1, At(11, 20), tk::TICKET_STATE_ARCHIVED));
  all.push_back(Step<ev::TicketReturnRequested>(t2, At(9, 35), tk::TICKET_STATE_RETURN_REQUESTED));
  t2.unit = t2.path = "";
  all.push_back(Step<ev::TicketReturnDecided>(t2, At(9, 36), tk::TICKET_STATE_ACCEPTED, [](ev::TicketReturnDecided& d) { d.set_accepted(true); }));
  t2.unit = "market";
  t2.path = "/city/market/";
  all.push_back(Step<ev::TicketDispatched>(t2, At(9, 37), tk::TICKET_STATE_DISPATCHED));
  all.push_back(CalledBack(t2, At(11, 0), false, false, ""));
  all.push_back(CalledBack(t2, At(11, 30), true, false, "dissatisfied"));
  all.push_back(Step<ev::TicketReworked>(t2, At(11, 31), tk::TICKET_STATE_SIGNED));
  all.push_back(Rated("c1", "agent-1", 1, At(9, 2)));
  all.push_back(Rated("c2", "agent-2", 4, At(9, 8)));
  return all;
}

std::vector<events::Event> Clocks() {
  ev::SlaClockFacts window = ClockFacts("k4", "t2", "return", "water", 2, At(9, 50));
  window.set_window(true);
  return {
      Clock<ev::SlaClockStarted>(ClockFacts("k1", "t1", "sign", "water", 1, At(10, 0)), At(9, 20)),
      Stopped(ClockFacts("k1", "t1", "sign", "water", 2, At(10, 0)), At(9, 30), "done", true),
      Clock<ev::SlaClockStarted>(ClockFacts("k2", "t1", "reply", "water", 1, At(10, 0)), At(9, 30)),
      Clock<ev::SlaClockOverdue>(ClockFacts("k2", "t1", "reply", "water", 2, At(10, 0), "red"), At(10, 0)),
      Stopped(ClockFacts("k2", "t1", "reply", "water", 3, At(10, 0), "red"), At(10, 30), "done", false),
      // Stopped, reopened and stopped again: one finished step.
      Stopped(ClockFacts("k3", "t2", "sign", "market", 2, At(13, 0)), At(9, 50), "done", true),
      Clock<ev::SlaClockStarted>(ClockFacts("k3", "t2", "sign", "market", 3, At(13, 0)), At(9, 55)),
      Stopped(ClockFacts("k3", "t2", "sign", "market", 4, At(13, 0)), At(9, 58), "done", true),
      Stopped(window, At(9, 50), "window_closed", true),
      Clock<ev::SlaClockOverdue>(ClockFacts("k5", "t2", "reply", "market", 2, At(11, 40), "red"), At(11, 40)),
      Stopped(ClockFacts("k6", "t4", "dispatch", "", 2, At(10, 0)), At(9, 41), "ended", true),
  };
}

std::vector<events::Event> Agents() {
  return {
      Agent("agent-1", ag::AGENT_STATE_SIGNED_OUT, ag::AGENT_STATE_NOT_READY, 40'000'000, At(8, 59)),
      Agent("agent-1", ag::AGENT_STATE_NOT_READY, ag::AGENT_STATE_READY, 30'000, At(8, 59, 30)),
      Agent("agent-1", ag::AGENT_STATE_READY, ag::AGENT_STATE_RESERVED, 60'000, At(9, 0, 20)),
      Agent("agent-1", ag::AGENT_STATE_RESERVED, ag::AGENT_STATE_TALKING, 5'000, At(9, 0, 25)),
      Agent("agent-1", ag::AGENT_STATE_TALKING, ag::AGENT_STATE_WRAP_UP, 60'000, At(9, 1, 25)),
      Agent("agent-1", ag::AGENT_STATE_WRAP_UP, ag::AGENT_STATE_READY, 15'000, At(9, 1, 40)),
      Unit("water", "/city/water/", 1), Unit("market", "/city/market/", 2),
  };
}

std::vector<events::Event> Together(std::vector<std::vector<events::Event>> sources) {
  std::vector<events::Event> all;
  for (const auto& source : sources) all.insert(all.end(), source.begin(), source.end());
  return all;
}

TEST_CASE("ANA-1 STD-1 ACD-7: figures of calls; exactly 15 s is within 15 s; hanging up in the menu is not abandoning a queue") {
  World world;
  world.Tell(Calls());
  CHECK(world.Figure("calls_offered") == 6);
  CHECK(world.Figure("calls_requested_agent") == 3);
  CHECK(world.Figure("calls_connected") == 2);
  CHECK(world.Figure("answered_in_15s") == 1);
  CHECK(world.Figure("calls_abandoned") == 1);
  CHECK(world.Figure("connect_rate") == Approx(2.0 / 3));
  CHECK(world.Figure("answered_in_15s_rate") == 0.5);
  CHECK(world.Figure("abandon_rate") == Approx(1.0 / 3));
  CHECK(world.Figure("average_wait_seconds") == Approx(15.0005));
  CHECK(world.Figure("talk_seconds") == 180);
  CHECK(world.Figure("average_talk_seconds") == 90);
  CHECK(world.Figure("calls_outbound") == 2);
  CHECK(world.Figure("outbound_connect_rate") == 0.5);
  CHECK(world.Figure("messages_left") == 1);
  CHECK(world.Figure("complaints_recorded") == 1);
  CHECK(world.Figure("emergency_messages") == 1);
  CHECK(*world.store().CallsNow(At(12, 0)) == 1);
  CHECK(*world.store().CallsNow(At(12, 0) + kLongestCall) == 0);

  const Groups queues = world.Ask({Grouping::kQueue});
  CHECK(queues.at({"general"}).at(Sum::kCallsConnected) == 2);
  CHECK(queues.at({"legal"}).at(Sum::kCallsAbandoned) == 1);
  const Groups agents = world.Ask({Grouping::kAgent});
  CHECK(agents.at({"agent-1"}).at(Sum::kCallsTalkSeconds) == 60);
  CHECK(agents.at({"agent-2"}).at(Sum::kCallsConnected) == 1);
}

TEST_CASE("ACD-7: a call counts as answered at once, not only when it is over, and a second agent changes nothing of its wait") {
  World world;
  world.Tell({Offered("c1", At(9, 0)), Connected("c1", At(9, 0, 20), "agent-1", 10'000)});
  CHECK(world.Figure("answered_in_15s") == 1);
  CHECK(world.Figure("connect_rate") == 1);
  CHECK(world.Figure("average_talk_seconds") == -1);
  world.Tell({Connected("c1", At(9, 3), "agent-2", 40'000)});
  CHECK(world.Figure("average_wait_seconds") == 10);
  CHECK(world.Ask({Grouping::kAgent}).at({"agent-2"}).at(Sum::kCallsConnected) == 1);
}

TEST_CASE("ANA-1: figures of tickets") {
  World world;
  world.Tell(Together({Tickets(), Clocks(), Agents()}));
  CHECK(world.Figure("tickets_created") == 4);
  CHECK(world.Figure("tickets_dispatched") == 2);
  CHECK(world.Figure("tickets_closed") == 2);
  CHECK(world.Figure("tickets_archived") == 1);
  CHECK(world.Figure("tickets_refused") == 1);
  CHECK(world.Figure("tickets_open") == 1);
  CHECK(world.Figure("tickets_overdue") == 1);
  CHECK(world.Figure("returns_requested") == 1);
  CHECK(world.Figure("reworks") == 1);
  CHECK(world.Figure("average_close_hours") == Approx((2.0 + 0.5) / 2));
  CHECK(world.Figure("steps_finished") == 3);
  CHECK(world.Figure("on_time_rate") == Approx(2.0 / 3));
  CHECK(world.Figure("callbacks_recorded") == 3);
  CHECK(world.Figure("callbacks_reached_rate") == Approx(2.0 / 3));
  CHECK(world.Figure("solved_rate") == 0.5);
  CHECK(world.Figure("satisfied_rate") == 0.5);
  CHECK(world.Figure("calls_rated") == 2);
  CHECK(world.Figure("call_satisfied_rate") == 0.5);
}

TEST_CASE("ANA-1: tickets by type, unit, area and channel, and of a subtree as the units stand now") {
  World world;
  world.Tell(Together({Tickets(), Clocks(), Agents()}));
  const Groups types = world.Ask({Grouping::kType});
  CHECK(types.at({"complaint"}).at(Sum::kTicketsCreated) == 2);
  CHECK(types.at({"help"}).at(Sum::kTicketsOverdue) == 1);
  CHECK(types.at({"consultation"}).at(Sum::kTicketsClosed) == 1);
  const Groups units = world.Ask({Grouping::kUnit});
  CHECK(units.at({"water"}).at(Sum::kTicketsDispatched) == 2);
  CHECK(units.at({"market"}).at(Sum::kTicketsDispatched) == 1);
  CHECK(units.at({"market"}).at(Sum::kTicketsOpen) == 1);
  CHECK(units.at({"water"}).at(Sum::kClocksOnTime) == 1);
  CHECK(units.at({"water"}).at(Sum::kClocksFinished) == 2);
  CHECK(world.Ask({Grouping::kChannel}).at({"mailbox"}).at(Sum::kTicketsRefused) == 1);
  CHECK(world.Ask({Grouping::kArea, Grouping::kType}).at({"990103", "help"}).at(Sum::kTicketsCreated) == 1);
  CHECK(world.Ask({}, "/city/water/").at({}).at(Sum::kTicketsDispatched) == 2);
  CHECK(world.Ask({}, "/city/market/").at({}).at(Sum::kTicketsDispatched) == 1);
  CHECK(world.Ask({}, "/city/market/").at({}).at(Sum::kCallbacks) == 2);
  // The market office moves below water: its past goes with it.
  world.Tell({Unit("market", "/city/water/market/", 3), Unit("market", "/city/market/", 2)});
  CHECK(world.Ask({}, "/city/water/").at({}).at(Sum::kCallbacks) == 3);
  CHECK(*world.store().UnitPath("market") == "/city/water/market/");
}

TEST_CASE("ANA-1: agents' time") {
  World world;
  world.Tell(Agents());
  CHECK(world.Figure("agent_talk_seconds") == 60);
  CHECK(world.Figure("agent_wrap_up_seconds") == 15);
  CHECK(world.Figure("agent_ready_seconds") == 60);
  CHECK(world.Figure("agent_not_ready_seconds") == 30);
  CHECK(world.Figure("occupancy") == Approx(80.0 / 140));
}

TEST_CASE("ANA-1: events told twice, and sources in any order, make the same figures") {
  World one, other;
  one.Tell(Together({Agents(), Calls(), Tickets(), Clocks()}));
  const auto calls = Calls(), tickets = Tickets(), clocks = Clocks(), agents = Agents();
  other.Tell(Together({clocks, tickets, calls, agents}));
  other.Tell(Together({calls, clocks, agents, tickets}));
  for (const std::vector<Grouping>& by : std::vector<std::vector<Grouping>>{{}, {Grouping::kUnit}, {Grouping::kHour}, {Grouping::kAgent}}) {
    CHECK(one.Ask(by) == other.Ask(by));
  }
  CHECK(*other.store().CallsNow(At(12, 0)) == 1);
}

TEST_CASE("ANA-1: days and hours are the city's") {
  World world;
  world.Tell({Offered("before", kMidnight - absl::Seconds(1)), Offered("after", kMidnight), Offered("later", At(1, 30))});
  const Groups days = world.Ask({Grouping::kDay}, {}, kMidnight - absl::Hours(24));
  REQUIRE(days.size() == 2);
  CHECK(GroupValue(Grouping::kDay, days.begin()->first[0], world.zone()) == "2026-03-01");
  CHECK(days.begin()->second.at(Sum::kCallsOffered) == 1);
  CHECK(GroupValue(Grouping::kDay, days.rbegin()->first[0], world.zone()) == "2026-03-02");
  CHECK(days.rbegin()->second.at(Sum::kCallsOffered) == 2);
  const Groups hours = world.Ask({Grouping::kHour}, {}, kMidnight - absl::Hours(24));
  REQUIRE(hours.size() == 3);
  CHECK(GroupValue(Grouping::kHour, hours.rbegin()->first[0], world.zone()) == "2026-03-02T01:00:00+08:00");
  CHECK(world.Figure("calls_offered") == 2);
}

TEST_CASE("STD-1: the wallboard's connect rate is of the last 24 hours, the rest of today") {
  World world;
  world.Tell(Together({Calls(), Tickets(), Clocks(), Agents()}));
  world.Tell({Offered("y1", At(-1, 0)), Served("y1", At(-1, 0), At(-1, 1), "agent-1", 1'000, 1'000),   // yesterday 23:00
              Offered("y2", At(-20, 0)), Served("y2", At(-20, 0), At(-20, 1), "agent-1", 1'000, 1'000)});  // more than 24 h ago
  const auto board = LoadFigures(world.store(), At(12, 0), world.zone());
  REQUIRE(board.ok());
  CHECK(board->calls_offered() == 6);
  CHECK(board->calls_connected() == 2);
  CHECK(board->connect_rate_24h() == Approx(3.0 / 4));
  CHECK(board->answered_in_15s_rate() == 0.5);
  CHECK(board->calls_now() == 1);
  CHECK(board->tickets_by_type().at("complaint") == 2);
  CHECK(board->tickets_by_unit().at("water") == 2);
  CHECK(board->tickets_by_area().at("990103") == 1);
  CHECK(board->tickets_open() == 1);
  CHECK(board->tickets_overdue() == 1);
  CHECK(board->on_time_rate() == Approx(2.0 / 3));
  World empty;
  const auto nothing = LoadFigures(empty.store(), At(12, 0), empty.zone());
  REQUIRE(nothing.ok());
  CHECK(nothing->connect_rate_24h() == -1);
  CHECK(nothing->satisfied_rate() == -1);
  CHECK(nothing->calls_offered() == 0);
}

TEST_CASE("ANA-1: an event that does not say what it is about is refused for good, and leaves nothing") {
  World world;
  ev::CallEnded nameless;
  const absl::Status status = world.Apply(events::Make("telephony", "", nameless, At(9, 0)));
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(world.Figure("calls_offered") == 0);
}

TEST_CASE("ANA-6: BI tools read the views in the schema bi") {
  World world;
  world.Tell(Together({Calls(), Tickets(), Clocks(), Agents()}));
  CHECK(*world.store().PublishViews() == false);
  const std::string database = (*world.pool().Read("select current_database()::text as name, current_user::text as role"))[0].Get<std::string>("name");
  const std::string role = (*world.pool().Read("select current_user::text as role"))[0].Get<std::string>("role");
  postgres::Pool admin({.connection = testing::PrivatePostgres::Shared().AdminOptions(database)});
  const absl::Status made = postgres::RunTransaction(
      admin, [&](postgres::Transaction& tx) { return tx.Execute("create schema bi authorization \"" + role + "\"").status(); });
  REQUIRE(made.ok());
  CHECK(*world.store().PublishViews() == true);
  CHECK(*world.store().PublishViews() == true);
  const auto rows = admin.Read("select (select count(*) from bi.calls) as calls, (select count(*) from bi.clocks) as clocks, "
                               "(select unit_path from bi.tickets where ticket_id = 't1') as path");
  REQUIRE(rows.ok());
  CHECK((*rows)[0].Get<int64_t>("calls") == 8);
  CHECK((*rows)[0].Get<int64_t>("clocks") == 6);
  CHECK((*rows)[0].Get<std::string>("path") == "/city/water/");
}

}  // namespace
}  // namespace hotline::analytics
