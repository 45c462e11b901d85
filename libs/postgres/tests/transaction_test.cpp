// The pool and its transactions against a real server, which is also killed.
#include <absl/synchronization/notification.h>
#include <catch2/catch.hpp>

#include <barrier>
#include <thread>

#include "libs/base/error.h"
#include "libs/postgres/lease.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"

namespace hotline::postgres {
namespace {

using testing::PrivatePostgres;

ConnectionOptions Counters(PrivatePostgres& server = PrivatePostgres::Shared()) {
  ConnectionOptions options = server.CreateDatabase("counters");
  REQUIRE((*Connection::Open(options))->ExecuteScript(R"sql(
      create table counter (id int primary key, value bigint not null);
      insert into counter values (1, 0), (2, 0))sql").ok());
  return options;
}

int64_t ValueOf(Pool& pool, int id) {
  const auto rows = pool.Read("select value from counter where id = $1", {id});
  REQUIRE(rows.ok());
  return (*rows)[0].Get<int64_t>("value");
}

absl::Status Add(Transaction& tx, int id) {
  return tx.Execute("update counter set value = value + 1 where id = $1", {id}).status();
}

TEST_CASE("a transaction commits on OK and rolls back on an error or an exception") {
  Pool pool({.connection = Counters()});
  CHECK(RunTransaction(pool, [](Transaction& tx) { return Add(tx, 1); }).ok());
  CHECK(ValueOf(pool, 1) == 1);

  const absl::Status refused = RunTransaction(pool, [](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Add(tx, 1));
    return base::FailedPrecondition("NO", "no");
  });
  CHECK(base::Reason(refused) == "NO");
  CHECK(ValueOf(pool, 1) == 1);

  const auto throwing = [&] {
    return RunTransaction(pool, [](Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(Add(tx, 1));
      throw std::runtime_error("bug");
    });
  };
  CHECK_THROWS_AS(throwing(), std::runtime_error);
  CHECK(ValueOf(pool, 1) == 1);

  const auto answer = RunTransaction(pool, [](Transaction& tx) -> absl::StatusOr<int64_t> {
    const auto rows = tx.Query("select value from counter where id = 1");
    if (!rows.ok()) return rows.status();
    return (*rows)[0].Get<int64_t>("value");
  });
  REQUIRE(answer.ok());
  CHECK(*answer == 1);

  const auto misread = RunTransaction(pool, [](Transaction& tx) -> absl::StatusOr<int64_t> {
    return (*tx.Query("select value from counter where id = 1"))[0].Get<int64_t>("valeu");
  });
  CHECK(base::Reason(misread.status()) == kReasonQuery);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("a failed statement cannot be swallowed") {
  Pool pool({.connection = Counters()});
  const absl::Status status = RunTransaction(pool, [](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Add(tx, 1));
    tx.Query("insert into counter values (1, 1)").IgnoreError();
    return absl::OkStatus();
  });
  CHECK(IsUniqueViolation(status, "counter_pkey"));
  CHECK(ValueOf(pool, 1) == 0);
}

TEST_CASE("the pool is bounded: who waits too long is told so") {
  Pool pool({.connection = Counters(), .max_connections = 2, .checkout_timeout = absl::Milliseconds(50)});
  {
    const auto first = pool.Checkout();
    const auto second = pool.Checkout();
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    const auto third = pool.Checkout();
    CHECK(third.status().code() == absl::StatusCode::kResourceExhausted);
    CHECK(base::Reason(third.status()) == kReasonPoolFull);
    CHECK(base::Reason(pool.Checkout(absl::Now() - absl::Seconds(1)).status()) == kReasonPoolFull);
  }
  CHECK(pool.Checkout().ok());
  CHECK(pool.in_use() == 0);
}

TEST_CASE("a waiting caller gets the session that comes back") {
  Pool pool({.connection = Counters(), .max_connections = 1, .checkout_timeout = absl::Seconds(60)});
  auto loan = std::make_unique<absl::StatusOr<Pool::Loan>>(pool.Checkout());
  absl::Notification waiting;
  absl::Status pinged;
  std::thread other([&] {
    waiting.Notify();
    pinged = pool.Ping();
  });
  waiting.WaitForNotification();
  loan.reset();
  other.join();
  CHECK(pinged.ok());
}

TEST_CASE("serialization failures are run again until all have counted") {
  Pool pool({.connection = Counters()});
  constexpr int kThreads = 4;
  std::atomic<int> runs = 0;
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  std::atomic<int> counted = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      const absl::Status status = RunTransaction(
          pool,
          [&](Transaction& tx) -> absl::Status {
            ++runs;
            const auto rows = tx.Query("select value from counter where id = 1");
            if (!rows.ok()) return rows.status();
            const int64_t value = (*rows)[0].Get<int64_t>("value");
            // A body may translate what it got; the runner still knows better.
            const auto updated = tx.Query("update counter set value = $1 where id = 1", {value + 1});
            return updated.ok() ? absl::OkStatus() : base::Internal("TRANSLATED", "translated");
          },
          {.isolation = Isolation::kRepeatableRead});
      if (status.ok()) ++counted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counted == kThreads);
  CHECK(ValueOf(pool, 1) == kThreads);
}

TEST_CASE("a deadlock ends with both transactions done") {
  Pool pool({.connection = Counters()});
  std::atomic<int> arrived = 0;
  const auto cross = [&](int first, int second) {
    return RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(Add(tx, first));
      ++arrived;
      testing::WaitUntil([&] { return arrived >= 2; });
      return Add(tx, second);
    });
  };
  absl::Status one, two;
  std::thread other([&] { one = cross(1, 2); });
  two = cross(2, 1);
  other.join();
  CHECK(one.ok());
  CHECK(two.ok());
  CHECK(arrived == 3);
  CHECK(ValueOf(pool, 1) == 2);
  CHECK(ValueOf(pool, 2) == 2);
}

TEST_CASE("the statement timeout ends what takes too long") {
  Pool pool({.connection = Counters()});
  const absl::Status status = RunTransaction(pool, [](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(tx.SetStatementTimeout(absl::Milliseconds(20)));
    return tx.Query("select pg_sleep(100)").status();
  });
  CHECK(base::Reason(status) == kReasonTimeout);
  CHECK(pool.Ping().ok());
}

TEST_CASE("advisory locks exclude by name until the transaction ends") {
  Pool pool({.connection = Counters()});
  const auto try_in_other = [&](std::string_view name) {
    return RunTransaction(pool, [&](Transaction& tx) { return tx.TryLock(name); });
  };
  const absl::Status status = RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("numbers"));
    CHECK_FALSE(*try_in_other("numbers"));
    CHECK(*try_in_other("letters"));
    return absl::OkStatus();
  });
  CHECK(status.ok());
  CHECK(*try_in_other("numbers"));
}

TEST_CASE("a schema changed by another replica does not break prepared statements") {
  const ConnectionOptions options = Counters();
  Pool pool({.connection = options, .max_connections = 1});
  const auto read = [&] { return RunTransaction(pool, [](Transaction& tx) { return tx.Query("select * from counter").status(); }); };
  CHECK(read().ok());
  REQUIRE((*Connection::Open(options))->ExecuteScript("alter table counter add column note text").ok());
  CHECK(read().ok());
  CHECK(pool.Read("select * from counter").ok());
}

TEST_CASE("after kill -9 of the server everything goes on, and nothing committed is lost") {
  PrivatePostgres server;
  Pool pool({.connection = Counters(server)});
  {
    std::vector<absl::StatusOr<Pool::Loan>> all;  // So that every session of the pool has to notice.
    for (int i = 0; i < kPoolConnections; ++i) all.push_back(pool.Checkout());
  }
  std::atomic<bool> stop = false;
  std::atomic<int64_t> committed = 0, unknown = 0, other_errors = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 3; ++i) {
    writers.emplace_back([&] {
      while (!stop) {
        const absl::Status status = RunTransaction(pool, [](Transaction& tx) { return Add(tx, 1); });
        if (status.ok()) ++committed;
        if (IsCommitUnknown(status)) ++unknown;
        if (!status.ok() && status.code() != absl::StatusCode::kUnavailable) ++other_errors;
      }
    });
  }
  for (int round = 0; round < 2; ++round) {
    const int64_t before = committed;
    CHECK(testing::WaitUntil([&] { return committed > before + 20; }));
    server.Kill9();
    CHECK(testing::WaitUntil([&] { return !pool.Ping().ok(); }));
    server.Restart();
    const int64_t after = committed;
    CHECK(testing::WaitUntil([&] { return committed > after + 20; }));
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  CHECK(other_errors == 0);
  const int64_t value = ValueOf(pool, 1);
  CHECK(value >= committed);
  CHECK(value <= committed + unknown);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("sessions the server has ended are replaced without an error") {
  Pool pool({.connection = Counters()});
  for (int i = 0; i < 3; ++i) {
    CHECK(RunTransaction(pool, [](Transaction& tx) { return Add(tx, 1); }).ok());
    const auto admin = Connection::Open(PrivatePostgres::Shared().AdminOptions());
    REQUIRE((*admin)->Query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hotline_counters'").ok());
  }
  CHECK(RunTransaction(pool, [](Transaction& tx) { return Add(tx, 1); }).ok());
  CHECK(ValueOf(pool, 1) == 4);
}

TEST_CASE("a lost connection in the middle runs the transaction again, once committed never") {
  Pool pool({.connection = Counters()});
  int runs = 0;
  const auto end_session = [](Transaction& tx) {
    return tx.Query("select pg_terminate_backend(pg_backend_pid())").status();
  };
  CHECK(RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
          HOTLINE_RETURN_IF_ERROR(Add(tx, 1));
          return ++runs == 1 ? end_session(tx) : absl::OkStatus();
        }).ok());
  CHECK(runs == 2);
  CHECK(ValueOf(pool, 1) == 1);

  // A trigger that ends the session at the very commit: the answer never comes.
  REQUIRE((*pool.Checkout())->ExecuteScript(R"sql(
      create function goodbye() returns trigger language plpgsql as
        'begin perform pg_terminate_backend(pg_backend_pid()); return null; end';
      create constraint trigger goodbye after update on counter deferrable initially deferred
        for each row when (new.id = 2) execute function goodbye())sql").ok());
  runs = 0;
  const auto doomed = [&](Transaction& tx) { return ++runs, Add(tx, 2); };
  CHECK(IsCommitUnknown(RunTransaction(pool, doomed)));
  CHECK(runs == 1);
  CHECK(IsCommitUnknown(RunTransaction(pool, doomed, {.idempotent = true})));
  CHECK(runs == 1 + kMaxAttempts);
}

TEST_CASE("a lease has one holder and grows its epoch with each change") {
  Pool pool({.connection = Counters()});
  const absl::Duration ttl = absl::Minutes(10);
  CHECK(AcquireLease(pool, "x", "a", ttl)->epoch == 1);
  CHECK(AcquireLease(pool, "x", "a", ttl)->epoch == 1);
  const auto refused = AcquireLease(pool, "x", "b", ttl);
  CHECK_FALSE(refused->held);
  CHECK(refused->holder == "a");
  const auto check = [&](std::string_view holder, int64_t epoch) {
    return RunTransaction(pool, [&](Transaction& tx) { return CheckLease(tx, "x", holder, epoch); });
  };
  CHECK(check("a", 1).ok());
  CHECK(ReleaseLease(pool, "x", "b").ok());
  CHECK_FALSE(AcquireLease(pool, "x", "b", ttl)->held);
  CHECK(ReleaseLease(pool, "x", "a").ok());
  const auto taken = AcquireLease(pool, "x", "b", absl::ZeroDuration());
  CHECK(taken->held);
  CHECK(taken->epoch == 2);
  CHECK(base::Reason(check("a", 1)) == kReasonLeaseLost);
  CHECK(AcquireLease(pool, "x", "c", ttl)->epoch == 3);  // That of b has expired.
}

}  // namespace
}  // namespace hotline::postgres
