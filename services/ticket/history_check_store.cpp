// Checking histories in the database (TKT-16): one ticket for the RPC, all of them for the command.
#include <absl/strings/str_cat.h>

#include <limits>
#include <map>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/history_check.h"
#include "services/ticket/history_store.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {
namespace {

using postgres::Bytes;
using postgres::Row;
using postgres::Transaction;

constexpr char kFirstId[] = "00000000-0000-0000-0000-000000000000";
constexpr char kLastId[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";
constexpr postgres::TransactionOptions kOneView = {.isolation = postgres::Isolation::kRepeatableRead, .read_only = true};

// A ticket under check, with its row as far as it can be read.
struct Subject {
  HistoryCheck check;
  std::optional<domain::Ticket> ticket = {};
  bool unreadable = false;
};

void Feed(const Row& row, HistoryCheck& check) {
  try {
    check.Take(history::EntryFromRow(row));
  } catch (const std::exception&) {
    check.TakeUnreadable(row.Get<int64_t>("sequence"), row.Get<std::string>("digest"));
  }
}

absl::Status Broken(const std::string& ticket_id, int64_t sequence) {
  return base::Error(absl::StatusCode::kDataLoss, "HISTORY_BROKEN", "the history does not follow from itself", {},
                     {{"ticket_id", ticket_id}, {"sequence", std::to_string(sequence)}});
}

std::string TicketsSql(const char* where) {
  return absl::StrCat("SELECT ", internal::kTicketColumns, " FROM tickets t LEFT JOIN ticket_keys k USING (ticket_id) WHERE ", where);
}

}  // namespace

absl::StatusOr<std::vector<HistoryReport>> PostgresStore::CheckRange(Transaction& tx, const postgres::Result& tickets, std::string low, int64_t low_sequence,
                                                                     std::string& high) {
  std::map<std::string, Subject> subjects;
  for (const Row row : tickets) {
    const auto id = row.Get<std::string>("ticket_id");
    const auto sealed = row.Get<Bytes>("sealed").value;
    Subject& subject = subjects.emplace(id, Subject{HistoryCheck(id, KeptHead{row.Get<int64_t>("history_count"), row.Get<std::string>("history_head"), base::Sha256Hex(sealed)})}).first->second;
    if (row.IsNull("wrapped")) continue;  // its key is destroyed
    subject.check.PlayWith([this, id, key = row.Get<Bytes>("wrapped").value](const std::string& text) { return cipher_.Open(id, key, text); });
    try {
      absl::StatusOr<Loaded> loaded = FromRow(row);
      if (loaded.ok()) subject.ticket = std::move(loaded->ticket);
    } catch (const std::exception&) {
      // Told below.
    }
    subject.unreadable = !subject.ticket;
  }
  std::optional<Subject> orphan;
  std::string orphan_id;
  std::vector<HistoryReport> reports;
  for (bool more = true; more;) {
    HOTLINE_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT * FROM history WHERE (ticket_id, sequence) > ($1::uuid, $2::bigint) AND ticket_id <= $3::uuid"
                                                       " ORDER BY ticket_id, sequence LIMIT $4", {low, low_sequence, high, kCheckedEntries}));
    more = rows.size() == static_cast<size_t>(kCheckedEntries);
    for (const Row row : rows) {
      low = row.Get<std::string>("ticket_id");
      low_sequence = row.Get<int64_t>("sequence");
      if (const auto known = subjects.find(low); known != subjects.end()) {
        Feed(row, known->second.check);
        continue;
      }
      if (orphan && orphan_id != low) {
        reports.push_back(orphan->check.Finish(nullptr));
        orphan.reset();
        if (reports.size() >= kCheckedOrphans) {  // the rest in another transaction
          high = orphan_id;
          more = false;
          break;
        }
      }
      if (!orphan) orphan.emplace(Subject{HistoryCheck(orphan_id = low, std::nullopt)});
      Feed(row, orphan->check);
    }
  }
  if (orphan) reports.push_back(orphan->check.Finish(nullptr));
  for (auto& [id, subject] : subjects) {
    if (id > high) continue;
    if (subject.unreadable) subject.check.MarkTicket();
    reports.push_back(subject.check.Finish(subject.ticket ? &*subject.ticket : nullptr));
  }
  return reports;
}

absl::StatusOr<PostgresStore::Checked> PostgresStore::CheckHistories(const std::string& after, absl::FunctionRef<void(const HistoryReport&)> faulty) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Checked> {
    const std::string low = after.empty() ? kFirstId : after;
    static const std::string kNext = TicketsSql("t.ticket_id > $1::uuid ORDER BY t.ticket_id LIMIT $2");
    HOTLINE_ASSIGN_OR_RETURN(const auto tickets, tx.Query(kNext, {low, kCheckedTickets}));
    Checked checked;
    checked.end = tickets.size() < static_cast<size_t>(kCheckedTickets);
    const std::string high = checked.end ? kLastId : tickets[tickets.size() - 1].Get<std::string>("ticket_id");
    checked.last = high;
    HOTLINE_ASSIGN_OR_RETURN(const auto reports, CheckRange(tx, tickets, low, std::numeric_limits<int64_t>::max(), checked.last));
    checked.end = checked.end && checked.last == high;
    for (const HistoryReport& report : reports) {
      const bool orphaned = !report.faults.empty() && report.faults.back().kind == "orphaned";
      checked.tickets += orphaned ? 0 : 1;
      checked.entries += report.entries;
      if (!report.faults.empty()) faulty(report);
    }
    return checked;
  }, kOneView);
}

absl::StatusOr<HistoryReport> PostgresStore::CheckHistory(const std::string& ticket_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<HistoryReport> {
    static const std::string kOne = TicketsSql("t.ticket_id = $1::uuid");
    HOTLINE_ASSIGN_OR_RETURN(const auto tickets, tx.Query(kOne, {ticket_id}));
    std::string high = ticket_id;
    HOTLINE_ASSIGN_OR_RETURN(std::vector<HistoryReport> reports, CheckRange(tx, tickets, ticket_id, std::numeric_limits<int64_t>::min(), high));
    if (reports.empty()) return domain::TicketNotFound(ticket_id);
    return std::move(reports[0]);
  }, kOneView);
}

absl::Status PostgresStore::VerifyHistory(const std::string& ticket_id) {
  const absl::StatusOr<HistoryReport> report = CheckHistory(ticket_id);
  if (absl::IsNotFound(report.status())) return absl::OkStatus();
  HOTLINE_RETURN_IF_ERROR(report.status());
  return report->faults.empty() ? absl::OkStatus() : Broken(ticket_id, report->faults[0].first);
}

}  // namespace hotline::ticket
