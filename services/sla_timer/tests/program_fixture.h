// The program hotline-sla-timer with real servers around it, and a `ticket` that it hears.
#pragma once

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
  Program(Database& database, PrivateRedis& redis, const Keys& keys, const Directory& directory, const std::string& policy,
          const std::string& name = "sla")
      : directory_(directory), keys_(keys), name_(name), channel_(rpc::Connect("unix:" + directory.path + "/" + name + ".sock")) {
    const nlohmann::json config = {
        {"listen", "unix:" + directory.path + "/" + name + ".sock"},
        {"keys_file", directory.Write("keys.json", keys.Jwks())},
        {"service_key_file", directory.Write("sla.jwk", keys.sla_timer.PrivateJwk())},
        {"peers", {{"ticket", "unix:" + directory.path + "/ticket.sock"}}},
        {"postgres", {{"conninfo", database.options().conninfo}, {"role", "hotline_sla_timer"}}},
        {"redis", {{"address", redis.Options().address}}},
        {"migrations_dir", std::string(HOTLINE_SOURCE_DIR) + "/services/sla_timer/migrations"},
        {"presets_dir", kPresets}, {"holidays_file", kHolidays}, {"policy", policy}};
    directory.Write(name + ".json", config.dump(1));
  }
  ~Program() {
    if (pid_ > 0) testing::Kill(pid_, SIGKILL);
  }
  void Start() {
    pid_ = testing::Spawn({.arguments = {std::string(HOTLINE_BINARY_DIR) + "/services/sla_timer/hotline-sla-timer", "--config", directory_.path + "/" + name_ + ".json"},
                           .output = directory_.path + "/" + name_ + ".log"});
  }
  void Kill(int signal) { testing::Kill(std::exchange(pid_, -1), signal); }
  std::string Log() const {
    std::stringstream text;
    text << std::ifstream(directory_.path + "/" + name_ + ".log").rdbuf();
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
  // As the service `ticket`, on nobody's behalf.
  template <class Service, class Req, class Resp>
  absl::StatusOr<Resp> CallAsTicket(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*, const Req&, Resp*), const Req& request) {
    rpc::Context context;
    const rpc::Client<Service> client({"sla_timer", channel_, std::make_shared<rpc::ServiceTokenSource>(keys_.ticket, base::SystemClock::Get())});
    return rpc::SyncCall(client, context, method, request, {.timeout = absl::Seconds(30), .as_service = true, .wait_for_ready = true});
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
  const std::string name_;
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

}  // namespace hotline::sla_timer
