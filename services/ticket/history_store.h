// The history of tickets: append-only rows, each chained to the one before by a digest (TKT-16). Used by PostgresStore alone.
// Functions only; they run in the caller's transaction.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "libs/postgres/transaction.h"
#include "services/ticket/store.h"

namespace hotline::ticket::history {

// An entry as it lies in the table. Throws std::exception if its columns do not hold what this service writes.
HistoryEntry EntryFromRow(const postgres::Row& row);
// Digest of an entry over the digest of the one before. Notes and changes go in by their own digests, so that a narrative
// can be redacted without breaking the chain.
std::string Digest(const std::string& previous, const std::string& ticket_id, const HistoryEntry& entry);
// The steps as entries after `head`, each with its digest; the last one's is the new head. `sealed` is the ticket's encrypted
// part after the change.
std::vector<HistoryEntry> Entries(const Request& request, const domain::Change& change, const std::string& head, const std::string& sealed);
// Writes entries of any number of tickets in one statement.
struct NewEntry {
  std::string ticket_id;
  HistoryEntry entry;
};
absl::Status Insert(postgres::Transaction& tx, const std::vector<NewEntry>& entries);

}  // namespace hotline::ticket::history
