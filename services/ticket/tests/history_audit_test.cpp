// Histories that somebody with every right in the database has tampered with (TKT-16), found by the check of one ticket, by the
// command over all of them, and by heads that were signed outside before.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "libs/base/digest.h"
#include "services/ticket/history_audit.h"
#include "services/ticket/history_signer.h"
#include "services/ticket/history_store.h"
#include "services/ticket/tests/files_fixture.h"
#include "services/ticket/tests/store_fixture.h"

namespace hotline::ticket {
namespace {

namespace fs = std::filesystem;
constexpr char kHistoryKey[] = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

struct AuditFixture : StoreFixture {
  TempDirectory directory;
  HistoryHeadsStore heads{pool};
  HeadsDirectory files = *HeadsDirectory::Open(directory.path() + "/heads", kHistoryKey);
  HistorySigner signer{heads, files, absl::Minutes(10), clock};
  std::unique_ptr<postgres::Connection> admin = *postgres::Connection::Open(testing::PrivatePostgres::Shared().AdminOptions([&] {
    const size_t at = database.conninfo.find("dbname=");
    return database.conninfo.substr(at + 7, database.conninfo.find(' ', at) - at - 7);
  }()));
  std::string output;
  AuditResult result;

  domain::Ticket Signed() {
    const domain::Ticket ticket = Dispatched();
    return *Do(ticket, domain::Sign{}, domain::Officer());
  }
  // As superuser, with the triggers off.
  void Force(const std::string& sql) {
    const absl::Status done = admin->ExecuteScript("SET search_path = ticket; SET session_replication_role = replica; " + sql);
    INFO(done);
    REQUIRE(done.ok());
  }
  // The lines of faults, without the tickets' ids.
  std::vector<std::string> Audit() {
    std::ostringstream out, progress;
    const absl::StatusOr<AuditResult> audited = AuditHistories(store, heads, files, out, progress);
    INFO(audited.status());
    REQUIRE(audited.ok());
    result = *audited;
    output = out.str();
    std::vector<std::string> lines;
    std::istringstream in(output);
    for (std::string line; std::getline(in, line);) lines.push_back(line.starts_with("ticket ") ? line.substr(line.find(": ") + 2) : line);
    CHECK(static_cast<size_t>(result.faults) == lines.size());
    return lines;
  }
  using Lines = std::vector<std::string>;
  // As the relay numbers them.
  void NumberEvents() {
    REQUIRE(pool.Read("WITH n AS (SELECT id, row_number() OVER (ORDER BY id) AS r FROM outbox), i AS (INSERT INTO outbox_numbers (sequence, id) SELECT r, id FROM n"
                      " ON CONFLICT DO NOTHING) UPDATE outbox_state SET last_sequence = (SELECT max(r) FROM n) RETURNING 1 AS one").ok());
  }
  void Sign() {
    const absl::StatusOr<bool> made = signer.SignOnce();
    INFO(made.status());
    REQUIRE(made.ok());
    REQUIRE(*made);
  }
  std::string Block(int64_t number) { return directory.path() + "/heads/000000/00000000" + std::to_string(number) + ".heads"; }
};

}  // namespace

TEST_CASE_METHOD(AuditFixture, "TKT-16: intact histories are found intact, page after page, and so is one without its key") {
  std::vector<domain::Ticket> tickets;
  for (int i = 0; i < kCheckedTickets + 3; ++i) tickets.push_back(Made());
  for (int i = 0; i < 5; ++i) Signed();
  Sign();
  Force("DELETE FROM ticket_keys WHERE ticket_id = '" + tickets[7].id + "'");
  CHECK(Audit() == Lines{});
  CHECK(result.tickets == kCheckedTickets + 8);
  CHECK(result.entries == kCheckedTickets + 3 + 15);
  CHECK(result.blocks == 1);
  CHECK(result.heads == kCheckedTickets + 8);
  CHECK(store.VerifyHistory(tickets[7].id).ok());
}

TEST_CASE_METHOD(AuditFixture, "TKT-16: each entry that was changed, deleted or swapped is named") {
  const domain::Ticket before = Signed(), ticket = Signed(), after = Signed();
  const auto faults = [&] { return store.CheckHistory(ticket.id)->faults; };
  using Faults = std::vector<HistoryFault>;
  SECTION("a note is changed") {
    Force("UPDATE history SET note = '改过' WHERE sequence = 2 AND ticket_id = '" + ticket.id + "'");
    CHECK(faults() == Faults{{2, 2, "changed"}});
    CHECK(Audit() == Lines{"entry 2 changed"});
    CHECK(output == "ticket " + ticket.id + ": entry 2 changed\n");
  }
  SECTION("a value is no text any more") {
    Force("UPDATE history SET changes = '{\"state\": 7}' WHERE sequence = 1 AND ticket_id = '" + ticket.id + "'");
    CHECK(faults() == Faults{{1, 1, "changed"}});
  }
  SECTION("an entry in the middle is deleted") {
    Force("DELETE FROM history WHERE sequence = 2 AND ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entry 2 missing"});
  }
  SECTION("the last one is deleted") {
    Force("DELETE FROM history WHERE sequence = 3 AND ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entry 3 missing"});
  }
  SECTION("the whole history is deleted") {
    Force("DELETE FROM history WHERE ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entries 1 to 3 missing"});
  }
  SECTION("two are swapped") {
    Force("UPDATE history SET sequence = sequence + 100 WHERE ticket_id = '" + ticket.id + "' AND sequence IN (2, 3);"
          "UPDATE history SET sequence = 105 - sequence WHERE ticket_id = '" + ticket.id + "' AND sequence > 100");
    CHECK(Audit() == Lines{"entry 2 changed", "entry 3 changed"});
  }
  SECTION("one is slipped in behind") {
    Force("INSERT INTO history SELECT ticket_id, 4, time, actor_id, actor_name, actor_unit_id, action, note, changes, state, sealed_digest, digest, version, sealed, format"
          " FROM history WHERE sequence = 3 AND ticket_id = '" + ticket.id + "'");
    CHECK(faults().back() == HistoryFault{4, 4, "unexpected"});
  }
  SECTION("the ticket is deleted, its history is left") {
    Force("DELETE FROM tickets WHERE ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entries 1 to 3 orphaned"});
    CHECK(result.tickets == 2);
  }
  SECTION("the ticket is changed") {
    Force("UPDATE tickets SET answer = '另一个' WHERE ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entry 3 ticket"});
  }
  SECTION("the ticket cannot be read") {
    Force("UPDATE tickets SET more = '{\"links\": 5}' WHERE ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entry 3 ticket"});
  }
  CHECK(store.VerifyHistory(before.id).ok());
  CHECK(store.VerifyHistory(after.id).ok());
}

TEST_CASE_METHOD(AuditFixture, "TKT-16: what was signed outside the database is missed there, however well the rest is made to fit") {
  const domain::Ticket other = Signed(), dispatched = Dispatched();
  Force("CREATE TABLE kept AS SELECT * FROM tickets; GRANT SELECT ON kept TO public");
  const domain::Ticket ticket = *Do(dispatched, domain::Sign{}, domain::Officer());
  Sign();
  CHECK(Audit() == Lines{});
  SECTION("the newest entry is cut off and the ticket set back") {
    Force("DELETE FROM history WHERE sequence = 3 AND ticket_id = '" + ticket.id + "';"
          "UPDATE tickets t SET (state, update_time, version, history_count, history_head) = (SELECT state, update_time, version, history_count, history_head"
          " FROM kept k WHERE k.ticket_id = t.ticket_id) WHERE ticket_id = '" + ticket.id + "'");
    CHECK(store.CheckHistory(ticket.id)->faults.empty());  // nothing in the database tells
    CHECK(Audit() == Lines{"entry 3 missing (signed in block 1)"});
  }
  SECTION("a ticket is gone with all that it had") {
    Force("DELETE FROM history WHERE ticket_id = '" + ticket.id + "'; DELETE FROM ticket_keys WHERE ticket_id = '" + ticket.id +
          "'; DELETE FROM tickets WHERE ticket_id = '" + ticket.id + "'");
    CHECK(Audit() == Lines{"entries 1 to 3 missing (signed in block 1)"});
  }
  SECTION("the whole chain is made anew") {
    std::string previous;
    const std::vector<HistoryEntry> entries = *store.History(ticket.id, 0, 10);
    for (HistoryEntry entry : entries) {
      if (entry.sequence == 2) entry.note = "改过";
      previous = history::Digest(previous, ticket.id, entry);
      Force("UPDATE history SET note = '" + entry.note + "', digest = '" + previous + "' WHERE ticket_id = '" + ticket.id + "' AND sequence = " + std::to_string(entry.sequence));
    }
    Force("UPDATE tickets SET history_head = '" + previous + "' WHERE ticket_id = '" + ticket.id + "'");
    CHECK(store.CheckHistory(ticket.id)->faults.empty());
    CHECK(Audit() == Lines{"entry 3 rewritten (signed in block 1)"});
  }
  CHECK(store.VerifyHistory(other.id).ok());
}

TEST_CASE_METHOD(AuditFixture, "TKT-16: blocks of heads hold what changed, follow from each other, and none can be changed or taken away") {
  const domain::Ticket one = Signed(), two = Signed();
  NumberEvents();
  Sign();
  CHECK_FALSE(*signer.SignOnce());  // it is not time
  clock.Advance(absl::Minutes(11));
  CHECK_FALSE(*signer.SignOnce());  // nothing to sign
  REQUIRE(Do(two, domain::Remark{"remark", "补充"}, domain::Officer()).ok());
  NumberEvents();
  Sign();
  const auto second = files.ReadBlock(2);
  REQUIRE(second.ok());
  CHECK(second->block.heads == std::vector<SignedHead>{{two.id, 4, (*store.History(two.id, 3, 1))[0].digest}});
  CHECK(second->block.previous == files.ReadBlock(1)->digest);
  CHECK(Audit() == Lines{});
  CHECK(result.blocks == 2);
  CHECK(base::HasReason(files.Write(second->block).status(), "HEADS_WRITTEN"));
  CHECK_FALSE(pool.Read("DELETE FROM history_blocks RETURNING 1").ok());
  SECTION("a file is edited") {
    std::string text = *base::ReadFile(Block(1), kMaxBlockBytes);
    text[text.find(one.id) + 37] = '9';
    fs::remove(Block(1));
    std::ofstream(Block(1)) << text;
    CHECK(Audit()[0] == "block 1: the block is not what was signed");
  }
  SECTION("signed with another key") {
    const HeadsDirectory forger = *HeadsDirectory::Open(directory.path() + "/heads", std::string(64, 'a'));
    const HeadBlock block = files.ReadBlock(1)->block;
    fs::remove(Block(1));
    REQUIRE(forger.Write(block).ok());
    CHECK(Audit()[0] == "block 1: the block is not what was signed");
  }
  SECTION("a file is gone") {
    fs::remove(Block(1));
    CHECK(Audit() == Lines{"block 1: the file is missing"});
  }
  SECTION("one lies in another's place") {
    fs::remove(Block(1));
    fs::rename(Block(2), Block(1));
    CHECK(Audit() == Lines{"block 1: another block lies in its place", "block 2: the file is missing"});
  }
  SECTION("the database was set back") {
    Force("DELETE FROM history_blocks WHERE block = 2");
    CHECK(Audit() == Lines{"block 2: the database does not know it; was it restored from an older backup?"});
    // The service takes the file that a lost commit left behind for its own; one that follows from another block it does not.
    Sign();
    CHECK(Audit() == Lines{});
    Force("DELETE FROM history_blocks WHERE block = 2; UPDATE history_blocks SET digest = 'x'");
    CHECK(base::HasReason(signer.SignOnce().status(), "HEADS_AHEAD"));
  }
  SECTION("events older than what is kept: all tickets anew") {
    REQUIRE(Do(two, domain::Remark{"remark", "再补充"}, domain::Officer()).ok());
    REQUIRE(Do(two, domain::Remark{"remark", "又补充"}, domain::Officer()).ok());
    NumberEvents();
    Force("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox_numbers WHERE sequence < (SELECT max(sequence) FROM outbox_numbers))");
    clock.Advance(absl::Minutes(11));
    Sign();
    CHECK(files.ReadBlock(3)->block.heads.size() == 2);
  }
}

TEST_CASE_METHOD(AuditFixture, "TKT-16: the first pass goes over all tickets block by block, and many changes do not wait for the next time") {
  HistoryHeadsStore small(pool, 2);
  HistorySigner fast{small, files, absl::Minutes(10), clock};
  std::vector<domain::Ticket> tickets;
  for (int i = 0; i < 5; ++i) tickets.push_back(Made());
  NumberEvents();
  for (int i = 0; i < 3; ++i) CHECK(*fast.SignOnce());
  CHECK_FALSE(*fast.SignOnce());
  CHECK(files.ReadBlock(2)->block.next_ticket == tickets[3].id);
  CHECK(files.ReadBlock(3)->block.next_ticket.empty());
  for (const domain::Ticket& ticket : tickets) REQUIRE(Do(ticket, domain::Remark{"remark", "补充"}, domain::Agent()).ok());
  NumberEvents();
  CHECK(*fast.SignOnce());
  CHECK(*fast.SignOnce());
  CHECK_FALSE(*fast.SignOnce());  // one is left, and waits
  clock.Advance(absl::Minutes(11));
  CHECK(*fast.SignOnce());
  CHECK(Audit() == Lines{});
  CHECK(result.heads == 10);
}

TEST_CASE_METHOD(AuditFixture, "TKT-16: the command says by its exit status what it found") {
  const domain::Ticket ticket = Signed();
  Sign();
  Config config;
  config.common.postgres = runtime::PostgresConfig{database.conninfo, database.password, database.user, 2};
  config.master_key = kMasterKey;
  config.history_key = kHistoryKey;
  config.history_heads_dir = directory.path() + "/heads";
  std::ostringstream out;
  std::streambuf* const shown = std::cout.rdbuf(out.rdbuf());
  const absl::StatusOr<int> intact = VerifyHistories(config);
  Force("UPDATE history SET note = '改过' WHERE sequence = 1");
  const absl::StatusOr<int> broken = VerifyHistories(config);
  std::cout.rdbuf(shown);
  INFO(intact.status() << broken.status());
  REQUIRE(intact.ok());
  CHECK(*intact == 0);
  REQUIRE(broken.ok());
  CHECK(*broken == kFaultsFound);
  CHECK(out.str().find("1 tickets with 3 entries, 1 blocks with 1 signed heads") == 0);
  CHECK(out.str().find("ticket " + ticket.id + ": entry 1 changed\n") != std::string::npos);
  CHECK(base::HasReason(HeadsDirectory::Open(directory.path(), "zz").status(), "INVALID_FIELD"));
}

}  // namespace hotline::ticket
