// Every type goes to a real server and comes back as it was.
#include <catch2/catch.hpp>

#include "libs/base/error.h"
#include "libs/postgres/connection.h"
#include "libs/postgres/error.h"
#include "libs/testing/private_postgres.h"

namespace hotline::postgres {
namespace {

Connection& Session() {
  static const std::unique_ptr<Connection> session =
      *Connection::Open(testing::PrivatePostgres::Shared().CreateDatabase("values"));
  return *session;
}

template <class T>
T Echo(const std::string& type, const T& value) {
  const auto result = Session().Query("select $1::" + type + " as echo", {value});
  REQUIRE(result.ok());
  const Row row = (*result)[0];
  return row.Get<T>("echo");
}

TEST_CASE("values survive the way to the server and back") {
  CHECK(Echo<std::string>("text", "阳光市 'quoted' \\ \"") == "阳光市 'quoted' \\ \"");
  CHECK(Echo<std::string>("text", "") == "");
  CHECK(Echo<std::string>("uuid", "01890a5d-ac96-774b-bcce-b302099a8057") == "01890a5d-ac96-774b-bcce-b302099a8057");
  CHECK(Echo<int64_t>("bigint", INT64_MIN) == INT64_MIN);
  CHECK(Echo<int32_t>("integer", -7) == -7);
  CHECK(Echo<double>("float8", 0.1) == 0.1);
  CHECK(Echo<double>("float8", HUGE_VAL) == HUGE_VAL);
  CHECK(Echo<double>("numeric", 1234.5) == 1234.5);
  CHECK(Echo<bool>("boolean", true));
  CHECK_FALSE(Echo<bool>("boolean", false));
  const Bytes bytes{std::string("\0\xff\\x'\n", 6)};
  CHECK(Echo<Bytes>("bytea", bytes) == bytes);
  CHECK(Echo<Bytes>("bytea", Bytes{}) == Bytes{});
  CHECK(Echo<absl::CivilDay>("date", absl::CivilDay(2024, 2, 29)) == absl::CivilDay(2024, 2, 29));
}

TEST_CASE("times are exact to the microsecond, in UTC") {
  for (const int64_t microseconds : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1'750'000'000'123'456}, int64_t{951'782'400'500'000}}) {
    const absl::Time time = absl::FromUnixMicros(microseconds);
    CHECK(Echo<absl::Time>("timestamptz", time) == time);
  }
  CHECK(Echo<absl::Time>("timestamptz", absl::InfiniteFuture()) == absl::InfiniteFuture());
  CHECK(Echo<absl::Time>("timestamptz", absl::InfinitePast()) == absl::InfinitePast());
}

TEST_CASE("arrays keep their elements") {
  const std::vector<std::string> texts = {"a", "", "NULL", "with,comma", "\"quoted\"", "back\\slash", "{brace}", "市民"};
  CHECK(Echo<std::vector<std::string>>("text[]", texts) == texts);
  CHECK(Echo<std::vector<std::string>>("text[]", {}).empty());
  const std::vector<int64_t> numbers = {1, -2, INT64_MAX};
  CHECK(Echo<std::vector<int64_t>>("bigint[]", numbers) == numbers);
  const auto any = Session().Query("select count(*) as n from generate_series(1, 10) as i where i = any($1)",
                                   {std::vector<int64_t>{2, 3, 99}});
  REQUIRE(any.ok());
  CHECK((*any)[0].Get<int64_t>("n") == 2);
}

TEST_CASE("nulls are optional and keep their type") {
  CHECK(Echo<std::optional<std::string>>("text", std::nullopt) == std::nullopt);
  CHECK(Echo<std::optional<int64_t>>("bigint", std::nullopt) == std::nullopt);
  CHECK(Echo<std::optional<int64_t>>("bigint", 5) == 5);
  CHECK(Echo<std::optional<absl::Time>>("timestamptz", std::nullopt) == std::nullopt);
  const auto typed = Session().Query("select pg_typeof($1)::text as t, $1 is null as n", {std::optional<int64_t>()});
  REQUIRE(typed.ok());
  CHECK((*typed)[0].Get<std::string>("t") == "bigint");
  CHECK((*typed)[0].Get<bool>("n"));
}

TEST_CASE("mistakes in reading a row are exceptions") {
  const auto result = Session().Query("select 'x' as text, null::bigint as nothing");
  REQUIRE(result.ok());
  CHECK_THROWS_AS((*result)[0].Get<int64_t>("text"), ColumnError);
  CHECK_THROWS_AS((*result)[0].Get<int64_t>("nothing"), ColumnError);
  CHECK_THROWS_AS((*result)[0].Get<std::string>("missing"), ColumnError);
  CHECK((*result)[0].IsNull("nothing"));
}

TEST_CASE("texts the server cannot hold are refused, not cut") {
  const auto zero = Session().Query("select $1::text", {std::string("a\0b", 3)});
  CHECK(base::Reason(zero.status()) == kReasonText);
  const auto bad_utf8 = Session().Query("select $1::text", {"\xff\xfe"});
  CHECK(base::Reason(bad_utf8.status()) == kReasonText);
}

TEST_CASE("violations name their constraint") {
  REQUIRE(Session().ExecuteScript(R"sql(
      create table parent (id int primary key, name text not null constraint parent_name unique);
      create table child (parent int constraint child_parent references parent, age int constraint child_age check (age > 0));
      insert into parent values (1, 'one'))sql").ok());
  const auto unique = Session().Query("insert into parent values (2, 'one')").status();
  CHECK(IsUniqueViolation(unique));
  CHECK(IsUniqueViolation(unique, "parent_name"));
  CHECK_FALSE(IsUniqueViolation(unique, "parent_pkey"));
  CHECK(SqlStateOf(unique) == "23505");
  CHECK(IsForeignKeyViolation(Session().Query("insert into child values (9, 1)").status(), "child_parent"));
  const auto check = Session().Query("insert into child values (1, 0)").status();
  CHECK(base::Reason(check) == kReasonConstraint);
  CHECK(ConstraintOf(check) == "child_age");
  CHECK(ConstraintOf(Session().Query("insert into parent values (3, null)").status()) == "name");
  const auto syntax = Session().Query("selec 1").status();
  CHECK(syntax.code() == absl::StatusCode::kInternal);
  CHECK(std::string(syntax.message()).find("selec") == std::string::npos);
}

TEST_CASE("a session forgets its statements before they become too many") {
  for (size_t i = 0; i < kMaxPreparedStatements + 5; ++i) {
    const auto result = Session().Query("select $1::bigint + " + std::to_string(i) + " as sum", {1});
    REQUIRE(result.ok());
    REQUIRE((*result)[0].Get<int64_t>("sum") == static_cast<int64_t>(i) + 1);
  }
  const auto count = Session().Query("select count(*) as n from pg_prepared_statements");
  REQUIRE(count.ok());
  CHECK((*count)[0].Get<int64_t>("n") < 100);
}

}  // namespace
}  // namespace hotline::postgres
