// A source service with an outbox and relays, and a consumer service that writes down what it applied. Test code.
#pragma once

#include <catch2/catch.hpp>
#include <google/protobuf/wrappers.pb.h>

#include "libs/base/error.h"
#include "libs/events/consumer.h"
#include "libs/events/relay.h"
#include "libs/postgres/outbox.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"

namespace hotline::events {

using google::protobuf::StringValue;
using testing::PrivatePostgres;
using testing::PrivateRedis;
using testing::WaitUntil;

// Publishes texts. Its name is unique, so that tests may share a Redis.
class TestSource {
 public:
  TestSource(PrivateRedis& redis, PrivatePostgres& server = PrivatePostgres::Shared())
      : name_(NewName()), redis_(redis.Options()), options_(server.CreateDatabase("source")), pool_({.connection = options_}) {}

  static std::string NewName() {
    static int count = 0;
    return "source" + std::to_string(++count);
  }

  RelayOptions relay_options() const {
    return {.source = name_, .redis = redis_, .lease = absl::Milliseconds(600), .poll = absl::Milliseconds(200)};
  }

  absl::Status Say(const std::string& text) {
    StringValue value;
    value.set_value(text);
    return postgres::RunTransaction(
        pool_,
        [&](postgres::Transaction& tx) { return postgres::Outbox::Append(tx, Make(name_, text, value, absl::Now())); },
        // Not twice: the test counts them.
        {.idempotent = false});
  }
  void SayMany(int from, int to) {
    for (int i = from; i <= to; ++i) REQUIRE(Say(std::to_string(i)).ok());
  }

  Replay replay() {
    return [this](const std::string& source, int64_t after, int limit) -> absl::StatusOr<std::vector<Event>> {
      if (source != name_) return absl::NotFoundError("no such source");
      return postgres::Outbox::ReadAfter(pool_, after, limit);
    };
  }

  const std::string& name() const { return name_; }
  postgres::Pool& pool() { return pool_; }
  const postgres::ConnectionOptions& connection() const { return options_; }

 private:
  const std::string name_;
  const RedisOptions redis_;
  const postgres::ConnectionOptions options_;
  postgres::Pool pool_;
};

// Keeps what it hears in a table: `applied` has a row per application, so doubles would show.
class TestListener {
 public:
  explicit TestListener(PrivatePostgres& server = PrivatePostgres::Shared())
      : options_(server.CreateDatabase("listener")), pool_({.connection = options_}) {
    REQUIRE((*postgres::Connection::Open(options_))
                ->ExecuteScript("create table applied (position bigserial primary key, source text, sequence bigint, said text)")
                .ok());
  }

  Handler handler() {
    Handlers handlers;
    handlers.On<StringValue>([](postgres::Transaction& tx, const Event& event, const StringValue& said) {
      return tx
          .Query("insert into applied (source, sequence, said) values ($1, $2, $3)",
                 {event.source(), event.sequence(), said.value()})
          .status();
    });
    return handlers;
  }

  std::vector<std::string> Heard() {
    const auto rows = pool_.Read("select said from applied order by position");
    std::vector<std::string> heard;
    if (!rows.ok()) return heard;  // While the server is down; callers wait.
    for (const postgres::Row row : *rows) heard.push_back(row.Get<std::string>("said"));
    return heard;
  }
  // Exactly from..to, in order, each once.
  bool HeardAll(int from, int to) {
    const std::vector<std::string> heard = Heard();
    if (heard.size() != static_cast<size_t>(to - from + 1)) return false;
    for (size_t i = 0; i < heard.size(); ++i) {
      if (heard[i] != std::to_string(from + static_cast<int>(i))) return false;
    }
    return true;
  }
  postgres::Pool& pool() { return pool_; }

 private:
  const postgres::ConnectionOptions options_;
  postgres::Pool pool_;
};

}  // namespace hotline::events
