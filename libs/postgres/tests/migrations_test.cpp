#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <thread>

#include "libs/base/error.h"
#include "libs/postgres/error.h"
#include "libs/postgres/migrations.h"
#include "libs/postgres/provisioning.h"
#include "libs/testing/child_process.h"
#include "libs/testing/private_postgres.h"

namespace hotline::postgres {
namespace {

using testing::PrivatePostgres;

// A directory of migrations that a test writes.
class Files {
 public:
  Files() : directory_(testing::MakeTemporaryDirectory("sql", false)) {}
  ~Files() { testing::RemoveDirectory(directory_); }
  void Write(const std::string& name, const std::string& sql) { std::ofstream(directory_ + "/" + name) << sql; }
  const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

bool Refused(const absl::StatusOr<MigrationReport>& report) { return base::Reason(report.status()) == kReasonMigration; }

TEST_CASE("migrations are applied in order, once, and later ones on top") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("orders");
  Files files;
  files.Write("0001_first.sql", "create table a (id int); create table b (id int);");
  files.Write("0002_second.sql", "alter table a add column name text;");
  const auto first = Migrate(options, files.directory());
  REQUIRE(first.ok());
  CHECK(first->applied == 2);
  CHECK(first->present == 2);  // The library's, which CreateDatabase applied.
  files.Write("0003_third.sql", "drop table b;");
  CHECK(Migrate(options, files.directory())->applied == 1);
  CHECK(Migrate(options, files.directory())->applied == 0);
  CHECK((*Connection::Open(options))->Query("select id, name from a").ok());
}

TEST_CASE("changed history, holes and bad names are refused") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("orders");
  Files files;
  files.Write("0001_first.sql", "create table a (id int);");
  REQUIRE(Migrate(options, files.directory()).ok());
  files.Write("0001_first.sql", "create table a (id bigint);");
  CHECK(Refused(Migrate(options, files.directory())));
  files.Write("0001_first.sql", "create table a (id int);");
  files.Write("0003_third.sql", "select 1;");
  CHECK(Refused(Migrate(options, files.directory())));
  std::filesystem::remove(files.directory() + "/0003_third.sql");
  files.Write("two.sql", "select 1;");
  CHECK(Refused(Migrate(options, files.directory())));
  CHECK(Refused(Migrate(options, files.directory() + "/missing")));
}

TEST_CASE("a failing migration leaves nothing behind and can be mended") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("orders");
  Files files;
  files.Write("0001_first.sql", "create table a (id int); create table a (id int);");
  const auto failed = Migrate(options, files.directory());
  REQUIRE_FALSE(failed.ok());
  CHECK(std::string(failed.status().message()).find("service 1 (first)") != std::string::npos);
  files.Write("0001_first.sql", "create table a (id int);");
  CHECK(Migrate(options, files.directory())->applied == 1);
}

TEST_CASE("replicas that start together apply each migration once; an older one leaves newer rows alone") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("orders");
  Files files;
  files.Write("0001_first.sql", "create table a (id int); select pg_sleep(0.05);");
  files.Write("0002_second.sql", "create table b (id int);");
  std::atomic<int> applied = 0;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      const auto report = Migrate(options, files.directory());
      if (report.ok()) applied += report->applied;
    });
  }
  for (std::thread& replica : replicas) replica.join();
  CHECK(applied == 2);
  std::filesystem::remove(files.directory() + "/0002_second.sql");
  CHECK(Migrate(options, files.directory()).ok());
}

TEST_CASE("provision.sql and CreateRoleAndSchema make a schema that only its role can use") {
  const auto admin = *Connection::Open(PrivatePostgres::Shared().AdminOptions());
  REQUIRE(admin->ExecuteScript("create database provisioning").ok());
  const ConnectionOptions database = PrivatePostgres::Shared().AdminOptions("provisioning");
  const auto session = *Connection::Open(database);
  for (int again = 0; again < 2; ++again) {
    REQUIRE(CreateRoleAndSchema(*session, {"hotline_one", "it's \"secret\"", "one"}).ok());
    CHECK(testing::Run({{"psql", "-q", "-v", "ON_ERROR_STOP=1", "-v", "role=hotline_two", "-v", "schema=two", "-v",
                         "password=secret", "-f", HOTLINE_SOURCE_DIR "/libs/postgres/provision.sql", database.conninfo},
                        "/dev/null"}) == 0);
  }
  for (const std::string& name : {std::string("one"), std::string("two")}) {
    ConnectionOptions own = database;
    own.user = "hotline_" + name;
    own.schema = name;
    CHECK(Migrate(own, "").ok());
    const auto mine = *Connection::Open(own);
    CHECK(mine->Query("select count(*) from outbox").ok());
    CHECK_FALSE(mine->Query("select count(*) from " + std::string(name == "one" ? "two" : "one") + ".outbox").ok());
    CHECK_FALSE(mine->Query("create table public.x (id int)").ok());
    // Without a schema in the options the role's default serves.
    own.schema.clear();
    CHECK((*Connection::Open(own))->Query("select count(*) from outbox").ok());
  }
}

}  // namespace
}  // namespace hotline::postgres
