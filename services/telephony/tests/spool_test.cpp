// The spool: order, repetition, crashes, unreadable files, a full disk. And the pure parts of the call layer.
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/testing/wait.h"
#include "services/telephony/domain/dialling.h"
#include "services/telephony/domain/wav_view.h"
#include "services/telephony/spool/spool.h"

namespace hotline::telephony {
namespace {

using hotline::testing::WaitUntil;

struct Dir {
  Dir() {
    char name[] = "/tmp/spool_test_XXXXXX";
    path = mkdtemp(name);
  }
  ~Dir() { std::filesystem::remove_all(path); }
  std::string path;
};

// A database that drops what it has seen, and may be away.
struct Database {
  std::mutex mutex;
  std::vector<std::string> applied;
  std::set<std::string> seen;
  size_t most_at_once = 0;
  std::atomic<bool> away{false};
  std::atomic<bool> forget_reply{false};  // commits, and the reply is lost

  Spool::Apply Function() {
    return [this](const std::vector<Fact>& facts) -> absl::Status {
      if (away) return absl::UnavailableError("away");
      std::lock_guard lock(mutex);
      most_at_once = std::max(most_at_once, facts.size());
      for (const Fact& fact : facts) {
        if (fact.json == "bad") return absl::InternalError("refused");
      }
      for (const Fact& fact : facts) {
        if (seen.insert(fact.id).second) applied.push_back(fact.json);
      }
      return forget_reply.exchange(false) ? absl::UnavailableError("connection lost") : absl::OkStatus();
    };
  }
  std::vector<std::string> Applied() {
    std::lock_guard lock(mutex);
    return applied;
  }
};

TEST_CASE("facts reach the database in order and once, however often it is away") {
  Dir dir;
  Database database;
  database.away = true;
  auto spool = Spool::Open(dir.path).value();
  spool->StartWorker(database.Function());
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(i));
    spool->Put("ended", expected.back());
  }
  REQUIRE(spool->Flush(absl::Seconds(30)));
  CHECK(spool->stats().waiting == 50);
  database.forget_reply = true;
  database.away = false;
  REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  CHECK(database.Applied() == expected);
  spool.reset();
  CHECK(std::filesystem::is_empty(dir.path + "/facts"));
}

TEST_CASE("what a process left behind is applied by the next, in order, before its own") {
  Dir dir;
  {
    auto spool = Spool::Open(dir.path).value();
    for (const char* json : {"1", "2", "3"}) spool->Put("ended", json);
    REQUIRE(spool->Flush(absl::Seconds(30)));
  }
  std::ofstream(dir.path + "/facts/00000000000000000001.fact", std::ios::app) << "torn by a crash";
  Database database;
  auto spool = Spool::Open(dir.path).value();
  spool->Put("ended", "4");
  spool->StartWorker(database.Function());
  REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  CHECK(database.Applied() == std::vector<std::string>{"1", "2", "3", "4"});
}

TEST_CASE("a damaged file is copied aside, what is whole in it is used, and it holds nothing up") {
  Dir dir;
  {
    auto spool = Spool::Open(dir.path).value();
    for (const char* json : {"first", "second", "third"}) spool->Put("ended", json);
    REQUIRE(spool->Flush(absl::Seconds(30)));
  }
  const std::string file = dir.path + "/facts/00000000000000000001.fact";
  std::ifstream in(file);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> expected;
  SECTION("nothing is whole") { text = "garbage"; }
  SECTION("one fact is not what was written") {
    text.replace(text.find("second"), 6, "SECOND");
    expected = {"first", "third"};
  }
  SECTION("the end is lost") {
    text.resize(text.size() - 3);
    expected = {"first", "second"};
  }
  std::ofstream(file) << text;
  Database database;
  auto spool = Spool::Open(dir.path).value();
  spool->StartWorker(database.Function());
  REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  CHECK(database.Applied() == expected);
  CHECK(spool->stats().moved_aside == 1);
  CHECK(std::filesystem::exists(dir.path + "/aside/00000000000000000001.fact"));
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a file that cannot be read is put aside, never removed") {
  Dir dir;
  std::filesystem::create_directories(dir.path + "/facts");
  const std::string name = "00000000000000000001.fact";
  std::ofstream(dir.path + "/facts/" + name) << "more than is ever written";
  constexpr size_t kTooLarge = Spool::kMaxFileBytes + Spool::kMaxWriteBytes + 2 * Spool::kMaxFactBytes + 1;
  std::filesystem::resize_file(dir.path + "/facts/" + name, kTooLarge);
  SECTION("aside") {
    const auto spool = Spool::Open(dir.path).value();
    CHECK(spool->stats().moved_aside == 1);
    CHECK(std::filesystem::file_size(dir.path + "/aside/" + name) == kTooLarge);
    CHECK_FALSE(std::filesystem::exists(dir.path + "/facts/" + name));
  }
  SECTION("or where it is, when there is something else already") {
    std::filesystem::create_directories(dir.path + "/aside/" + name);
    const auto spool = Spool::Open(dir.path).value();
    CHECK(std::filesystem::file_size(dir.path + "/facts/" + name) == kTooLarge);
  }
}

TEST_CASE("a fact that is refused again and again is moved aside, and those handed over with it are not") {
  Dir dir;
  Database database;
  database.away = true;
  auto spool = Spool::Open(dir.path, {absl::Milliseconds(1), absl::Milliseconds(1)}).value();
  spool->StartWorker(database.Function());
  for (const char* json : {"1", "2", "bad", "3", "4"}) spool->Put("ended", json);
  REQUIRE(spool->Flush(absl::Seconds(30)));
  database.away = false;
  REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  CHECK(database.Applied() == std::vector<std::string>{"1", "2", "3", "4"});
  CHECK(spool->stats().moved_aside == 1);
  CHECK(spool->stats().applied == 4);
  CHECK(std::filesystem::exists(dir.path + "/aside/00000000000000000003.fact"));
}

TEST_CASE("facts that wait together share a file and a transaction, more of them than are kept in memory too") {
  Dir dir;
  Database database;
  const int count = static_cast<int>(Spool::kMaxCached) + 1000;
  {
    auto spool = Spool::Open(dir.path).value();
    for (int i = 0; i < count; ++i) {
      while (spool->stats().unsaved > Spool::kMaxUnsaved / 2) std::this_thread::yield();
      spool->Put("ended", std::to_string(i));
    }
    REQUIRE(spool->Flush(absl::Seconds(60)));
    CHECK(spool->stats().lost == 0);
    CHECK(std::distance(std::filesystem::directory_iterator(dir.path + "/facts"), {}) < 20);
    spool->StartWorker(database.Function());
    REQUIRE(WaitUntil([&] { return spool->stats().applied >= 100; }));
  }
  // The next one begins within a file.
  auto spool = Spool::Open(dir.path).value();
  spool->StartWorker(database.Function());
  REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  std::vector<std::string> expected;
  for (int i = 0; i < count; ++i) expected.push_back(std::to_string(i));
  CHECK(database.Applied() == expected);
  CHECK(database.most_at_once == Spool::kMaxFactsInTransaction);
  spool.reset();
  CHECK(std::filesystem::is_empty(dir.path + "/facts"));
}

TEST_CASE("while nothing can be written facts go from memory to the database, and to disk when it can be again") {
  Dir dir;
  Database database;
  database.away = true;
  auto spool = Spool::Open(dir.path).value();
  // Stands for a full disk, for which root cannot be refused: the place of the next file is taken by a directory.
  std::filesystem::create_directories(dir.path + "/facts/00000000000000000001.fact/full");
  spool->Put("ended", "1");
  spool->Put("ended", "2");
  REQUIRE(WaitUntil([&] { return spool->stats().write_failures > 0; }));
  CHECK(spool->stats().unsaved == 2);
  SECTION("the database comes first") {
    spool->StartWorker(database.Function());
    database.away = false;
    REQUIRE(WaitUntil([&] { return database.Applied().size() == 2; }));
    REQUIRE(WaitUntil([&] { return spool->stats().waiting == 0; }));
  }
  SECTION("the disk comes first") {
    std::filesystem::remove_all(dir.path + "/facts/00000000000000000001.fact");
    REQUIRE(WaitUntil([&] { return spool->stats().unsaved == 0; }));
    CHECK(spool->stats().waiting == 2);
  }
}

TEST_CASE("facts are read back whole or not at all") {
  const Fact fact{base::NewId(), "ended", "{\"a\": \"\n\"}"};
  const std::string text = WriteFact(fact);
  const FactsRead two = ReadFacts(text + text);
  CHECK(two.whole);
  REQUIRE(two.facts.size() == 2);
  CHECK(two.facts[1]->id == fact.id);
  CHECK(two.facts[1]->kind == fact.kind);
  CHECK(two.facts[1]->json == fact.json);
  for (size_t length = 1; length < text.size(); ++length) {
    const FactsRead torn = ReadFacts(text + text.substr(0, length));
    CHECK_FALSE(torn.whole);
    CHECK(torn.facts.size() == 1);
  }
  std::string wrong = text + text;
  wrong[text.find('{') + 1] = 'x';
  const FactsRead second = ReadFacts(wrong);
  CHECK_FALSE(second.whole);
  REQUIRE(second.facts.size() == 2);
  CHECK_FALSE(second.facts[0].has_value());
  CHECK(second.facts[1].has_value());
}

TEST_CASE("open calls are what was saved last, until they are removed") {
  Dir dir;
  auto spool = Spool::Open(dir.path).value();
  spool->SaveOpenCall("a", [] { return "1"; });
  spool->SaveOpenCall("a", [] { return "2"; });
  spool->SaveOpenCall("b", [] { return "1"; });
  spool->RemoveOpenCall("b");
  REQUIRE(spool->Flush(absl::Seconds(30)));
  const auto calls = spool->OpenCalls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].call_id == "a");
  CHECK(calls[0].json == "2");
  spool->RemoveOpenCall("a");
  REQUIRE(spool->Flush(absl::Seconds(30)));
  CHECK(std::filesystem::is_empty(dir.path + "/open"));
}

TEST_CASE("only allowed numbers may be dialled, and so many an hour") {
  const std::vector<std::string> prefixes = {"1", "010"};
  CHECK(MayDial("13800001111", prefixes));
  CHECK(MayDial("01012345678", prefixes));
  CHECK_FALSE(MayDial("0013800001111", prefixes));
  CHECK_FALSE(MayDial("+13800001111", prefixes));
  CHECK_FALSE(MayDial("11", prefixes));
  CHECK_FALSE(MayDial("111111111111111111111", prefixes));
  CHECK_FALSE(MayDial("1380000a111", prefixes));
  CHECK_FALSE(MayDial("13800001111", {}));
  DialQuota quota(2);
  const absl::Time start = absl::UnixEpoch();
  CHECK(quota.Take("a", start));
  CHECK(quota.Take("a", start + absl::Minutes(30)));
  CHECK_FALSE(quota.Take("a", start + absl::Minutes(59)));
  CHECK(quota.Take("b", start + absl::Minutes(59)));
  CHECK(quota.Take("a", start + absl::Minutes(61)));
  CHECK_FALSE(quota.Take("a", start + absl::Minutes(62)));
}

TEST_CASE("any range of the WAV that is given out is a range of the whole") {
  constexpr int64_t kSamples = 6;
  std::string whole = PcmHeader(2, kSamples);
  REQUIRE(static_cast<int64_t>(whole.size()) == kPcmHeaderBytes);
  for (int i = 0; i < kSamples; ++i) whole += {static_cast<char>('a' + i), static_cast<char>('A' + i)};
  REQUIRE(static_cast<int64_t>(whole.size()) == PcmSize(kSamples));
  for (int64_t offset = 0; offset <= PcmSize(kSamples); ++offset) {
    for (int64_t length = 0; length <= PcmSize(kSamples) + 2; ++length) {
      const PcmRange range = RangeOf(kSamples, offset, length);
      std::string got = whole.substr(static_cast<size_t>(range.header_from), static_cast<size_t>(range.header_bytes));
      std::string samples;
      for (int64_t i = 0; i < range.samples; ++i) samples += {static_cast<char>('a' + range.first_sample + i), static_cast<char>('A' + range.first_sample + i)};
      got += samples.substr(static_cast<size_t>(range.skip), static_cast<size_t>(range.bytes));
      const size_t wanted = length == 0 ? std::string::npos : static_cast<size_t>(length);
      REQUIRE(got == whole.substr(static_cast<size_t>(offset), wanted));
    }
  }
}

}  // namespace
}  // namespace hotline::telephony
