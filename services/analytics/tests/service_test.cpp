// analytics as its clients see it: real PostgreSQL and Redis, real calls (ANA-1, STD-1, ACD-7).
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

#include "libs/base/error.h"
#include "libs/events/consumer.h"
#include "libs/events/relay.h"
#include "libs/postgres/outbox.h"
#include "libs/rpc/testing.h"
#include "libs/testing/private_redis.h"
#include "services/analytics/service.h"
#include "services/analytics/tests/fixture.h"

namespace hotline::analytics {
namespace {

using Figures = rpc::Client<v1::FigureService>;
using access::v1::ROLE_ANALYST;
using access::v1::ROLE_COUNTY_SUPERVISOR;
using access::v1::ROLE_OFFICER;
using access::v1::ROLE_UNIT_HEAD;

// What acd and agent_state tell those who watch them, on their sockets: one message, again until the stream is given up.
template <class Service, class Request, class Message>
class Teller : public Service {
 public:
  Teller(const std::string& address, Message message) : message_(std::move(message)) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials());
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    REQUIRE(server_ != nullptr);
  }
  ~Teller() override {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    server_->Shutdown(std::chrono::system_clock::now());
  }
  void Tell(Message message) {
    std::lock_guard lock(mutex_);
    message_ = std::move(message);
  }

 protected:
  grpc::Status Serve(grpc::ServerContext* context, grpc::ServerWriter<Message>* out) {
    std::unique_lock lock(mutex_);
    while (!stop_ && !context->IsCancelled() && out->Write(message_)) changed_.wait_for(lock, std::chrono::milliseconds(100));
    return grpc::Status::OK;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  Message message_;
  std::unique_ptr<grpc::Server> server_;
};

namespace acd_pb = hotline::acd::v1;
class Acd final : public Teller<acd_pb::QueueService::Service, acd_pb::WatchQueuesRequest, acd_pb::QueueFigures> {
 public:
  using Teller::Teller;
  grpc::Status WatchQueues(grpc::ServerContext* context, const acd_pb::WatchQueuesRequest*, grpc::ServerWriter<acd_pb::QueueFigures>* out) override {
    return Serve(context, out);
  }
};
class AgentState final : public Teller<ag::AgentService::Service, ag::WatchAgentsRequest, ag::AgentUpdate> {
 public:
  using Teller::Teller;
  grpc::Status WatchAgents(grpc::ServerContext* context, const ag::WatchAgentsRequest*, grpc::ServerWriter<ag::AgentUpdate>* out) override {
    return Serve(context, out);
  }
};

acd_pb::QueueFigures Waiting(int general, int legal) {
  acd_pb::QueueFigures figures;
  for (const auto& [queue, waiting] : {std::pair("general", general), std::pair("legal", legal)}) {
    acd_pb::QueueFigure& figure = *figures.add_figures();
    figure.set_queue_id(queue);
    figure.set_waiting(waiting);
  }
  return figures;
}

ag::AgentUpdate AgentsNow() {
  ag::AgentUpdate update;
  update.set_snapshot(true);
  int number = 0;
  for (const ag::AgentState state : {ag::AGENT_STATE_READY, ag::AGENT_STATE_READY, ag::AGENT_STATE_TALKING, ag::AGENT_STATE_SIGNED_OUT}) {
    ag::Agent& agent = *update.add_agents();
    agent.set_agent_id("agent-" + std::to_string(++number));
    agent.set_state(state);
  }
  return update;
}

// Two tickets in two units, one of them late, and a call.
std::vector<events::Event> Morning() {
  Case water{.id = "t1"};
  Case market{.id = "t2", .type = tk::TICKET_TYPE_HELP, .channel = tk::CHANNEL_WEB};
  std::vector<events::Event> all{Unit("city", "/city/", 1), Unit("water", "/city/water/", 2), Unit("market", "/city/market/", 3)};
  all.push_back(Step<ev::TicketCreated>(water, At(9, 10), tk::TICKET_STATE_ACCEPTED));
  all.push_back(Step<ev::TicketCreated>(market, At(9, 11), tk::TICKET_STATE_ACCEPTED));
  water.unit = "water";
  water.path = "/city/water/";
  market.unit = "market";
  market.path = "/city/market/";
  all.push_back(Step<ev::TicketDispatched>(water, At(9, 20), tk::TICKET_STATE_DISPATCHED));
  all.push_back(Step<ev::TicketDispatched>(market, At(9, 21), tk::TICKET_STATE_DISPATCHED));
  all.push_back(Clock<ev::SlaClockOverdue>(ClockFacts("k1", "t1", "sign", "water", 2, At(10, 0), "red"), At(10, 0)));
  all.push_back(Offered("c1", At(9, 0)));
  all.push_back(Served("c1", At(9, 0), At(9, 0, 10), "agent-1", 15'000, 60'000));
  return all;
}

struct Fixture {
  World world;
  base::ManualClock clock{At(12, 0)};
  rpc::TestNetwork network{clock};
  Acd acd{network.Address("acd"), Waiting(2, 1)};
  AgentState agents{network.Address("agent_state"), AgentsNow()};
  rpc::TestNode node{network, "analytics", {"acd", "agent_state"}};
  rpc::Pool pool{"store", 4, 64};
  Board board{*node, pool, world.store(), world.zone()};
  FigureService service{*node, pool, world.store(), board, world.zone()};
  rpc::TestServer server{node, {&service}};
  Figures client{server.PeerFor("gateway")};

  absl::StatusOr<v1::QueryFiguresResponse> Query(rpc::Role role, const std::string& unit_path, std::vector<std::string> measures,
                                                 std::vector<std::string> group_by = {}, const std::string& unit_id = "") {
    v1::QueryFiguresRequest request;
    request.mutable_measures()->Assign(measures.begin(), measures.end());
    request.mutable_group_by()->Assign(group_by.begin(), group_by.end());
    request.set_unit_id(unit_id);
    rpc::Context context;
    network.ActAs(context, {.user_id = "u1", .roles = {role}, .unit_path = unit_path});
    return rpc::SyncCall(client, context, &Figures::Blocking::QueryFigures, request);
  }
  // What the gateway's stream told last; waits until `expected` holds.
  bool Sees(grpc::ClientReaderInterface<v1::Wallboard>& stream, v1::Wallboard& last, const std::function<bool()>& expected) {
    while (!expected()) {
      const bool told = stream.Read(&last);
      if (!told) return false;
    }
    return true;
  }
};

TEST_CASE("ANA-1: QueryFigures by type and by unit") {
  Fixture f;
  f.world.Tell(Morning());
  const auto types = f.Query(ROLE_ANALYST, "/city/", {"tickets_created", "tickets_overdue"}, {"type"});
  REQUIRE(types.ok());
  REQUIRE(types->rows_size() == 2);
  CHECK(types->rows(0).group().at("type") == "complaint");
  CHECK(types->rows(0).figures().at("tickets_created") == 1);
  CHECK(types->rows(0).figures().at("tickets_overdue") == 1);
  CHECK(types->rows(1).group().at("type") == "help");
  CHECK(types->rows(1).figures().at("tickets_overdue") == 0);

  const auto units = f.Query(ROLE_ANALYST, "/city/", {"tickets_dispatched", "satisfied_rate"}, {"unit", "hour"});
  REQUIRE(units.ok());
  REQUIRE(units->rows_size() == 2);
  CHECK(units->rows(0).group().at("unit") == "market");
  CHECK(units->rows(0).group().at("hour") == "2026-03-02T09:00:00+08:00");
  CHECK(units->rows(0).figures().at("tickets_dispatched") == 1);
  CHECK_FALSE(units->rows(0).figures().contains("satisfied_rate"));

  const auto all = f.Query(ROLE_ANALYST, "/city/", {});
  REQUIRE(all.ok());
  REQUIRE(all->rows_size() == 1);
  CHECK(all->rows(0).figures().at("answered_in_15s_rate") == 1);
  CHECK(all->rows(0).figures().at("tickets_created") == 2);
}

TEST_CASE("ANA-1: heads of units and county supervisors see their own subtree, nobody else asks") {
  Fixture f;
  f.world.Tell(Morning());
  for (const rpc::Role role : {ROLE_UNIT_HEAD, ROLE_COUNTY_SUPERVISOR}) {
    const auto own = f.Query(role, "/city/water/", {"tickets_dispatched", "tickets_overdue"});
    REQUIRE(own.ok());
    CHECK(own->rows(0).figures().at("tickets_dispatched") == 1);
    CHECK(own->rows(0).figures().at("tickets_overdue") == 1);
    CHECK(f.Query(role, "/city/water/", {}, {"unit"})->rows_size() == 1);
    CHECK(f.Query(role, "/city/water/", {"tickets_dispatched"}, {}, "water").ok());
    for (const char* other : {"market", "city", "nowhere"}) {
      CHECK(base::HasReason(f.Query(role, "/city/water/", {"tickets_dispatched"}, {}, other).status(), "UNIT_OUT_OF_REACH"));
    }
    CHECK(base::HasReason(f.Query(role, "/city/water/", {"calls_offered"}).status(), "CENTRE_ONLY"));
    CHECK(f.Query(role, "", {"tickets_dispatched"}).status().code() == absl::StatusCode::kPermissionDenied);
  }
  CHECK(f.Query(ROLE_OFFICER, "/city/water/", {"tickets_dispatched"}).status().code() == absl::StatusCode::kPermissionDenied);
  const auto market = f.Query(ROLE_ANALYST, "/city/", {"tickets_created"}, {}, "market");
  REQUIRE(market.ok());
  CHECK(market->rows(0).figures().at("tickets_created") == 1);
}

TEST_CASE("ANA-1: a bad request is refused and the field named") {
  Fixture f;
  const auto fault = [&](std::vector<std::string> measures, std::vector<std::string> group_by, const std::string& unit = "") {
    const auto violations = base::FieldViolations(f.Query(ROLE_ANALYST, "/city/", measures, group_by, unit).status());
    return violations.empty() ? std::string() : violations[0].field + " " + violations[0].reason;
  };
  CHECK(fault({"tickets_created", "happiness"}, {}) == "measures[1] UNKNOWN");
  CHECK(fault({"tickets_created"}, {"weekday"}) == "group_by[0] UNKNOWN");
  CHECK(fault({"calls_offered"}, {"unit"}) == "measures[0] NOT_BY_GROUPING");
  CHECK(fault({"tickets_created"}, {}, "nowhere") == "unit_id UNKNOWN");
  f.world.Tell(Morning());
  CHECK(fault({"calls_offered"}, {}, "water") == "measures[0] NOT_BY_UNIT");
}

TEST_CASE("ANA-1: ListMeasures says what can be asked and by what it can be split") {
  Fixture f;
  rpc::Context context;
  f.network.ActAs(context, {.user_id = "u1", .roles = {ROLE_OFFICER}, .unit_path = "/city/"});
  const auto known = rpc::SyncCall(f.client, context, &Figures::Blocking::ListMeasures, v1::ListMeasuresRequest());
  REQUIRE(known.ok());
  CHECK(known->measures_size() == static_cast<int>(Measures().size()));
  CHECK(known->groupings_size() == 9);
  for (const v1::Measure& measure : known->measures()) {
    for (const std::string& grouping : measure.groupings()) {
      INFO(measure.name() << " by " << grouping);
      CHECK(f.Query(ROLE_ANALYST, "/city/", {measure.name()}, {grouping}).ok());
    }
  }
}

// One service whose events travel: outbox, relay, Redis.
class Source {
 public:
  Source(const std::string& name, testing::PrivateRedis& redis)
      : database_({.connection = testing::PrivatePostgres::Shared().CreateDatabase(name)}),
        relay_(database_, {.source = name, .redis = redis.Options(), .poll = absl::Milliseconds(50)}) {
    relay_.Start();
  }
  ~Source() { relay_.Stop(); }
  void Say(const events::Event& event) {
    const auto append = [&](postgres::Transaction& tx) { return postgres::Outbox::Append(tx, event); };
    REQUIRE(postgres::RunTransaction(database_, append).ok());
  }

 private:
  postgres::Pool database_;
  events::Relay relay_;
};

TEST_CASE("STD-1 ACD-7 ANA-4: the wallboard is told to the gateway when an event changes it") {
  Fixture f;
  testing::PrivateRedis redis;
  Source telephony("telephony", redis), ticket("ticket", redis);
  events::Consumer consumer(f.world.pool(), {.name = kConsumer,
                                             .sources = {"telephony", "ticket"},
                                             .redis = redis.Options(),
                                             .handler = MakeHandlers(f.world.store()),
                                             .replay = [](const std::string&, int64_t, int) { return std::vector<events::Event>(); }});
  consumer.Start();
  f.board.Start();

  rpc::Context context;
  grpc::ClientContext out;
  f.client.Prepare(context, out, {}, absl::Minutes(3));  // reached only when a change is never told
  const auto stream = f.client.stub().WatchWallboard(&out, v1::WatchWallboardRequest());
  v1::Wallboard board;
  REQUIRE(f.Sees(*stream, board, [&] { return board.waiting_now() == 3 && board.agents_by_state().count("ready") > 0; }));
  CHECK(board.agents_by_state().at("ready") == 2);
  CHECK(board.agents_by_state().at("talking") == 1);
  CHECK(board.agents_by_state().size() == 2);
  CHECK(board.connect_rate_24h() == -1);

  telephony.Say(Offered("c1", At(11, 59)));
  REQUIRE(f.Sees(*stream, board, [&] { return board.calls_now() == 1; }));
  CHECK(board.calls_offered() == 1);
  telephony.Say(Connected("c1", At(11, 59, 20), "agent-1", 15'000));
  REQUIRE(f.Sees(*stream, board, [&] { return board.calls_connected() == 1; }));
  CHECK(board.connect_rate_24h() == 1);
  CHECK(board.answered_in_15s() == 1);
  Case complaint{.id = "t1", .created = At(11, 59)};
  ticket.Say(Step<ev::TicketCreated>(complaint, At(11, 59), tk::TICKET_STATE_ACCEPTED));
  f.acd.Tell(Waiting(5, 0));
  REQUIRE(f.Sees(*stream, board, [&] { return board.tickets_created() == 1 && board.waiting_now() == 5; }));
  CHECK(board.tickets_by_type().at("complaint") == 1);
  CHECK(board.tickets_by_area().at("990102") == 1);

  rpc::Context user;
  f.network.ActAs(user, {.user_id = "u1", .roles = {ROLE_OFFICER}, .unit_path = "/city/"});
  const auto now = rpc::SyncCall(f.client, user, &Figures::Blocking::GetWallboard, v1::GetWallboardRequest());
  REQUIRE(now.ok());
  CHECK(now->tickets_created() == 1);
  out.TryCancel();
  consumer.Stop();
}

}  // namespace
}  // namespace hotline::analytics
