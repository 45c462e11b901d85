#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "libs/runtime/process.h"

namespace hotline::runtime {
namespace {

constexpr char kConfig[] = R"({
  "listen": "unix:/tmp/x.sock", "keys_file": "keys.json", "service_key_file": "ticket.json", "metrics": "127.0.0.1:0",
  "postgres": {"conninfo": "host=/tmp", "role": "ticket", "pool_size": 4},
  "redis": {"address": "unix:/tmp/r.sock", "user": "ticket"},
  "peers": {"directory": "unix:/tmp/d.sock"}, "log_level": "error", "drain": "2s")";

// Waits for what another thread will do; the cap is only reached when it is broken.
template <class Condition>
bool Eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST_CASE("the common configuration") {
  auto root = base::JsonReader::Parse(std::string(kConfig) + "}").value();
  const auto config = ReadCommonConfig(root);
  REQUIRE(root.Finish().ok());
  CHECK(config.postgres->pool_size == 4);
  CHECK(config.redis->user == "ticket");
  CHECK(config.peers.at("directory") == "unix:/tmp/d.sock");
  CHECK(config.log_level == base::log::Level::kError);
  CHECK(config.drain == absl::Seconds(2));
  CHECK_FALSE(config.tls.has_value());

  auto bad = base::JsonReader::Parse(R"({"listen": "", "postgres": {}, "log_level": "loud"})").value();
  ReadCommonConfig(bad);
  CHECK(base::FieldViolations(bad.Finish()).size() == 6);
}

TEST_CASE("metrics are made once and read by Prometheus") {
  Metrics metrics;
  metrics.Counter("hotline_test_things_total", "things", {{"kind", "a"}}).Increment();
  metrics.Counter("hotline_test_things_total", "things", {{"kind", "a"}}).Increment();
  metrics.Histogram("hotline_test_time_seconds", "time").Observe(0.002);
  CHECK(metrics.Text().find("hotline_test_things_total{kind=\"a\"} 2") != std::string::npos);
  REQUIRE(metrics.Expose("127.0.0.1:0").ok());
  CHECK(metrics.port() > 0);
  Metrics other;
  CHECK(base::HasReason(other.Expose("127.0.0.1:" + std::to_string(metrics.port())), "METRICS_PORT"));
}

TEST_CASE("health follows the required checks and the drain") {
  Metrics metrics;
  Health health(metrics, absl::Milliseconds(1));
  std::atomic<bool> up{true};
  health.Add("database", Health::Need::kRequired, [&] { return up ? absl::OkStatus() : absl::UnavailableError("down"); });
  health.Add("peer", Health::Need::kOptional, [] { return absl::UnavailableError("down"); });
  std::atomic<int> changes{0};
  std::atomic<bool> told{true};
  health.OnChange([&](bool serving) {
    told = serving;
    ++changes;
  });
  CHECK_FALSE(told);
  CHECK_FALSE(health.serving());
  health.Start();
  CHECK(Eventually([&] { return told.load(); }));
  CHECK_FALSE(health.Statuses()["peer"].ok());
  up = false;
  CHECK(Eventually([&] { return !told; }));
  CHECK(Eventually([&] { return metrics.Text().find("hotline_dependency_up{dependency=\"database\"} 0") != std::string::npos; }));
  up = true;
  CHECK(Eventually([&] { return told.load(); }));
  health.Remove("database");
  health.Drain();
  CHECK_FALSE(told);
  CHECK(changes == 5);
  health.Stop();
  health.Stop();
}

struct Config {
  CommonConfig common;
  int64_t size = 0;
};

Config ReadConfig(base::JsonReader& root) {
  Config config;
  config.common = ReadCommonConfig(root);
  config.size = root.Int("size", 1, 9);
  return config;
}

int seen_size = 0;

absl::Status Run(Process& process, const Config& config) {
  seen_size = static_cast<int>(config.size);
  if (config.size == 9) return base::Internal("NINE", "nine");
  process.health().Start();
  process.RequestStop();
  process.WaitForStop();
  return process.health().serving() ? base::Internal("SERVING", "still serving") : absl::OkStatus();
}

TEST_CASE("main: usage, strict configuration, signals") {
  char path[] = "/tmp/hotline-config-XXXXXX";
  close(mkstemp(path));
  auto run = [&](std::string content, std::vector<const char*> arguments) {
    std::ofstream(path) << kConfig << content << "}";
    arguments.insert(arguments.begin(), "program");
    return Main<Config>(static_cast<int>(arguments.size()), const_cast<char**>(arguments.data()), "test", ReadConfig, Run);
  };
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  CHECK(run("", {}) == 2);
  CHECK(run("", {"--config"}) == 2);
  CHECK(run("", {"--nonsense"}) == 2);
  CHECK(run("", {"--version"}) == 0);
  CHECK(run("", {"--config", path}) == 2);                           // size is missing
  CHECK(run(R"(, "size": 5, "sise": 1)", {"--config", path}) == 2);  // unknown key
  CHECK(run(R"(, "size": 5)", {"--config", path, "--check-config"}) == 0);
  CHECK(seen_size == 0);
  CHECK(run(R"(, "size": 5)", {"--config", path}) == 0);
  CHECK(seen_size == 5);
  CHECK(run(R"(, "size": 9)", {"--config", path}) == 1);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::remove(path);
}

absl::StatusOr<int> Check(const Config& config) {
  if (config.size == 9) return base::Internal("NINE", "nine");
  return static_cast<int>(config.size);
}

TEST_CASE("a command beside the service has its flag, the same configuration, and an exit status of its own") {
  char path[] = "/tmp/hotline-config-XXXXXX";
  close(mkstemp(path));
  auto run = [&](std::string content, std::vector<const char*> arguments) {
    std::ofstream(path) << kConfig << content << "}";
    arguments.insert(arguments.begin(), "program");
    return Tool(static_cast<int>(arguments.size()), const_cast<char**>(arguments.data()), "test", "--check-all", ReadConfig, Check);
  };
  CHECK(run(R"(, "size": 3)", {"--config", path}) == std::nullopt);
  CHECK(run(R"(, "size": 3)", {"--config", path, "--check-all"}) == 3);
  CHECK(run(R"(, "size": 3)", {"--check-all", "--config", path}) == 3);
  CHECK(run(R"(, "size": 9)", {"--check-all", "--config", path}) == 1);
  CHECK(run(R"(, "sise": 3)", {"--check-all", "--config", path}) == 2);
  CHECK(run("", {"--check-all"}) == 2);
  CHECK(run("", {"--check-all", "--version"}) == 2);
  std::remove(path);
}

}  // namespace
}  // namespace hotline::runtime
