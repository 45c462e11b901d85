#include "services/ticket/history_store.h"

#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/postgres/pool.h"
#include "services/ticket/cipher.h"
#include "services/ticket/postgres_store.h"

namespace hotline::ticket {
namespace {

// Entries read at a time when a chain is checked.
constexpr int kVerifyBatch = 500;

HistoryEntry ToEntry(const Request& request, const domain::Step& step, const std::string& sealed_digest) {
  HistoryEntry entry;
  entry.sequence = step.sequence;
  // PostgreSQL keeps microseconds; the digest must be of what will be read back.
  entry.time = absl::FromUnixMicros(absl::ToUnixMicros(request.now));
  entry.actor_id = request.actor.id;
  entry.actor_name = request.actor.name;
  entry.actor_unit_id = request.actor.unit_id;
  entry.action = step.action;
  entry.note = step.note;
  entry.changes = step.changes;
  entry.state = step.state;
  entry.sealed_digest = sealed_digest;
  return entry;
}

std::string ChangesText(const std::map<std::string, std::string>& changes) {
  return nlohmann::json(changes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

HistoryEntry EntryFromRow(const postgres::Row& row) {
  HistoryEntry entry;
  entry.sequence = row.Get<int64_t>("sequence");
  entry.time = row.Get<absl::Time>("time");
  entry.actor_id = row.Get<std::string>("actor_id");
  entry.actor_name = row.Get<std::string>("actor_name");
  entry.actor_unit_id = row.Get<std::string>("actor_unit_id");
  entry.action = row.Get<std::string>("action");
  entry.note = row.Get<std::string>("note");
  entry.changes = nlohmann::json::parse(row.Get<std::string>("changes")).get<std::map<std::string, std::string>>();
  entry.state = static_cast<domain::State>(row.Get<int32_t>("state"));
  entry.sealed_digest = row.Get<std::string>("sealed_digest");
  entry.digest = row.Get<std::string>("digest");
  return entry;
}

absl::Status Broken(const std::string& ticket_id, int64_t sequence) {
  return base::Error(absl::StatusCode::kDataLoss, "HISTORY_BROKEN", "the history does not follow from itself", {},
                     {{"ticket_id", ticket_id}, {"sequence", std::to_string(sequence)}});
}

}  // namespace

namespace history {

std::string Digest(const std::string& previous, const std::string& ticket_id, const HistoryEntry& entry) {
  // A JSON array: no value can run into its neighbour.
  const nlohmann::json parts = {previous, ticket_id, entry.sequence, absl::ToUnixMicros(entry.time), entry.actor_id, Sha256Hex(entry.actor_name),
                                entry.actor_unit_id, entry.action, Sha256Hex(entry.note), Sha256Hex(ChangesText(entry.changes)),
                                static_cast<int>(entry.state), entry.sealed_digest};
  return Sha256Hex(parts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string ChainHead(const std::string& ticket_id, const Request& request, const std::vector<domain::Step>& steps, const std::string& head,
                      const std::string& sealed_digest) {
  std::string last = head;
  for (const domain::Step& step : steps) last = Digest(last, ticket_id, ToEntry(request, step, sealed_digest));
  return last;
}

absl::StatusOr<std::string> Insert(postgres::Transaction& tx, const std::string& ticket_id, const Request& request,
                                   const std::vector<domain::Step>& steps, const std::string& head, const std::string& sealed_digest) {
  std::string last = head;
  for (const domain::Step& step : steps) {
    const HistoryEntry entry = ToEntry(request, step, sealed_digest);
    last = Digest(last, ticket_id, entry);
    HOTLINE_RETURN_IF_ERROR(tx.Execute("INSERT INTO history (ticket_id, sequence, time, actor_id, actor_name, actor_unit_id, action, note, changes, state,"
                                       " sealed_digest, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                                       {ticket_id, entry.sequence, entry.time, entry.actor_id, entry.actor_name, entry.actor_unit_id, entry.action,
                                        entry.note, ChangesText(entry.changes), static_cast<int64_t>(entry.state), sealed_digest, last}).status());
  }
  return last;
}

}  // namespace history

absl::StatusOr<std::vector<HistoryEntry>> PostgresStore::History(const std::string& ticket_id, int64_t after, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM history WHERE ticket_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                                                       {ticket_id, after, limit}));
  std::vector<HistoryEntry> entries;
  for (const auto row : rows) entries.push_back(EntryFromRow(row));
  return entries;
}

absl::Status PostgresStore::VerifyHistory(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto ticket, pool_.Read("SELECT history_count, history_head, sealed FROM tickets WHERE ticket_id = $1", {ticket_id}));
  if (ticket.empty()) return absl::OkStatus();
  std::string head, sealed_digest;
  int64_t last = 0;
  for (;;) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<HistoryEntry> entries, History(ticket_id, last, kVerifyBatch));
    for (const HistoryEntry& entry : entries) {
      head = history::Digest(head, ticket_id, entry);
      if (entry.sequence != last + 1 || head != entry.digest) return Broken(ticket_id, entry.sequence);
      sealed_digest = entry.sealed_digest;
      last = entry.sequence;
    }
    if (entries.size() < kVerifyBatch) break;
  }
  const bool complete = last == ticket[0].Get<int64_t>("history_count") && head == ticket[0].Get<std::string>("history_head");
  if (!complete || sealed_digest != Sha256Hex(ticket[0].Get<postgres::Bytes>("sealed").value)) return Broken(ticket_id, last);
  return absl::OkStatus();
}

}  // namespace hotline::ticket
