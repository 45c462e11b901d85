// Two services in one process, wired as their mains wire them: one tells, the other listens over Redis and over Replay.
#include <catch2/catch.hpp>
#include <google/protobuf/wrappers.pb.h>

#include "hotline/events/v1/source.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/hosting/storage.h"
#include "libs/postgres/outbox.h"
#include "libs/rpc/client.h"
#include "libs/testing/in_process.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"

namespace hotline::hosting {
namespace {

using events::Event;
using events::Handlers;
using google::protobuf::StringValue;
using testing::InProcess;
using testing::PrivatePostgres;
using testing::PrivateRedis;
using testing::WaitUntil;

// A service as its main would wire it.
struct Service {
  Service(const std::string& name, PrivateRedis& redis, const std::map<std::string, std::string>& peers = {})
      : database(PrivatePostgres::Shared().CreateDatabase(name)), redis_options(redis.Options()),
        host(name, peers, &database, &redis_options) {
    auto opened = Storage::Open(host.process(), host.node(), HOTLINE_SOURCE_DIR "/libs/hosting/tests/migrations");
    REQUIRE(opened.ok());
    storage = *std::move(opened);
  }
  void Serve() {
    storage->Start();
    running = host.Start({&storage->event_source()});
  }
  std::string Health(const std::string& check) { return host.process().health().Statuses()[check].ToString(); }

  const postgres::ConnectionOptions database;
  const events::RedisOptions redis_options;
  InProcess host;
  std::unique_ptr<Storage> storage;
  InProcess::Running running;
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
  Service source("ticket", redis);
  source.Serve();
  Service sink("sla_timer", redis, {{"ticket", source.host.address()}});
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
  CHECK(sink.host.process().health().serving());
  redis.Restart();
  Say(source, "d");
  CHECK(has_heard({"a", "b", "c", "d"}));
  CHECK(sink.storage->consumer_stats()[0].missed == 0);
  CHECK(WaitUntil([&] {
    return sink.host.process().metrics().Text().find("hotline_consumer_offset{consumer=\"ticket\",source=\"ticket\"} 4") !=
           std::string::npos;
  }));
}

TEST_CASE("Replay gives what was asked for and refuses what makes no sense") {
  Service source("ticket", PrivateRedis::Shared());
  source.Serve();
  for (int i = 1; i <= 600; ++i) Say(source, std::to_string(i));
  REQUIRE(WaitUntil([&] { return source.storage->relay_stats().last_sequence == 600; }));

  InProcess asking("analytics", {{"ticket", source.host.address()}});
  const events::Replay replay = event_source::ReplayFromPeers(asking.node());
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
  const auto client = source.host.ClientOf<events::v1::EventSource>();
  grpc::ClientContext call;
  client.Prepare(*source.host.User({.roles = {rpc::Role::ROLE_ADMIN}}), call, {}, absl::Seconds(30));
  events::v1::ReplayRequest request;
  const auto reader = client.stub().Replay(&call, request);
  Event event;
  CHECK_FALSE(reader->Read(&event));
  CHECK(rpc::FromGrpc(reader->Finish()).code() == absl::StatusCode::kPermissionDenied);
}

TEST_CASE("without a database or Redis in the configuration a service does not start") {
  InProcess host("ticket");
  CHECK(base::HasReason(Storage::Open(host.process(), host.node(), "").status(), "CONFIG_INCOMPLETE"));
}

}  // namespace
}  // namespace hotline::hosting
