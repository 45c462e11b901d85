// Documents that the ladder asks for (SLA-8, TKT-14): made once, whoever dies in between, and never by the consumer of events.
#include <signal.h>

#include <cstdlib>
#include <thread>

#include "hotline/events/v1/sla.pb.h"
#include "libs/base/id.h"
#include "libs/events/event.h"
#include "libs/testing/child_process.h"
#include "libs/testing/wait.h"
#include "services/ticket/convert.h"
#include "services/ticket/document_writer.h"
#include "services/ticket/inbox.h"
#include "services/ticket/tests/files_fixture.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

namespace ev = hotline::events::v1;
constexpr char kCentre[] = "云州市12345政务服务便民热线中心";

// What makes documents, over a database and a directory: the test's own, or those that a child process is given.
struct Makers {
  Makers(postgres::Pool& pool, const Cipher& cipher, Store& store, const std::string& directory, const base::Clock& clock)
      : vault(*FileVault::Open(directory + "/files")), files(pool, cipher), documents(pool), maker(store, documents, files, vault, processes, {zone, kCentre}),
        writer(store, documents, maker, processes, clock, zone) {}

  absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  DefaultProcesses processes;
  FileVault vault;
  AttachmentStore files;
  DocumentStore documents;
  DocumentMaker maker;
  DocumentWriter writer;
};

struct LadderFixture : StoreFixture {
  TempDirectory directory;
  Makers one{pool, cipher, store, directory.path(), clock}, two{pool, cipher, store, directory.path(), clock};
  Inbox inbox{store, one.documents, [](const std::string&) { return absl::NotFoundError("none"); }, one.processes, clock};
  events::Handlers handlers = inbox.Handlers();
  const std::string clock_id = base::NewId();

  LadderFixture() { REQUIRE(SeedTemplates(one.documents, HOTLINE_SOURCE_DIR "/services/ticket/templates", clock.Now()).ok()); }

  ev::SlaClockEscalated Rung(const domain::Ticket& ticket, int level, const std::string& measure, const std::string& document, int64_t version = 3) {
    ev::SlaClockEscalated rung;
    ev::SlaClockFacts& facts = *rung.mutable_clock();
    facts.set_clock_id(clock_id);
    facts.set_ticket_id(ticket.id);
    facts.set_step("reply");
    *facts.mutable_due_time() = ToProto(clock.Now() - absl::Hours(1));
    facts.set_light("red");
    facts.set_version(version);
    rung.set_level(level);
    rung.set_measure(measure);
    rung.set_document(document);
    for (const char* addressee : {"unit", "unit_head", "supervision"}) rung.add_addressees(addressee);
    return rung;
  }
  void Deliver(const ev::SlaClockEscalated& rung) {
    const events::Event event = events::Make("sla_timer", "", rung, clock.Now());
    const absl::Status done = postgres::RunTransaction(pool, [&](postgres::Transaction& tx) { return handlers(tx, event); });
    INFO(done);
    REQUIRE(done.ok());
  }
  bool Write(Makers& makers) {
    const absl::StatusOr<bool> wrote = makers.writer.WriteOne();
    INFO(wrote.status());
    REQUIRE(wrote.ok());
    return *wrote;
  }
  int64_t Jobs() { return *one.documents.WaitingJobs(); }
  int64_t Done(const domain::Ticket& ticket, const std::string& action) {
    const std::vector<std::string> actions = Actions(ticket);
    return std::count(actions.begin(), actions.end(), action);
  }
  std::vector<DocumentRecord> Documents(const domain::Ticket& ticket) { return *one.documents.List(ticket.id); }
};

}  // namespace

TEST_CASE_METHOD(LadderFixture, "SLA-8, TKT-14: a rung's document is made once, however often it is told, and named in the ticket's history") {
  const domain::Ticket ticket = Dispatched();
  for (int told = 0; told < 2; ++told) Deliver(Rung(ticket, 1, "urging_notice", "urging_notice"));
  // The consumer has only written it down.
  CHECK(Jobs() == 1);
  CHECK(Documents(ticket).empty());
  CHECK(Done(ticket, "supervised") == 1);
  std::thread other([&] { Write(two); });
  Write(one);
  other.join();
  CHECK(Jobs() == 0);
  // Told anew by a replay from the source.
  Deliver(Rung(ticket, 1, "urging_notice", "urging_notice"));
  CHECK_FALSE(Write(one));
  const auto documents = Documents(ticket);
  REQUIRE(documents.size() == 1);
  CHECK(documents[0].template_id == "urging_notice");
  CHECK(documents[0].created_by == "service:ticket");
  CHECK_FALSE(documents[0].shows_caller);
  CHECK(Done(ticket, "supervised") == 1);
  REQUIRE(Done(ticket, "document_made") == 1);
  const HistoryEntry entry = store.History(ticket.id, 0, 50)->back();
  CHECK(entry.note == "催办通知书");
  CHECK(entry.changes.at("document_id") == documents[0].id);
  CHECK(entry.changes.at("document_number") == documents[0].number);
  CHECK(entry.changes.at("template_id") == "urging_notice");
  CHECK(store.VerifyHistory(ticket.id).ok());
  CHECK(store.Get(ticket.id)->version == ticket.version);  // an officer's etag still fits
  // A rung without a document is a measure all the same.
  Deliver(Rung(ticket, 2, "criticism", "", 4));
  CHECK(Jobs() == 0);
  CHECK(Done(ticket, "supervised") == 2);
}

TEST_CASE_METHOD(LadderFixture, "SLA-8, SLA-9: a limit that was moved away and passes again has documents of its own") {
  const domain::Ticket ticket = Dispatched();
  Deliver(Rung(ticket, 1, "urging_notice", "urging_notice"));
  clock.Advance(absl::Hours(30));
  Deliver(Rung(ticket, 1, "urging_notice", "urging_notice", 7));
  CHECK(Jobs() == 2);
  CHECK(Write(one));
  CHECK(Write(one));
  CHECK(Documents(ticket).size() == 2);
}

TEST_CASE_METHOD(LadderFixture, "SLA-8: every measure of the ladder has a shipped template that the service fills by itself") {
  const domain::Ticket ticket = Dispatched();
  int level = 0;
  for (const auto& [measure, document] : std::vector<std::pair<std::string, std::string>>{{"urging_notice", "urging_notice"}, {"supervision_order", "supervision_order"},
           {"criticism", "public_criticism"}, {"coordination_meeting", "coordination_notice"}, {"talk", "talk_notice"}}) {
    ++level;
    Deliver(Rung(ticket, level, measure, document, 3 + level));
    CHECK(Write(one));
  }
  CHECK(Documents(ticket).size() == 5);
  CHECK(Done(ticket, "document_failed") == 0);
  const auto order = domain::ParseTemplate(one.documents.Template("supervision_order")->body);
  const domain::Values fields = LadderFields(*order, {"", "", "", {"unit", "unit_head", "leader"}, clock.Now() - absl::Hours(2), 1}, clock.Now(), one.zone);
  CHECK(fields.at("copies") == "单位主要负责人、市分管领导");
  CHECK(fields.at("problem").find("的时限") != std::string::npos);
  CHECK_FALSE(fields.contains("facts"));  // the template has none
}

TEST_CASE_METHOD(LadderFixture, "SLA-8: a job whose maker died is taken over, and one that was kept already is not made again") {
  const domain::Ticket ticket = Dispatched();
  Deliver(Rung(ticket, 1, "supervision_order", "supervision_order"));
  const auto claimed = *one.documents.ClaimJob(clock.Now());
  REQUIRE(claimed);
  CHECK_FALSE(Write(two));  // somebody is at it
  clock.Advance(kJobLease);
  CHECK(Write(two));
  REQUIRE(Documents(ticket).size() == 1);
  CHECK(Jobs() == 0);
  // It dies between keeping the document and crossing out the job.
  REQUIRE(postgres::RunTransaction(pool, [&](postgres::Transaction& tx) { return one.documents.Queue(tx, *claimed, clock.Now()); }).ok());
  CHECK(Write(two));
  CHECK(Jobs() == 0);
  CHECK(Documents(ticket).size() == 1);
  CHECK(Done(ticket, "document_made") == 1);
  CHECK(Count("SELECT last::bigint AS count FROM document_numbers") == 1);
}

TEST_CASE_METHOD(LadderFixture, "SLA-8: what fails for a time is tried again, what cannot be made is said in the history") {
  const domain::Ticket ticket = Dispatched();
  Deliver(Rung(ticket, 1, "urging_notice", "urging_notice"));
  std::filesystem::rename(directory.path() + "/files/incoming", directory.path() + "/files/away");
  CHECK(Write(one));
  std::filesystem::rename(directory.path() + "/files/away", directory.path() + "/files/incoming");
  CHECK(Jobs() == 1);
  CHECK_FALSE(Write(one));
  clock.Advance(kJobRetry);
  CHECK(Write(one));
  CHECK(Documents(ticket).size() == 1);
  Deliver(Rung(ticket, 2, "criticism", "no_such_template", 4));
  CHECK(Write(one));
  CHECK(Jobs() == 0);
  REQUIRE(Done(ticket, "document_failed") == 1);
  CHECK(store.History(ticket.id, 0, 50)->back().changes.at("failure") == "DOCUMENT_TEMPLATE_NOT_FOUND");
  CHECK(store.VerifyHistory(ticket.id).ok());
}

// The other end of the test below, in a process of its own.
TEST_CASE("makes documents until it is killed", "[.ladder_child]") {
  const base::ManualClock clock(absl::FromUnixSeconds(std::atoll(std::getenv("HOTLINE_CHILD_TIME"))));
  postgres::ConnectionOptions options;
  options.conninfo = std::getenv("HOTLINE_CHILD_CONNINFO");
  options.user = std::getenv("HOTLINE_CHILD_USER");
  options.schema = "ticket";
  postgres::Pool pool{{.connection = options}};
  const Cipher cipher = *Cipher::FromHex(kMasterKey);
  PostgresStore store{pool, cipher, {absl::UTCTimeZone(), 8}};
  Makers makers(pool, cipher, store, std::getenv("HOTLINE_CHILD_DIRECTORY"), clock);
  for (;;) REQUIRE(makers.writer.WriteOne().ok());
}

TEST_CASE_METHOD(LadderFixture, "SLA-8, TKT-14: kill -9 in the middle of a document leaves neither half of it nor a hole in its numbers") {
  const domain::Ticket ticket = Dispatched();
  ::setenv("HOTLINE_CHILD_CONNINFO", database.conninfo.c_str(), 1);
  ::setenv("HOTLINE_CHILD_USER", database.user.c_str(), 1);
  ::setenv("HOTLINE_CHILD_DIRECTORY", directory.path().c_str(), 1);
  const auto kill_when = [&](int level, const std::string& sql) {
    ::setenv("HOTLINE_CHILD_TIME", std::to_string(absl::ToUnixSeconds(clock.Now())).c_str(), 1);
    Deliver(Rung(ticket, level, "urging_notice", "urging_notice", 3 + level));
    const int child = testing::Spawn({.arguments = {"/proc/self/exe", "[.ladder_child]"}, .output = directory.path() + "/child.log"});
    CHECK(testing::WaitUntil([&] { return Count(sql) > 0; }));
    testing::Kill(child, SIGKILL);
    clock.Advance(kJobLease);
    Write(one);
    CHECK(Jobs() == 0);
    CHECK(Documents(ticket).size() == static_cast<size_t>(level));
    CHECK(Done(ticket, "document_made") == level);
    CHECK(Count("SELECT max(last)::bigint AS count FROM document_numbers") == level);
    CHECK(Count("SELECT count(DISTINCT sequence) AS count FROM documents") == level);
    CHECK(store.VerifyHistory(ticket.id).ok());
  };
  kill_when(1, "SELECT count(*) FROM document_jobs WHERE tries = 1");  // it renders
  kill_when(2, "SELECT count(*) FROM documents WHERE sequence = 2");   // it has just kept it
}

}  // namespace hotline::ticket
