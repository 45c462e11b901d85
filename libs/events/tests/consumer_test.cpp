#include <thread>

#include "libs/events/tests/fixture.h"

namespace hotline::events {
namespace {

ConsumerOptions Options(PrivateRedis& redis, TestSource& source, TestListener& listener) {
  return {.name = "listener",
          .sources = {source.name()},
          .redis = redis.Options(),
          .handler = listener.handler(),
          .replay = source.replay()};
}

std::vector<std::string> DeadLetterReasons(PrivateRedis& server, const std::string& consumer) {
  Redis redis(server.Options());
  REQUIRE(redis.Connect().ok());
  const auto entries = redis.Read({{DeadLetterStreamOf(consumer), "0-0"}}, 100, absl::Milliseconds(1));
  REQUIRE(entries.ok());
  std::vector<std::string> subjects;
  for (const StreamEntry& entry : *entries) {
    Event event;
    subjects.push_back(event.ParseFromString(*entry.event) ? event.subject() : "unreadable");
  }
  return subjects;
}

TEST_CASE("a consumer applies everything once and in order, also what was there before it") {
  TestSource source(PrivateRedis::Shared());
  TestListener listener;
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  source.SayMany(1, 30);
  {
    Consumer consumer(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
    consumer.Start();
    source.SayMany(31, 60);
    REQUIRE(WaitUntil([&] { return listener.HeardAll(1, 60); }));
  }
  // A restarted consumer goes on where it was.
  source.SayMany(61, 70);
  Consumer again(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
  again.Start();
  REQUIRE(WaitUntil([&] { return listener.HeardAll(1, 70); }));
  CHECK(again.stats().applied == 10);
  CHECK(again.stats().offsets[source.name()] == 70);
}

TEST_CASE("two replicas of a consumer apply each event once") {
  TestSource source(PrivateRedis::Shared());
  TestListener listener;
  Relay relay(source.pool(), source.relay_options());
  Consumer one(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
  Consumer two(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
  relay.Start();
  one.Start();
  two.Start();
  source.SayMany(1, 150);
  REQUIRE(WaitUntil([&] { return listener.Heard().size() >= 150; }));
  CHECK(listener.HeardAll(1, 150));
}

TEST_CASE("Redis killed and wiped in the middle: nothing lost, nothing twice") {
  PrivateRedis redis;
  TestSource source(redis);
  TestListener listener;
  Relay relay(source.pool(), source.relay_options());
  Consumer consumer(listener.pool(), Options(redis, source, listener));
  relay.Start();
  consumer.Start();
  std::atomic<bool> stop = false;
  std::atomic<int> said = 0;
  std::thread writer([&] {
    while (!stop) {
      if (source.Say(std::to_string(said + 1)).ok()) ++said;
    }
  });
  const auto goes_on = [&] {
    const int now = said;
    return WaitUntil([&] { return static_cast<int>(listener.Heard().size()) > now; });
  };
  CHECK(goes_on());
  redis.Kill9();  // Starts empty again.
  CHECK(goes_on());  // Without Redis, by replay.
  redis.Restart();
  CHECK(goes_on());
  redis.Wipe();
  CHECK(goes_on());
  redis.Kill9();
  redis.Restart();
  CHECK(goes_on());
  stop = true;
  writer.join();
  REQUIRE(WaitUntil([&] { return static_cast<int>(listener.Heard().size()) >= said; }));
  CHECK(listener.HeardAll(1, said));
  CHECK(consumer.stats().missed == 0);
  CHECK(consumer.stats().replayed > 0);
}

TEST_CASE("PostgreSQL killed in the middle: every committed event is applied once") {
  PrivatePostgres server;
  TestSource source(PrivateRedis::Shared(), server);
  TestListener listener(server);
  Relay relay(source.pool(), source.relay_options());
  Consumer consumer(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
  relay.Start();
  consumer.Start();
  std::atomic<bool> stop = false;
  std::atomic<int> tried = 0, accepted = 0;
  std::thread writer([&] {
    while (!stop) {
      if (source.Say(std::to_string(++tried)).ok()) ++accepted;
    }
  });
  for (int round = 0; round < 2; ++round) {
    const size_t before = listener.Heard().size();
    CHECK(WaitUntil([&] { return listener.Heard().size() > before + 20; }));
    server.Kill9();
    server.Restart();
  }
  const int after = accepted;
  CHECK(WaitUntil([&] { return accepted > after + 20; }));
  stop = true;
  writer.join();
  // A commit whose answer was lost counts if it happened: the outbox knows.
  const auto outbox = [&] {
    std::vector<std::string> texts;
    const auto events = postgres::Outbox::ReadAfter(source.pool(), 0, 100'000);
    if (events.ok()) for (const Event& event : *events) texts.push_back(event.subject());
    return texts;
  };
  REQUIRE(WaitUntil([&] { return outbox().size() >= static_cast<size_t>(accepted) && listener.Heard() == outbox(); }));
  CHECK(listener.Heard().size() >= static_cast<size_t>(accepted));
}

TEST_CASE("a trimmed stream is filled up from the source, and only what the source has deleted is missed") {
  TestSource source(PrivateRedis::Shared());
  TestListener listener;
  RelayOptions options = source.relay_options();
  options.stream_max_length = 100;
  Relay relay(source.pool(), options);
  relay.Start();
  source.SayMany(1, 450);
  REQUIRE(WaitUntil([&] { return relay.stats().published == 450; }));
  REQUIRE(postgres::RunTransaction(source.pool(), [](postgres::Transaction& tx) {
            return tx.Query("delete from outbox where id in (select id from outbox_numbers where sequence <= 3)").status();
          }).ok());
  Consumer consumer(listener.pool(), Options(PrivateRedis::Shared(), source, listener));
  consumer.Start();
  REQUIRE(WaitUntil([&] { return listener.HeardAll(4, 450); }));
  CHECK(consumer.stats().missed == 3);
}

TEST_CASE("poisoned and unreadable events become dead letters and hold nobody up") {
  TestSource source(PrivateRedis::Shared());
  TestListener listener;
  ConsumerOptions options = Options(PrivateRedis::Shared(), source, listener);
  options.name = source.name() + "_listener";
  std::atomic<int> bug_runs = 0;
  options.handler = [&, inner = listener.handler()](postgres::Transaction& tx, const Event& event) -> absl::Status {
    if (event.subject() == "3") return base::FailedPrecondition("POISON", "never works");
    if (event.subject() == "5") {
      ++bug_runs;
      throw std::runtime_error("bug");
    }
    return inner(tx, event);
  };
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  source.SayMany(1, 6);
  // An event of a type nobody here knows, and one whose payload is not what it says.
  REQUIRE(postgres::RunTransaction(source.pool(), [&](postgres::Transaction& tx) -> absl::Status {
            HOTLINE_RETURN_IF_ERROR(
                postgres::Outbox::Append(tx, Make(source.name(), "unknown", google::protobuf::BoolValue(), absl::Now())));
            Event broken = Make(source.name(), "broken", StringValue(), absl::Now());
            broken.mutable_data()->set_value("\xff\xff\xff");
            return postgres::Outbox::Append(tx, broken);
          }).ok());
  REQUIRE(WaitUntil([&] { return relay.stats().published == 8; }));
  Redis redis(PrivateRedis::Shared().Options());
  REQUIRE(redis.Connect().ok());
  relay.Stop();
  REQUIRE(redis.AddWithSequence(StreamOf(source.name()), {{9, "\xff not an event"}}, 1000).ok());
  Consumer consumer(listener.pool(), options);
  consumer.Start();
  REQUIRE(WaitUntil([&] { return consumer.stats().offsets[source.name()] == 9; }));
  CHECK(listener.Heard() == std::vector<std::string>{"1", "2", "4", "6"});
  CHECK(consumer.stats().dead_letters == 4);
  CHECK(bug_runs == kHandlerAttempts);
  CHECK(DeadLetterReasons(PrivateRedis::Shared(), options.name) ==
        std::vector<std::string>{"3", "5", "broken", "unreadable"});
}

TEST_CASE("a transient failure is tried until it works, and other sources go on meanwhile") {
  TestSource blocked(PrivateRedis::Shared()), flowing(PrivateRedis::Shared());
  TestListener listener;
  Relay first(blocked.pool(), blocked.relay_options()), second(flowing.pool(), flowing.relay_options());
  first.Start();
  second.Start();
  ConsumerOptions options = Options(PrivateRedis::Shared(), blocked, listener);
  options.sources = {blocked.name(), flowing.name()};
  std::atomic<bool> open = false;
  options.handler = [&, inner = listener.handler()](postgres::Transaction& tx, const Event& event) {
    if (event.source() == blocked.name() && !open) return base::Unavailable("NOT_YET", "not yet");
    return inner(tx, event);
  };
  Consumer consumer(listener.pool(), options);
  consumer.Start();
  blocked.SayMany(1, 3);
  REQUIRE(WaitUntil([&] { return consumer.stats().retries > 3; }));
  flowing.SayMany(11, 13);
  REQUIRE(WaitUntil([&] { return listener.HeardAll(11, 13); }));
  open = true;
  REQUIRE(WaitUntil([&] { return listener.Heard().size() == 6; }));
  CHECK(consumer.stats().dead_letters == 0);
}

TEST_CASE("sign-in to Redis: a wrong password is an error, a right one works") {
  PrivateRedis server;
  {
    Redis admin(server.Options());
    REQUIRE(admin.Connect().ok());
    REQUIRE(testing::WaitUntil([&] { return admin.Ping().ok(); }));
  }
  server.SetUser("ticket", "secret", "~hotline.events.ticket +@all");
  RedisOptions options = server.Options();
  options.user = "ticket";
  options.password = "wrong";
  CHECK(base::Reason(Redis(options).Connect()) == "REDIS_UNAVAILABLE");
  options.password = "secret";
  Redis redis(options);
  REQUIRE(redis.Connect().ok());
  CHECK(redis.AddWithSequence(StreamOf("ticket"), {{1, "x"}}, 10).ok());
  CHECK_FALSE(redis.AddWithSequence(StreamOf("acd"), {{1, "x"}}, 10).ok());
  CHECK(redis.Info(StreamOf("ticket"))->last_sequence == 1);
}

}  // namespace
}  // namespace hotline::events
