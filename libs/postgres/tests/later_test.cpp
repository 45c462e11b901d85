// Statements that travel with the next one: order, errors, limits, and what a failed one leaves behind.
#include <absl/strings/str_cat.h>
#include <catch2/catch.hpp>

#include <thread>

#include "libs/base/error.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"

namespace hotline::postgres {
namespace {

struct Fixture {
  Fixture() : options(testing::PrivatePostgres::Shared().CreateDatabase("later")) {
    REQUIRE((*Connection::Open(options))->ExecuteScript("create table line (id int primary key, text text not null check (text <> 'bad'))").ok());
    pool = std::make_unique<Pool>(PoolOptions{.connection = options, .max_connections = 2});
  }
  int64_t Count() {
    const auto rows = pool->Read("select count(*) as n from line");
    REQUIRE(rows.ok());
    return (*rows)[0].Get<int64_t>("n");
  }

  ConnectionOptions options;
  std::unique_ptr<Pool> pool;
};

absl::Status Write(Transaction& tx, int id, std::string_view text = "good") {
  return tx.Later("insert into line values ($1, $2)", {id, text});
}

TEST_CASE("what is sent for later is done in its place") {
  Fixture f;
  const auto count = RunTransaction(*f.pool, [](Transaction& tx) -> absl::StatusOr<int64_t> {
    HOTLINE_RETURN_IF_ERROR(Write(tx, 1));
    HOTLINE_RETURN_IF_ERROR(Write(tx, 2));
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("select count(*) as n from line"));
    HOTLINE_RETURN_IF_ERROR(Write(tx, 3));
    HOTLINE_ASSIGN_OR_RETURN(const int64_t gone, tx.Execute("delete from line where id > 1"));
    CHECK(gone == 2);
    HOTLINE_RETURN_IF_ERROR(Write(tx, 4));
    return rows[0].Get<int64_t>("n");
  });
  REQUIRE(count.ok());
  CHECK(*count == 2);
  CHECK(f.Count() == 2);
}

TEST_CASE("a failure of what was sent for later is the failure of what comes next, and nothing is kept") {
  Fixture f;
  for (const bool at_commit : {true, false}) {
    CAPTURE(at_commit);
    const absl::Status status = RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(Write(tx, 1));
      HOTLINE_RETURN_IF_ERROR(Write(tx, 2, "bad"));
      HOTLINE_RETURN_IF_ERROR(Write(tx, 3));
      return at_commit ? absl::OkStatus() : tx.Query("select 1").status();
    });
    CHECK(base::Reason(status) == kReasonConstraint);
    CHECK(f.Count() == 0);
    CHECK(f.pool->in_use() == 0);
  }
  // A statement that was to be prepared behind the failure is prepared when it is needed.
  const absl::Status refused = RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Write(tx, 2, "bad"));
    return tx.Later("update line set text = 'new' where id = $1", {2});
  });
  CHECK(base::Reason(refused) == kReasonConstraint);
  CHECK(RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
          HOTLINE_RETURN_IF_ERROR(Write(tx, 2));
          return tx.Later("update line set text = 'new' where id = $1", {2});
        }).ok());
  CHECK(f.Count() == 1);
}

TEST_CASE("what is sent for later may have its own answer, with that of the next statement") {
  Fixture f;
  CHECK(RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
          std::optional<Result> first, second;
          HOTLINE_RETURN_IF_ERROR(tx.Later("insert into line values (1, 'a'), (2, 'b')", {}, &first));
          HOTLINE_RETURN_IF_ERROR(tx.Later("select text from line where id = $1", {2}, &second));
          CHECK(!first);
          HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("select count(*) as n from line"));
          CHECK(rows[0].Get<int64_t>("n") == 2);
          REQUIRE((first && second));
          CHECK(first->affected() == 2);
          CHECK((*second)[0].Get<std::string>("text") == "b");
          return absl::OkStatus();
        }).ok());
  // More of them than wait at most: each has its answer still.
  CHECK(RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
          std::vector<std::optional<Result>> answers(kMaxSentStatements * 2);
          for (auto& answer : answers) HOTLINE_RETURN_IF_ERROR(tx.Later("select count(*) as n from line", {}, &answer));
          HOTLINE_RETURN_IF_ERROR(tx.Query("select 1").status());
          for (const auto& answer : answers) CHECK((answer && (*answer)[0].Get<int64_t>("n") == 2));
          return absl::OkStatus();
        }).ok());
  // A function that has gone when the answer comes, with the commit or with the rollback.
  for (const bool good : {true, false}) {
    const absl::Status status = RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
      auto answer = std::make_unique<std::optional<Result>>();
      HOTLINE_RETURN_IF_ERROR(tx.Later("select text from line", {}, answer.get()));
      return good ? absl::OkStatus() : base::FailedPrecondition("NO", "no");
    });
    CHECK(base::Reason(status) == (good ? "" : "NO"));
  }
  // One that the server did not come to stays empty.
  std::optional<Result> never;
  CHECK(!RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
           HOTLINE_RETURN_IF_ERROR(Write(tx, 3, "bad"));
           HOTLINE_RETURN_IF_ERROR(tx.Later("select 1", {}, &never));
           return tx.Query("select 2").status();
         }).ok());
  CHECK(!never);
}

TEST_CASE("an error of the function takes back what was sent for later") {
  Fixture f;
  const absl::Status status = RunTransaction(*f.pool, [](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Write(tx, 1));
    return base::FailedPrecondition("NO", "no");
  });
  CHECK(base::Reason(status) == "NO");
  CHECK(f.Count() == 0);
  // One that did nothing at all costs nothing and leaves a session that can be used.
  CHECK(base::Reason(RunTransaction(*f.pool, [](Transaction&) -> absl::Status { return base::FailedPrecondition("NO", "no"); })) == "NO");
  CHECK(RunTransaction(*f.pool, [](Transaction&) { return absl::OkStatus(); }).ok());
  CHECK(RunTransaction(*f.pool, [](Transaction& tx) { return Write(tx, 1, std::string_view("a\0b", 3)); }).code() == absl::StatusCode::kInvalidArgument);
  CHECK(f.Count() == 0);
}

TEST_CASE("more than the limit, and more than any buffer holds, goes through") {
  Fixture f;
  const std::string large(200'000, 'x');
  const absl::Status status = RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
    for (int i = 0; i < static_cast<int>(kMaxSentStatements) * 3; ++i) {
      HOTLINE_RETURN_IF_ERROR(Write(tx, i, large));
      // Answers that fill the way back meanwhile.
      HOTLINE_RETURN_IF_ERROR(tx.Later("select text from line"));
      if (i % 16 == 15) HOTLINE_RETURN_IF_ERROR(tx.Later("delete from line where id < $1", {i - 1}));
    }
    return absl::OkStatus();
  });
  CHECK(status.ok());
  CHECK(f.Count() == 2);
}

TEST_CASE("a deadlock among what was sent for later is run again") {
  Fixture f;
  REQUIRE(RunTransaction(*f.pool, [](Transaction& tx) -> absl::Status {
            HOTLINE_RETURN_IF_ERROR(Write(tx, 1, ""));
            return Write(tx, 2, "");
          }).ok());
  std::atomic<int> arrived = 0;
  const auto cross = [&](int first, int second) {
    return RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
      HOTLINE_RETURN_IF_ERROR(tx.Execute("update line set text = text || 'x' where id = $1", {first}).status());
      ++arrived;
      testing::WaitUntil([&] { return arrived >= 2; });
      return tx.Later("update line set text = text || 'x' where id = $1", {second});
    });
  };
  absl::Status one, two;
  std::thread other([&] { one = cross(1, 2); });
  two = cross(2, 1);
  other.join();
  CHECK(one.ok());
  CHECK(two.ok());
  CHECK(arrived == 3);
  CHECK(f.pool->Read("select 1 from line where text = 'xx'")->size() == 2);
}

TEST_CASE("a statement that no longer fits the schema, sent with the commit, is known not to be done and is run again") {
  Fixture f;
  auto outside = Connection::Open(f.options);
  REQUIRE(outside.ok());
  int runs = 0;
  const auto look = [&] {
    return RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
      ++runs;
      HOTLINE_RETURN_IF_ERROR(Write(tx, runs));
      return tx.Later("select * from line");
    });
  };
  CHECK(look().ok());
  REQUIRE((*outside)->ExecuteScript("alter table line add column more text").ok());
  CHECK(look().ok());
  CHECK(runs == 3);
  CHECK(f.Count() == 2);
}

TEST_CASE("a session that dies with statements under way is not used again") {
  Fixture f;
  auto outside = Connection::Open(f.options);
  REQUIRE(outside.ok());
  int runs = 0;
  const absl::Status status = RunTransaction(*f.pool, [&](Transaction& tx) -> absl::Status {
    const int run = ++runs;
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("select pg_backend_pid() as pid"));
    HOTLINE_RETURN_IF_ERROR(Write(tx, run));
    if (run == 1) {
      REQUIRE((*outside)->Query("select pg_terminate_backend($1::int)", {rows[0].Get<int64_t>("pid")}).ok());
    }
    return tx.Query("select 1").status();
  });
  CHECK(status.ok());
  CHECK(runs == 2);
  CHECK(f.Count() == 1);
}

}  // namespace
}  // namespace hotline::postgres
