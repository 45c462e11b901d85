#include <thread>

#include "libs/events/tail.h"
#include "libs/events/tests/fixture.h"

namespace hotline::events {
namespace {

int64_t LastOnStream(PrivateRedis& server, const std::string& source) {
  Redis redis(server.Options());
  if (!redis.Connect().ok()) return -1;
  const auto info = redis.Info(StreamOf(source));
  return info.ok() ? info->last_sequence : -1;
}

// The texts on the stream by sequence, which must be 1, 2, 3...
std::vector<std::string> OnStream(PrivateRedis& server, const std::string& source) {
  Redis redis(server.Options());
  REQUIRE(redis.Connect().ok());
  const auto entries = redis.Read({{StreamOf(source), "0-0"}}, 10'000, absl::Milliseconds(1));
  REQUIRE(entries.ok());
  std::vector<std::string> texts;
  for (const StreamEntry& entry : *entries) {
    Event event;
    REQUIRE(event.ParseFromString(*entry.event));
    texts.push_back(event.subject());
    REQUIRE(entry.id == std::to_string(event.sequence()) + "-0");
  }
  return texts;
}

TEST_CASE("what is committed is on the stream at once, in order, numbered from 1") {
  TestSource source(PrivateRedis::Shared());
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  source.SayMany(1, 50);
  REQUIRE(WaitUntil([&] { return LastOnStream(PrivateRedis::Shared(), source.name()) == 50; }));
  const std::vector<std::string> texts = OnStream(PrivateRedis::Shared(), source.name());
  REQUIRE(texts.size() == 50);
  CHECK(texts.front() == "1");
  CHECK(texts.back() == "50");
  CHECK(WaitUntil([&] { return postgres::Outbox::State(source.pool())->published_sequence == 50; }));
  CHECK(relay.stats().republished == 0);
}

TEST_CASE("of two relays one leads; the other takes over when it stops, nothing is lost or doubled") {
  TestSource source(PrivateRedis::Shared());
  postgres::Pool second_pool({.connection = source.connection()});
  auto first = std::make_unique<Relay>(source.pool(), source.relay_options());
  Relay second(second_pool, source.relay_options());
  first->Start();
  REQUIRE(WaitUntil([&] { return first->stats().leading; }));
  second.Start();
  std::atomic<bool> stop = false;
  std::atomic<int> said = 0;
  std::thread writer([&] {
    while (!stop) {
      if (source.Say(std::to_string(said + 1)).ok()) ++said;
    }
  });
  CHECK(WaitUntil([&] { return first->stats().published > 30; }));
  CHECK_FALSE(second.stats().leading);
  first.reset();
  CHECK(WaitUntil([&] { return second.stats().leading && second.stats().published > 30; }));
  stop = true;
  writer.join();
  REQUIRE(WaitUntil([&] { return LastOnStream(PrivateRedis::Shared(), source.name()) == said; }));
  const std::vector<std::string> texts = OnStream(PrivateRedis::Shared(), source.name());
  REQUIRE(texts.size() == static_cast<size_t>(said));
  for (int i = 0; i < said; ++i) REQUIRE(texts[i] == std::to_string(i + 1));
}

TEST_CASE("a leader that vanishes is replaced when its lease expires; a commit elsewhere wakes the leader") {
  TestSource source(PrivateRedis::Shared());
  // A leader that will never renew.
  REQUIRE(postgres::RunTransaction(source.pool(), [](postgres::Transaction& tx) {
            return tx.Query("insert into leases values ('outbox', 'gone', 7, clock_timestamp() + interval '300 milliseconds')").status();
          }).ok());
  RelayOptions patient = source.relay_options();
  patient.poll = absl::Minutes(10);  // So that only being woken helps.
  Relay relay(source.pool(), patient);
  relay.Start();
  REQUIRE(WaitUntil([&] { return relay.stats().leading; }));
  postgres::Pool elsewhere({.connection = source.connection()});
  Relay follower(elsewhere, patient);
  follower.Start();
  StringValue value;
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(postgres::RunTransaction(elsewhere, [&](postgres::Transaction& tx) {
              return postgres::Outbox::Append(tx, Make(source.name(), "x", value, absl::Now()));
            }).ok());
    CHECK(WaitUntil([&] { return LastOnStream(PrivateRedis::Shared(), source.name()) == i; }));
  }
  CHECK_FALSE(follower.stats().leading);
}

TEST_CASE("Redis killed and started empty: what it lost is published again under the same numbers") {
  PrivateRedis redis;
  TestSource source(redis);
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  source.SayMany(1, 20);
  REQUIRE(WaitUntil([&] { return LastOnStream(redis, source.name()) == 20; }));
  redis.Kill9();
  source.SayMany(21, 30);
  REQUIRE(WaitUntil([&] { return relay.stats().last_sequence == 30; }));  // Numbered, replayable.
  redis.Restart();
  REQUIRE(WaitUntil([&] { return LastOnStream(redis, source.name()) == 30; }));
  CHECK(OnStream(redis, source.name()).size() == 30);
  CHECK(WaitUntil([&] { return relay.stats().republished == 20; }));
  // A wiped Redis keeps its connections; the quiet poll finds out.
  redis.Wipe();
  REQUIRE(WaitUntil([&] { return LastOnStream(redis, source.name()) == 30; }));
  CHECK(OnStream(redis, source.name()).size() == 30);
}

TEST_CASE("a database restored from before the stream skips the numbers that were given") {
  TestSource source(PrivateRedis::Shared());
  Redis redis(PrivateRedis::Shared().Options());
  REQUIRE(redis.Connect().ok());
  REQUIRE(redis.AddWithSequence(StreamOf(source.name()), {{40, "from the lost past"}}, 1000).ok());
  // Doing it again is harmless.
  REQUIRE(redis.AddWithSequence(StreamOf(source.name()), {{40, "again"}, {39, "older"}}, 1000).ok());
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  REQUIRE(WaitUntil([&] { return postgres::Outbox::State(source.pool())->last_sequence >= 40; }));
  source.SayMany(1, 2);
  REQUIRE(WaitUntil([&] { return LastOnStream(PrivateRedis::Shared(), source.name()) == 42; }));
}

TEST_CASE("the stream keeps about its limit, the outbox the rest") {
  TestSource source(PrivateRedis::Shared());
  RelayOptions options = source.relay_options();
  options.stream_max_length = 100;
  Relay relay(source.pool(), options);
  relay.Start();
  source.SayMany(1, 450);
  REQUIRE(WaitUntil([&] { return LastOnStream(PrivateRedis::Shared(), source.name()) == 450; }));
  CHECK(OnStream(PrivateRedis::Shared(), source.name()).size() < 300);  // Redis trims by whole nodes.
  CHECK(postgres::Outbox::ReadAfter(source.pool(), 0, 1000)->size() == 450);
}

TEST_CASE("a tail sees what is published from now on, and is told when it may have missed something") {
  PrivateRedis redis;
  TestSource source(redis);
  Relay relay(source.pool(), source.relay_options());
  relay.Start();
  source.SayMany(1, 5);
  REQUIRE(WaitUntil([&] { return LastOnStream(redis, source.name()) == 5; }));
  std::mutex mutex;
  std::vector<std::string> seen;
  std::atomic<int> lost = 0;
  Tail tail({.sources = {source.name(), "nobody"},
             .redis = redis.Options(),
             .on_event =
                 [&](const Event& event) {
                   const std::lock_guard lock(mutex);
                   seen.push_back(event.subject());
                 },
             .on_lost = [&] { ++lost; }});
  tail.Start();
  const auto count = [&] {
    const std::lock_guard lock(mutex);
    return seen.size();
  };
  REQUIRE(WaitUntil([&] { return tail.stats().connected; }));
  source.SayMany(6, 10);
  REQUIRE(WaitUntil([&] { return count() == 5; }));
  CHECK(seen.front() == "6");
  CHECK(lost == 0);
  redis.Kill9();
  source.SayMany(11, 12);
  redis.Restart();
  REQUIRE(WaitUntil([&] { return count() == 7; }));
  CHECK(seen.back() == "12");
  CHECK(lost >= 1);
}

}  // namespace
}  // namespace hotline::events
