// The service as others see it: a real client, real PostgreSQL and Redis, and the program itself killed in the middle.
#include <csignal>
#include <fstream>

#include <nlohmann/json.hpp>

#include "hotline/sla_timer/v1/sla_timer.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/event_source/event_source.h"
#include "libs/rpc/client.h"
#include "libs/testing/child_process.h"
#include "services/sla_timer/clock_proto.h"
#include "services/sla_timer/tests/service_fixture.h"

namespace hotline::sla_timer {
namespace {

// Keys of everybody, made once.
struct Keys {
  rpc::SigningKey directory = rpc::SigningKey::Generate("directory");
  rpc::SigningKey ticket = rpc::SigningKey::Generate("service:ticket");
  rpc::SigningKey gateway = rpc::SigningKey::Generate("service:gateway");
  rpc::SigningKey sla_timer = rpc::SigningKey::Generate("service:sla_timer");
  std::string Jwks() const { return rpc::KeySet::Jwks({directory, ticket, gateway, sla_timer}); }
};

// The directory of one case: sockets and files; gone with it.
struct Directory {
  Directory() : path(testing::MakeTemporaryDirectory("sla", false)) {}
  ~Directory() { testing::RemoveDirectory(path); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
    return path + "/" + name;
  }
  const std::string path;
};

// `ticket` as far as sla_timer sees it: an outbox, a relay, and EventSource.
class TicketSource {
 public:
  TicketSource(PrivatePostgres& server, PrivateRedis& redis, const Keys& keys, const std::string& listen)
      : database_({.connection = server.CreateDatabase("ticket")}),
        relay_(database_, {.source = kTicketSource, .redis = redis.Options(), .poll = absl::Milliseconds(100)}),
        node_({.listen = listen, .keys = *rpc::KeySet::Parse(keys.Jwks()), .key = keys.ticket}, metrics_, health_),
        service_(node_, pool_, database_) {
    REQUIRE(node_.Start({&service_}).ok());
    relay_.Start();
  }
  ~TicketSource() {
    relay_.Stop();
    node_.Stop();
  }
  void Say(const pb::Event& event) {
    REQUIRE(WaitUntil([&] {
      const absl::Status said = postgres::RunTransaction(
          database_, [&](postgres::Transaction& tx) { return postgres::Outbox::Append(tx, event); }, {.idempotent = true});
      return said.ok() || said.code() == absl::StatusCode::kAlreadyExists;
    }));
  }

 private:
  postgres::Pool database_;
  runtime::Metrics metrics_;
  runtime::Health health_{metrics_};
  events::Relay relay_;
  rpc::Node node_;
  rpc::Pool pool_{"ticket", 2, 16};
  event_source::EventSourceService service_;
};

// The program hotline-sla-timer with a configuration of its own, and clients to talk to it.
class Program {
 public:
  Program(Database& database, PrivateRedis& redis, const Keys& keys, const Directory& directory, const std::string& policy)
      : directory_(directory), keys_(keys), channel_(rpc::Connect("unix:" + directory.path + "/sla.sock")) {
    const nlohmann::json config = {
        {"listen", "unix:" + directory.path + "/sla.sock"},
        {"keys_file", directory.Write("keys.json", keys.Jwks())},
        {"service_key_file", directory.Write("sla.jwk", keys.sla_timer.PrivateJwk())},
        {"peers", {{"ticket", "unix:" + directory.path + "/ticket.sock"}}},
        {"postgres", {{"conninfo", database.options().conninfo}, {"role", "hotline_sla_timer"}}},
        {"redis", {{"address", redis.Options().address}}},
        {"migrations_dir", std::string(HOTLINE_SOURCE_DIR) + "/services/sla_timer/migrations"},
        {"presets_dir", kPresets}, {"holidays_file", kHolidays}, {"policy", policy}};
    directory.Write("sla.json", config.dump(1));
  }
  ~Program() {
    if (pid_ > 0) testing::Kill(pid_, SIGKILL);
  }
  void Start() {
    pid_ = testing::Spawn({.arguments = {std::string(HOTLINE_BINARY_DIR) + "/services/sla_timer/hotline-sla-timer", "--config", directory_.path + "/sla.json"},
                           .output = directory_.path + "/sla.log"});
  }
  void Kill(int signal) { testing::Kill(std::exchange(pid_, -1), signal); }
  std::string Log() const {
    std::stringstream text;
    text << std::ifstream(directory_.path + "/sla.log").rdbuf();
    return text.str();
  }

  // Calls as a user through the gateway, or as a service.
  template <class Service, class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*), const Req& request,
                            const std::vector<rpc::Role>& roles, const std::string& unit_path = "/city/") {
    rpc::Context context;
    context.ActFor(rpc::SignUserToken(keys_.directory, {.user_id = "user-1", .session_id = "s", .name = "n", .roles = roles, .unit_id = "u",
                                                        .unit_path = unit_path, .issued_at = absl::Now(), .expires_at = absl::Now() + absl::Hours(1)}));
    const rpc::Client<Service> client({"sla_timer", channel_, std::make_shared<rpc::ServiceTokenSource>(keys_.gateway, base::SystemClock::Get())});
    return rpc::SyncCall(client, context, method, request, {.timeout = absl::Seconds(30), .wait_for_ready = true});
  }
  absl::StatusOr<v1::ListClocksResponse> Clocks(const std::string& ticket_id, const std::vector<rpc::Role>& roles = {access::v1::ROLE_AGENT},
                                                const std::string& unit_path = "/city/") {
    v1::ListClocksRequest request;
    request.set_ticket_id(ticket_id);
    return Call<v1::ClockService>(&v1::ClockService::StubInterface::ListClocks, request, roles, unit_path);
  }

 private:
  const Directory& directory_;
  const Keys& keys_;
  std::shared_ptr<grpc::Channel> channel_;
  int pid_ = -1;
};

struct Case {
  explicit Case(const std::string& policy, int quick_seconds = 1)
      : database(postgres, quick_seconds), ticket(postgres, redis, keys, "unix:" + directory.path + "/ticket.sock"),
        program(database, redis, keys, directory, policy) {
    program.Start();
  }
  template <class T>
  void Say(const std::string& id, ticket_pb::TicketState state, absl::Time time = absl::Now()) {
    ticket.Say(TicketEvent<T>(Facts(id, state), time));
  }
  bool WaitTold(const std::string& id, const std::string& what, int count = 1) {
    const bool told = WaitUntil([&] { return database.Told(id)[what] >= count; });
    if (!told) UNSCOPED_INFO(program.Log());
    return told;
  }
  PrivatePostgres postgres;
  PrivateRedis redis{true};
  Keys keys;
  Directory directory;
  Database database;
  TicketSource ticket;
  Program program;
};

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
