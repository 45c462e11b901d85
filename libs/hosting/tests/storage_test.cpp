// Two services in one process, wired as their mains wire them: one tells, the other listens over Redis and over Replay.
#include <catch2/catch.hpp>
#include <google/protobuf/wrappers.pb.h>

#include "hotline/events/v1/source.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/hosting/storage.h"
#include "libs/postgres/outbox.h"
#include "libs/rpc/client.h"
#include "libs/rpc/testing.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"

namespace hotline::hosting {
namespace {

using events::Event;
using events::Handlers;
using google::protobuf::StringValue;
using testing::PrivatePostgres;
using testing::PrivateRedis;
using testing::WaitUntil;

runtime::CommonConfig Common(const postgres::ConnectionOptions& database, const events::RedisOptions& redis) {
  runtime::CommonConfig common;
  common.postgres = runtime::PostgresConfig{.conninfo = database.conninfo, .password = {}, .role = database.user};
  common.redis = runtime::RedisConfig{.address = redis.address, .user = {}, .password = {}};
  return common;
}

// A service as its main would wire it.
struct Service {
  Service(rpc::TestNetwork& network, const std::string& name, PrivateRedis& redis, const std::vector<std::string>& peers = {})
      : process(name, Common(PrivatePostgres::Shared().CreateDatabase(name), redis.Options())),
        node(Options(network, name, peers), process.metrics(), process.health()) {
    auto opened = Storage::Open(process, node, HOTLINE_SOURCE_DIR "/libs/hosting/tests/migrations");
    REQUIRE(opened.ok());
    storage = *std::move(opened);
  }
  ~Service() { node.Stop(); }
  void Serve() {
    storage->Start();
    REQUIRE(node.Start({&storage->event_source()}).ok());
    process.health().Start();
  }
  std::string Health(const std::string& check) { return process.health().Statuses()[check].ToString(); }

  static rpc::NodeOptions Options(rpc::TestNetwork& network, const std::string& name, const std::vector<std::string>& peers) {
    rpc::NodeOptions options{.listen = network.Address(name), .keys = network.keys(), .key = network.key(name), .peers = {}, .tls = {}};
    for (const std::string& peer : peers) options.peers[peer] = network.Address(peer);
    return options;
  }

  runtime::Process process;
  rpc::Node node;
  std::unique_ptr<Storage> storage;
};

void Say(Service& service, const std::string& text) {
  StringValue value;
  value.set_value(text);
  REQUIRE(postgres::RunTransaction(service.storage->pool(), [&](postgres::Transaction& tx) {
            return postgres::Outbox::Append(tx, events::Make("ticket", text, value, absl::Now()));
          }).ok());
}

TEST_CASE("a service follows another, with Redis and without") {
  PrivateRedis redis;
  rpc::TestNetwork network;
  Service source(network, "ticket", redis);
  source.Serve();
  Service sink(network, "sla_timer", redis, {"ticket"});
  Handlers handlers;
  handlers.On<StringValue>([&](postgres::Transaction& tx, const Event& event, const StringValue& said) {
    return tx.Query("insert into heard (sequence, said) values ($1, $2)", {event.sequence(), said.value()}).status();
  });
  sink.storage->Consume("ticket", {"ticket"}, handlers);
  sink.Serve();
  const auto has_heard = [&](const std::vector<std::string>& wanted) {
    return WaitUntil([&] {
      std::vector<std::string> heard;
      const auto rows = sink.storage->pool().Read("select said from heard order by position");
      for (const postgres::Row row : *rows) heard.push_back(row.Get<std::string>("said"));
      return heard == wanted;
    });
  };
  Say(source, "a");
  Say(source, "b");
  CHECK(has_heard({"a", "b"}));
  CHECK(WaitUntil([&] { return sink.Health("postgres") == "OK" && sink.Health("redis") == "OK"; }));
  redis.Kill9();
  Say(source, "c");
  CHECK(has_heard({"a", "b", "c"}));
  CHECK(WaitUntil([&] { return sink.Health("redis") != "OK"; }));
  CHECK(sink.process.health().serving());
  redis.Restart();
  Say(source, "d");
  CHECK(has_heard({"a", "b", "c", "d"}));
  CHECK(sink.storage->consumer_stats()[0].missed == 0);
  CHECK(WaitUntil([&] {
    return sink.process.metrics().Text().find("hotline_consumer_offset{consumer=\"ticket\",source=\"ticket\"} 4") !=
           std::string::npos;
  }));
}

TEST_CASE("Replay gives what was asked for and refuses what makes no sense") {
  rpc::TestNetwork network;
  Service source(network, "ticket", PrivateRedis::Shared());
  source.Serve();
  for (int i = 1; i <= 600; ++i) Say(source, std::to_string(i));
  REQUIRE(WaitUntil([&] { return source.storage->relay_stats().last_sequence == 600; }));

  rpc::TestNode asking(network, "analytics", {"ticket"});
  const events::Replay replay = event_source::ReplayFromPeers(*asking);
  const auto all = replay("ticket", 0, 0);
  REQUIRE(all.ok());
  REQUIRE(all->size() == 600);
  for (int i = 0; i < 600; ++i) REQUIRE((*all)[i].sequence() == i + 1);
  CHECK(replay("ticket", 590, 5)->back().sequence() == 595);
  CHECK(replay("ticket", 600, 5)->empty());
  CHECK(base::HasReason(replay("ticket", 601, 5).status(), "EVENT_SEQUENCE_AHEAD"));
  CHECK(base::HasReason(replay("ticket", -1, 5).status(), "EVENT_SEQUENCE_INVALID"));
  CHECK(base::HasReason(replay("ticket", 0, -1).status(), "EVENT_LIMIT_INVALID"));
  CHECK(base::HasReason(replay("acd", 0, 1).status(), "PEER_NOT_CONFIGURED"));

  // Users may not: events are between services.
  const rpc::Client<events::v1::EventSource> client(network.PeerAt(source.node.address(), "gateway"));
  rpc::Context admin;
  rpc::UserClaims claims;
  claims.roles = {rpc::Role::ROLE_ADMIN};
  network.ActAs(admin, claims);
  grpc::ClientContext call;
  client.Prepare(admin, call, {}, absl::Seconds(30));
  events::v1::ReplayRequest request;
  const auto reader = client.stub().Replay(&call, request);
  Event event;
  CHECK_FALSE(reader->Read(&event));
  CHECK(rpc::FromGrpc(reader->Finish()).code() == absl::StatusCode::kPermissionDenied);
}

TEST_CASE("without a database or Redis in the configuration a service does not start") {
  rpc::TestNetwork network;
  rpc::TestNode node(network, "ticket");
  runtime::Process process("ticket", {});
  CHECK(base::HasReason(Storage::Open(process, *node, "").status(), "CONFIG_INCOMPLETE"));
}

}  // namespace
}  // namespace hotline::hosting
