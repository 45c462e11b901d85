// The helpers themselves: a test that leans on a broken helper proves nothing.
#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "libs/testing/child_process.h"
#include "libs/testing/golden.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/private_redis.h"
#include "libs/testing/wait.h"

namespace hotline::testing {
namespace {

// Ended, whether or not somebody has collected it.
bool IsGone(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return !(stat >> number >> name >> state) || state == "Z";
}

TEST_CASE("WaitUntil gives up at its cap and not before the condition was asked") {
  int asked = 0;
  CHECK(WaitUntil([&] { return ++asked == 3; }));
  CHECK_FALSE(WaitUntil([] { return false; }, absl::Milliseconds(20)));
  CHECK(WaitUntil([] { return true; }, absl::ZeroDuration()));
}

TEST_CASE("golden files are written on request and compared by line") {
  const std::string path = "build/golden_test/" + std::to_string(getpid()) + ".txt";
  CHECK(GoldenDifference(path, "x").find("there is no") == 0);
  setenv("HOTLINE_UPDATE_GOLDEN", "1", 1);
  CHECK(GoldenDifference(path, "one\ntwo\n") == "");
  unsetenv("HOTLINE_UPDATE_GOLDEN");
  CHECK(GoldenDifference(path, "one\ntwo\n") == "");
  CHECK(GoldenDifference(path, "one\nTWO\n").find("line 2") == 0);
  CHECK(GoldenDifference(path, "one\n").find("line 2") == 0);
  std::filesystem::remove_all(std::filesystem::path(HOTLINE_SOURCE_DIR) / "build/golden_test");
}

TEST_CASE("databases of a test are apart from each other") {
  const auto one = PrivatePostgres::Shared().CreateDatabase("things");
  const auto two = PrivatePostgres::Shared().CreateDatabase("things");
  REQUIRE((*postgres::Connection::Open(one))->ExecuteScript("create table only_here (id int)").ok());
  CHECK_FALSE((*postgres::Connection::Open(two))->Query("select * from only_here").ok());
}

TEST_CASE("servers die with a test program that is killed, and their directories are swept") {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const int child = fork();
  if (child == 0) {
    const std::string directory = MakeTemporaryDirectory("kill", false);
    const int server = Spawn({{"redis-server", "--port", "0", "--unixsocket", directory + "/s"}, directory + "/log"});
    [[maybe_unused]] const auto written = write(pipe_ends[1], &server, sizeof server);
    pause();
  }
  int server = 0;
  REQUIRE(read(pipe_ends[0], &server, sizeof server) == sizeof server);
  CHECK_FALSE(IsGone(server));
  Kill(child, SIGKILL);
  CHECK(WaitUntil([&] { return IsGone(server); }));
}

TEST_CASE("a durable Redis keeps what it answered for; another forgets") {
  for (const bool durable : {true, false}) {
    PrivateRedis server(durable);
    events::Redis redis(server.Options());
    REQUIRE(redis.Connect().ok());
    REQUIRE(redis.AddWithSequence("s", {{1, "x"}}, 10).ok());
    server.Kill9();
    CHECK_FALSE(redis.Ping().ok());
    server.Restart();
    REQUIRE(redis.Connect().ok());
    CHECK(redis.Info("s")->last_sequence == (durable ? 1 : 0));
  }
}

}  // namespace
}  // namespace hotline::testing
