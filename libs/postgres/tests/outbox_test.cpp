// Numbering of the outbox: gapless, in the order of transactions, nothing lost however they commit.
#include <absl/synchronization/notification.h>
#include <catch2/catch.hpp>
#include <google/protobuf/wrappers.pb.h>

#include <random>
#include <set>
#include <thread>

#include <absl/strings/str_cat.h>

#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/postgres/lease.h"
#include "libs/postgres/migrations.h"
#include "libs/postgres/outbox.h"
#include "libs/testing/private_postgres.h"
#include "libs/testing/wait.h"

namespace hotline::postgres {
namespace {

using hotline::events::v1::Event;
using testing::PrivatePostgres;

Event MakeEvent(const std::string& subject) {
  Event event;
  event.set_id(base::NewId());
  event.set_source("test");
  event.set_type("google.protobuf.StringValue");
  event.set_subject(subject);
  event.mutable_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
  google::protobuf::StringValue value;
  value.set_value(subject);
  event.mutable_data()->PackFrom(value);
  return event;
}

absl::Status Append(Pool& pool, const std::string& subject) {
  return RunTransaction(pool, [&](Transaction& tx) { return Outbox::Append(tx, MakeEvent(subject)); });
}

std::vector<std::string> Subjects(Pool& pool) {
  std::vector<std::string> subjects;
  const auto events = Outbox::ReadAfter(pool, 0, 10);
  REQUIRE(events.ok());
  for (const Event& event : *events) subjects.push_back(event.subject());
  return subjects;
}

class Numberer {
 public:
  explicit Numberer(Pool& pool) : pool_(pool), epoch_(AcquireLease(pool, "outbox", "me", absl::Hours(1))->epoch) {}
  absl::StatusOr<Assigned> Assign(int limit = 1000, int64_t epoch_offset = 0) {
    return RunTransaction(
        pool_, [&](Transaction& tx) { return Outbox::Assign(tx, "outbox", "me", epoch_ + epoch_offset, limit); });
  }
  absl::StatusOr<int64_t> Adopt(int64_t epoch_offset = 0) {
    return RunTransaction(pool_, [&](Transaction& tx) { return Outbox::Adopt(tx, "outbox", "me", epoch_ + epoch_offset); });
  }

 private:
  Pool& pool_;
  int64_t epoch_;
};

TEST_CASE("an event is there if and only if its transaction committed") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  Numberer numberer(pool);
  CHECK(Append(pool, "a").ok());
  CHECK_FALSE(RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
                HOTLINE_RETURN_IF_ERROR(Outbox::Append(tx, MakeEvent("rolled back")));
                return base::Aborted("NO", "no");
              }).ok());
  CHECK(Append(pool, "b").ok());
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 2; }));
  const auto events = Outbox::ReadAfter(pool, 0, 10);
  REQUIRE(events->size() == 2);
  CHECK((*events)[0].subject() == "a");
  CHECK((*events)[0].sequence() == 1);
  CHECK((*events)[1].subject() == "b");
  CHECK((*events)[1].sequence() == 2);
  CHECK(Outbox::ReadAfter(pool, 1, 10)->size() == 1);
}

TEST_CASE("many events are one statement, keep their order and their bytes, and are all or none") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  Numberer numberer(pool);
  const auto append = [&](const std::vector<Event>& events) {
    return RunTransaction(pool, [&](Transaction& tx) { return Outbox::AppendAll(tx, events); });
  };
  CHECK(append({}).ok());
  std::vector<Event> events;
  for (int i = 0; i < 300; ++i) {
    events.push_back(MakeEvent(absl::StrCat("subject \"", i, "\" {},\\")));
    events.back().set_traceparent(std::string(static_cast<size_t>(i) * 7 % 500, 'x'));
  }
  CHECK(append(events).ok());
  CHECK(IsUniqueViolation(append({MakeEvent("new"), events[7]}), "outbox_event_id"));
  Event numbered = MakeEvent("x");
  numbered.set_sequence(1);
  CHECK(append({MakeEvent("new"), numbered}).code() == absl::StatusCode::kInvalidArgument);
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 300; }));
  const auto read = Outbox::ReadAfter(pool, 0, 1000);
  REQUIRE(read->size() == 300);
  for (size_t i = 0; i < events.size(); ++i) {
    events[i].set_sequence(static_cast<int64_t>(i) + 1);
    if ((*read)[i].SerializeAsString() != events[i].SerializeAsString()) FAIL("event " << i);
  }
}

TEST_CASE("incomplete events and doubles are refused") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  const auto append = [&](const Event& event) {
    return RunTransaction(pool, [&](Transaction& tx) { return Outbox::Append(tx, event); });
  };
  Event event = MakeEvent("x");
  CHECK(append(event).ok());
  CHECK(IsUniqueViolation(append(event), "outbox_event_id"));
  for (const char* field : {"id", "source", "type", "time"}) {
    Event incomplete = MakeEvent("x");
    incomplete.GetReflection()->ClearField(&incomplete, incomplete.GetDescriptor()->FindFieldByName(field));
    CHECK(append(incomplete).code() == absl::StatusCode::kInvalidArgument);
  }
  event = MakeEvent("x");
  event.set_sequence(1);
  CHECK(append(event).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("an open older transaction holds back younger ones, so that order is by transaction") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  Numberer numberer(pool);
  const absl::Status outer = RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(Outbox::Append(tx, MakeEvent("older")));
    HOTLINE_RETURN_IF_ERROR(tx.Query("select 1").status());  // takes the event along
    HOTLINE_RETURN_IF_ERROR(Append(pool, "younger"));
    const auto assigned = numberer.Assign();
    CHECK(assigned->count == 0);
    CHECK(assigned->waiting);
    return absl::OkStatus();
  });
  REQUIRE(outer.ok());
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 2; }));
  const auto events = Outbox::ReadAfter(pool, 0, 10);
  CHECK((*events)[0].subject() == "older");
  CHECK((*events)[1].subject() == "younger");
}

TEST_CASE("numbering is fenced by the lease and goes by batches") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  Numberer numberer(pool);
  for (int i = 0; i < 5; ++i) REQUIRE(Append(pool, "x").ok());
  CHECK(base::Reason(numberer.Assign(10, /*epoch_offset=*/-1).status()) == kReasonLeaseLost);
  CHECK(testing::WaitUntil([&] { return numberer.Assign(2)->last_sequence == 2; }));
  CHECK(numberer.Assign(2)->waiting);
  CHECK(testing::WaitUntil([&] { return numberer.Assign(2)->last_sequence == 5; }));
}

TEST_CASE("many writers committing in any order: no gap, no loss, each transaction's events in order") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  Numberer numberer(pool);
  constexpr int kWriters = 5, kTransactions = 60;
  std::atomic<int> finished = 0;
  std::atomic<int> committed = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      std::minstd_rand random(w);
      for (int i = 0; i < kTransactions; ++i) {
        const bool roll_back = random() % 5 == 0;
        const std::string name = std::to_string(w) + "/" + std::to_string(i);
        const absl::Status status = RunTransaction(pool, [&](Transaction& tx) -> absl::Status {
          HOTLINE_RETURN_IF_ERROR(Outbox::Append(tx, MakeEvent(name + "/first")));
          // Transactions of different length, so that they overtake each other.
          HOTLINE_RETURN_IF_ERROR(tx.Query("select pg_sleep($1)", {static_cast<double>(random() % 4) / 1000}).status());
          HOTLINE_RETURN_IF_ERROR(Outbox::Append(tx, MakeEvent(name + "/second")));
          return roll_back ? base::Aborted("NO", "no") : absl::OkStatus();
        });
        if (status.ok()) ++committed;
      }
      ++finished;
    });
  }
  int64_t seen = 0;
  std::vector<Event> all;
  // What was read is never overtaken: reading after the last number finds everything there will ever be before it.
  const auto read_on = [&] {
    REQUIRE(numberer.Assign(7).ok());
    const auto events = Outbox::ReadAfter(pool, seen, 1000);
    REQUIRE(events.ok());
    for (const Event& event : *events) {
      REQUIRE(event.sequence() == ++seen);
      all.push_back(event);
    }
  };
  while (finished < kWriters) read_on();
  for (std::thread& writer : writers) writer.join();
  CHECK(testing::WaitUntil([&] { return read_on(), all.size() == static_cast<size_t>(2 * committed); }));
  std::map<std::string, int> last_of_writer;
  for (const Event& event : all) {
    const std::string& name = event.subject();
    const std::string writer = name.substr(0, name.find('/'));
    const int order = 2 * std::stoi(name.substr(writer.size() + 1)) + (name.ends_with("second") ? 1 : 0);
    REQUIRE((!last_of_writer.contains(writer) || last_of_writer[writer] < order));
    last_of_writer[writer] = order;
  }
}

TEST_CASE("only old and published rows are deleted, and the numbering goes on") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("events");
  Pool pool({.connection = options});
  Numberer numberer(pool);
  for (int i = 0; i < 6; ++i) REQUIRE(Append(pool, "x").ok());
  REQUIRE(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 6; }));
  REQUIRE((*Connection::Open(options))->ExecuteScript("update outbox set time = now() - interval '31 days' where id <> (select id from outbox_numbers where sequence = 3)").ok());
  CHECK(*Outbox::DeleteOld(pool, kOutboxRetention, 100) == 0);
  CHECK(*Outbox::Lag(pool) > absl::Hours(24 * 30));
  REQUIRE(Outbox::MarkPublished(pool, 5).ok());
  CHECK(Outbox::State(pool)->published_sequence == 5);
  CHECK(*Outbox::DeleteOld(pool, kOutboxRetention, 1) == 1);
  CHECK(*Outbox::DeleteOld(pool, kOutboxRetention, 100) == 3);
  CHECK(Outbox::ReadAfter(pool, 0, 10)->front().sequence() == 3);
  REQUIRE(Append(pool, "next").ok());
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 7; }));
}

TEST_CASE("after a restore from a dump of another cluster every event is numbered once, those of before first") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("events");
  Pool pool({.connection = options});
  Numberer numberer(pool);
  const auto adopt = [&](int64_t epoch_offset = 0) { return numberer.Adopt(epoch_offset); };
  CHECK(*adopt() == 0);
  for (const char* name : {"numbered 1", "numbered 2"}) REQUIRE(Append(pool, name).ok());
  REQUIRE(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 2; }));
  for (const char* name : {"left 1", "left 2"}) REQUIRE(Append(pool, name).ok());
  // As a dump leaves it: ids of transactions this cluster has not come to yet.
  const auto restore = [&](const char* first) {
    REQUIRE((*Connection::Open(options))->ExecuteScript(absl::StrCat(
        "update outbox set xid = (", first, " + id)::text::xid8; update outbox_state set cluster = 1, numbered_xid = (", first, " + 2)::text::xid8, numbered_id = 2")).ok());
  };
  restore("9000000000");
  REQUIRE(Append(pool, "new 1").ok());
  CHECK(numberer.Assign()->last_sequence <= 3);  // as it would be without
  CHECK(base::Reason(adopt(-1).status()) == kReasonLeaseLost);
  REQUIRE(testing::WaitUntil([&] { return adopt().ok() && numberer.Assign()->last_sequence == 5; }));
  CHECK(*adopt() == 0);
  REQUIRE(Append(pool, "new 2").ok());
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 6; }));
  const std::vector<std::string> subjects = Subjects(pool);
  CHECK(std::set<std::string>(subjects.begin(), subjects.end()).size() == 6);
  CHECK(subjects.front() == "numbered 1");
  CHECK(subjects.back() == "new 2");
}

TEST_CASE("numbers of an outbox that was numbered in place are taken over") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("events");
  Pool pool({.connection = options});
  Numberer numberer(pool);
  for (const char* name : {"a", "b", "left"}) REQUIRE(Append(pool, name).ok());
  // As the first version left it.
  REQUIRE((*Connection::Open(options))->ExecuteScript(R"sql(
      alter table outbox add column sequence bigint constraint outbox_sequence unique;
      update outbox set sequence = id where id < 3;
      create index outbox_unnumbered on outbox (xid, id) where sequence is null;
      drop index outbox_order;
      drop table outbox_numbers;
      alter table outbox_state drop column numbered_xid, drop column numbered_id, drop column cluster;
      update outbox_state set last_sequence = 2;
      delete from schema_migrations where component = 'library' and number = 2)sql").ok());
  const auto report = Migrate(options, "");
  INFO(report.status());
  REQUIRE(report.ok());
  CHECK(report->applied == 1);
  CHECK(Outbox::ReadAfter(pool, 0, 10)->size() == 2);
  CHECK(*numberer.Adopt() == 0);
  REQUIRE(Append(pool, "new").ok());
  CHECK(testing::WaitUntil([&] { return numberer.Assign()->last_sequence == 4; }));
  const std::vector<std::string> subjects = Subjects(pool);
  CHECK(subjects == std::vector<std::string>{"a", "b", "left", "new"});
}

TEST_CASE("of two replicas only one moves an offset") {
  Pool pool({.connection = PrivatePostgres::Shared().CreateDatabase("events")});
  const auto advance = [&](int64_t from, int64_t to) {
    return RunTransaction(pool, [&](Transaction& tx) { return ConsumerOffsets::Advance(tx, "me", "ticket", from, to); });
  };
  CHECK(*ConsumerOffsets::Get(pool, "me", "ticket") == 0);
  CHECK(advance(0, 3).ok());
  CHECK(base::Reason(advance(0, 2)) == kReasonOffsetMoved);
  CHECK(advance(3, 4).ok());
  CHECK(base::Reason(advance(3, 4)) == kReasonOffsetMoved);
  CHECK(*ConsumerOffsets::Get(pool, "me", "ticket") == 4);
}

TEST_CASE("a commit wakes this process's signal, and Notify those of others") {
  const ConnectionOptions options = PrivatePostgres::Shared().CreateDatabase("events");
  Pool pool({.connection = options});
  OutboxSignal mine(options), other(options);
  using Woken = OutboxSignal::Woken;
  REQUIRE(*other.Wait(absl::ZeroDuration()) == Woken::kByTime);
  pool.SetOutboxListener([&] { mine.Wake(); });
  REQUIRE(Append(pool, "x").ok());
  CHECK(*mine.Wait(absl::Seconds(60)) == Woken::kByWake);
  CHECK(mine.Notify().ok());
  CHECK(*other.Wait(absl::Seconds(60)) == Woken::kByNotify);
  pool.SetOutboxListener({});
  REQUIRE(RunTransaction(pool, [&](Transaction& tx) { return tx.Query("select 1").status(); }).ok());
  CHECK(*other.Wait(absl::ZeroDuration()) == Woken::kByTime);
}

}  // namespace
}  // namespace hotline::postgres
