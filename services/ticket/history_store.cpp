#include "services/ticket/history_store.h"

#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/postgres/pool.h"
#include "services/ticket/cipher.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/fields.h"
#include "services/ticket/postgres_store.h"
#include "services/ticket/rows_store.h"

namespace hotline::ticket {
namespace {

// Entries read at a time when a chain is checked.
constexpr int kVerifyBatch = 500;

HistoryEntry ToEntry(const Request& request, const domain::Change& change, const domain::Step& step, const std::string& sealed) {
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
  entry.sealed_digest = base::Sha256Hex(sealed);
  entry.version = change.after.version;
  if (step.personal) entry.sealed = sealed;
  return entry;
}

std::string ChangesText(const std::map<std::string, std::string>& changes) {
  return nlohmann::json(changes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

namespace history {

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
  entry.version = row.Get<int64_t>("version");
  if (const auto sealed = row.Get<std::optional<postgres::Bytes>>("sealed")) entry.sealed = sealed->value;
  entry.format = row.Get<int32_t>("format");
  return entry;
}

std::string Digest(const std::string& previous, const std::string& ticket_id, const HistoryEntry& entry) {
  // A JSON array: no value can run into its neighbour.
  nlohmann::json parts = {previous, ticket_id, entry.sequence, absl::ToUnixMicros(entry.time), entry.actor_id, base::Sha256Hex(entry.actor_name),
                          entry.actor_unit_id, entry.action, base::Sha256Hex(entry.note), base::Sha256Hex(ChangesText(entry.changes)),
                          static_cast<int>(entry.state), entry.sealed_digest};
  if (entry.format >= 2) {
    parts.push_back(entry.format);
    parts.push_back(entry.version);
    parts.push_back(!entry.sealed.empty());
  }
  return base::Sha256Hex(parts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::vector<HistoryEntry> Entries(const Request& request, const domain::Change& change, const std::string& head, const std::string& sealed) {
  std::vector<HistoryEntry> entries;
  for (const domain::Step& step : change.steps) {
    HistoryEntry entry = ToEntry(request, change, step, sealed);
    entry.digest = Digest(entries.empty() ? head : entries.back().digest, change.after.id, entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::Status Insert(postgres::Transaction& tx, const std::vector<NewEntry>& entries) {
  static const RowsSql sql("history", "ticket_id uuid, sequence bigint, time timestamptz, actor_id text, actor_name text, actor_unit_id text, action text, note text, changes jsonb,"
                                      " state smallint, sealed_digest text, digest text, version bigint, sealed bytea, format smallint");
  std::vector<Cells> rows;
  for (const auto& [ticket_id, entry] : entries) {
    rows.push_back({{"ticket_id", ticket_id}, {"sequence", entry.sequence}, {"time", entry.time}, {"actor_id", entry.actor_id}, {"actor_name", entry.actor_name},
                    {"actor_unit_id", entry.actor_unit_id}, {"action", entry.action}, {"note", entry.note}, {"changes", ChangesText(entry.changes)}, {"state", static_cast<int>(entry.state)},
                    {"sealed_digest", entry.sealed_digest}, {"digest", entry.digest}, {"version", entry.version},
                    {"sealed", entry.sealed.empty() ? std::nullopt : std::optional(postgres::Bytes{entry.sealed})}, {"format", entry.format}});
  }
  return sql.Insert(tx, rows);
}

}  // namespace history

absl::StatusOr<std::vector<HistoryEntry>> PostgresStore::History(const std::string& ticket_id, int64_t after, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT * FROM history WHERE ticket_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
                                                       {ticket_id, after, limit}));
  std::vector<HistoryEntry> entries;
  for (const auto row : rows) entries.push_back(history::EntryFromRow(row));
  return entries;
}

// Hands every entry of a ticket over, oldest first.
absl::Status PostgresStore::ForEachEntry(const std::string& ticket_id, absl::FunctionRef<absl::Status(const HistoryEntry&)> take) {
  for (int64_t last = 0;;) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<HistoryEntry> entries, History(ticket_id, last, kVerifyBatch));
    for (const HistoryEntry& entry : entries) {
      HOTLINE_RETURN_IF_ERROR(take(entry));
      last = entry.sequence;
    }
    if (entries.size() < kVerifyBatch) return absl::OkStatus();
  }
}

absl::StatusOr<domain::Ticket> PostgresStore::ReplayHistory(const std::string& ticket_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto keys, pool_.Read("SELECT wrapped FROM ticket_keys WHERE ticket_id = $1", {ticket_id}));
  if (keys.empty()) return domain::TicketNotFound(ticket_id);
  domain::Ticket ticket;
  ticket.id = ticket_id;
  HOTLINE_RETURN_IF_ERROR(ForEachEntry(ticket_id, [&](const HistoryEntry& entry) -> absl::Status {
    if (entry.format < 2) return domain::HistoryTooOld(ticket_id);
    HOTLINE_RETURN_IF_ERROR(domain::Replay({entry.sequence, entry.time, entry.actor_id, entry.state, entry.version, entry.changes}, ticket));
    if (entry.sealed.empty()) return absl::OkStatus();
    HOTLINE_ASSIGN_OR_RETURN(const Personal personal, cipher_.Open(ticket_id, keys[0].Get<postgres::Bytes>("wrapped").value, entry.sealed));
    SetPersonal(personal, ticket);
    return absl::OkStatus();
  }));
  return ticket;
}

}  // namespace hotline::ticket
