#include "services/ticket/exchange_store.h"

#include <absl/strings/str_cat.h>

#include <nlohmann/json.hpp>

#include "libs/base/digest.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "services/ticket/domain/errors.h"
#include "services/ticket/domain/limits.h"
#include "services/ticket/rows_store.h"

namespace hotline::ticket {
namespace {

using postgres::Bytes;
using postgres::Transaction;

constexpr char kColumns[] = "import_id, state, file_name, format, dry_run, actor::text AS actor, create_time, update_time, total_rows, done_rows, last_row, created_rows,"
                            " repeated_rows, refused_rows, error, encoding, pieces";
constexpr absl::Duration kUploadAge = absl::Hours(1);  // of pieces that no import came to name

// What a piece is sealed with: it is of this file, at this place.
std::string PieceName(const std::string& import_id, int64_t number) { return absl::StrCat(import_id, "/", number); }

std::string ActorText(const domain::Actor& actor) {
  return nlohmann::json{{"id", actor.id}, {"name", actor.name}, {"unit_id", actor.unit_id}, {"unit_path", actor.unit_path}, {"roles", actor.roles}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Import FromRow(const postgres::Row& row) {
  const auto actor = nlohmann::json::parse(row.Get<std::string>("actor"));
  Import import;
  import.id = row.Get<std::string>("import_id");
  import.state = row.Get<std::string>("state");
  import.file_name = row.Get<std::string>("file_name");
  import.format = static_cast<SheetFormat>(row.Get<int32_t>("format"));
  import.dry_run = row.Get<bool>("dry_run");
  import.actor = {actor.at("id").get<std::string>(), actor.at("name").get<std::string>(), actor.at("unit_id").get<std::string>(),
                  actor.at("unit_path").get<std::string>(), actor.at("roles").get<std::vector<std::string>>()};
  import.create_time = row.Get<absl::Time>("create_time");
  import.update_time = row.Get<absl::Time>("update_time");
  import.total = row.Get<int64_t>("total_rows");
  import.done = row.Get<int64_t>("done_rows");
  import.last_row = row.Get<int64_t>("last_row");
  import.created = row.Get<int64_t>("created_rows");
  import.repeated = row.Get<int64_t>("repeated_rows");
  import.refused = row.Get<int64_t>("refused_rows");
  import.error = row.Get<std::string>("error");
  import.encoding = static_cast<SheetEncoding>(row.Get<int32_t>("encoding"));
  import.pieces = row.Get<int32_t>("pieces");
  return import;
}

}  // namespace

absl::Status ExchangeStore::AddPiece(const std::string& import_id, int64_t number, const std::string& bytes, absl::Time now) {
  const std::string sealed = cipher_.SealBlob(PieceName(import_id, number), bytes);
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("INSERT INTO import_pieces (import_id, number, sealed, create_time) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                      {import_id, number, Bytes{sealed}, now}).status();
  }, {.idempotent = true});
}

absl::Status ExchangeStore::DropPieces(const std::string& import_id) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("DELETE FROM import_pieces WHERE import_id = $1", {import_id}).status();
  }, {.idempotent = true});
}

absl::StatusOr<Import> ExchangeStore::Add(const Import& import, const std::string& request_id, const std::string& digest) {
  const std::string of_user = base::Sha256Hex(absl::StrCat(import.actor.id, "\n", import.dry_run ? "trial\n" : "\n", digest));
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<Import> {
    HOTLINE_RETURN_IF_ERROR(tx.Lock("imports"));
    HOTLINE_ASSIGN_OR_RETURN(const auto known, tx.Query(absl::StrCat("SELECT ", kColumns, " FROM imports WHERE request_id = $1 OR digest = $2 ORDER BY import_id LIMIT 1"),
                                                        {request_id.empty() ? import.id : request_id, of_user}));
    if (!known.empty()) {
      Import first = FromRow(known[0]);
      if (first.actor.id != import.actor.id) return domain::RequestIdReused();
      // A commit whose answer was lost is tried again and finds its own.
      if (first.id != import.id) HOTLINE_RETURN_IF_ERROR(tx.Execute("DELETE FROM import_pieces WHERE import_id = $1", {import.id}).status());
      return first;
    }
    HOTLINE_ASSIGN_OR_RETURN(const auto running, tx.Query("SELECT count(*) AS running FROM imports WHERE state = 'running'"));
    if (running[0].Get<int64_t>("running") >= domain::kMaxRunningImports) return domain::TooManyImports();
    HOTLINE_ASSIGN_OR_RETURN(const auto made, tx.Query(absl::StrCat("INSERT INTO imports (import_id, request_id, digest, format, file_name, dry_run, state, actor, created_by,"
                                                                    " create_time, update_time, total_rows, encoding, pieces) VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8,"
                                                                    " $9, $9, $10, $11, $12) RETURNING ", kColumns),
                                                       {import.id, request_id.empty() ? import.id : request_id, of_user, static_cast<int64_t>(import.format), import.file_name,
                                                        import.dry_run, ActorText(import.actor), import.actor.id, import.create_time, import.total,
                                                        static_cast<int64_t>(import.encoding), import.pieces}));
    return FromRow(made[0]);
  }, {.idempotent = true});
}

absl::StatusOr<Import> ExchangeStore::Get(const std::string& import_id) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kColumns, " FROM imports WHERE import_id = $1"), {import_id}));
  if (rows.empty()) return domain::ImportNotFound(import_id);
  return FromRow(rows[0]);
}

absl::StatusOr<std::vector<Import>> ExchangeStore::List(const std::string& user, const std::string& before, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kColumns, " FROM imports WHERE ($1 = '' OR created_by = $1) AND import_id < $2"
                                                                    " ORDER BY import_id DESC LIMIT $3"),
                                                       {user, before.empty() ? "ffffffff-ffff-ffff-ffff-ffffffffffff" : before, limit}));
  std::vector<Import> imports;
  for (const auto row : rows) imports.push_back(FromRow(row));
  return imports;
}

absl::StatusOr<std::optional<Import>> ExchangeStore::Next() {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read(absl::StrCat("SELECT ", kColumns, " FROM imports WHERE state = 'running' ORDER BY import_id LIMIT 1")));
  return rows.empty() ? std::nullopt : std::optional(FromRow(rows[0]));
}

absl::StatusOr<std::string> ExchangeStore::Piece(const std::string& import_id, int64_t number) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT sealed FROM import_pieces WHERE import_id = $1 AND number = $2", {import_id, number}));
  if (rows.empty()) return domain::ImportNotFound(import_id);
  return cipher_.OpenBlob(PieceName(import_id, number), rows[0].Get<Bytes>("sealed").value);
}

absl::Status ExchangeStore::InsertRefusals(Transaction& tx, const std::string& import_id, const std::vector<Refusal>& refusals) const {
  static const RowsSql sql("import_refusals", "import_id uuid, row bigint, sealed bytea, errors text");
  if (refusals.empty()) return absl::OkStatus();
  std::vector<Cells> rows;
  for (const Refusal& refusal : refusals) {
    const std::string cells = nlohmann::json(refusal.cells).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    rows.push_back({{"import_id", import_id}, {"row", refusal.row}, {"sealed", Bytes{cipher_.SealBlob(import_id, cells)}}, {"errors", refusal.errors}});
  }
  return sql.Insert(tx, rows);
}

absl::StatusOr<bool> ExchangeStore::Advance(Import& import, absl::Time now, RunRows rows) {
  Progress progress;
  HOTLINE_ASSIGN_OR_RETURN(const bool mine, postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::StatusOr<bool> {
    HOTLINE_ASSIGN_OR_RETURN(const auto at, tx.Query("SELECT last_row, state FROM imports WHERE import_id = $1 FOR UPDATE", {import.id}));
    if (at.empty() || at[0].Get<int64_t>("last_row") != import.last_row || at[0].Get<std::string>("state") != "running") return false;
    HOTLINE_ASSIGN_OR_RETURN(progress, rows(tx));
    HOTLINE_RETURN_IF_ERROR(InsertRefusals(tx, import.id, progress.refusals));
    HOTLINE_RETURN_IF_ERROR(tx.Execute("UPDATE imports SET last_row = $2, done_rows = done_rows + $3, created_rows = created_rows + $4, repeated_rows = repeated_rows + $5,"
                                       " refused_rows = refused_rows + $6, update_time = $7 WHERE import_id = $1",
                                       {import.id, progress.last_row, progress.rows, progress.created, progress.repeated, static_cast<int64_t>(progress.refusals.size()), now}).status());
    return true;
  }, {.idempotent = true}));  // a repetition finds the import further on
  if (mine) import.last_row = progress.last_row;
  return mine;
}

absl::Status ExchangeStore::Finish(const Import& import, const std::string& error, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_ASSIGN_OR_RETURN(const int64_t ended, tx.Execute("UPDATE imports SET state = $3, error = $4, update_time = $5 WHERE import_id = $1 AND last_row = $2 AND state = 'running'",
                                                             {import.id, import.last_row, error.empty() ? "done" : "failed", error, now}));
    return ended == 0 ? absl::OkStatus() : tx.Execute("DELETE FROM import_pieces WHERE import_id = $1", {import.id}).status();
  }, {.idempotent = true});
}

absl::StatusOr<std::vector<Refusal>> ExchangeStore::Refusals(const std::string& import_id, int64_t after, int limit) {
  HOTLINE_ASSIGN_OR_RETURN(const auto rows, pool_.Read("SELECT row, sealed, errors FROM import_refusals WHERE import_id = $1 AND row > $2 ORDER BY row LIMIT $3",
                                                       {import_id, after, limit}));
  std::vector<Refusal> refusals;
  for (const auto row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(const std::string cells, cipher_.OpenBlob(import_id, row.Get<Bytes>("sealed").value));
    refusals.push_back({row.Get<int64_t>("row"), nlohmann::json::parse(cells).get<std::vector<std::string>>(), row.Get<std::string>("errors")});
  }
  return refusals;
}

absl::Status ExchangeStore::Forget(absl::Time before, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) -> absl::Status {
    HOTLINE_RETURN_IF_ERROR(tx.Execute("DELETE FROM imports WHERE state <> 'running' AND create_time < $1", {before}).status());
    return tx.Execute("DELETE FROM import_pieces p WHERE create_time < $1 AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.import_id = p.import_id)", {now - kUploadAge}).status();
  }, {.idempotent = true});
}

absl::Status ExchangeStore::AuditExport(const domain::Actor& actor, const std::string& reason, const std::string& filter, int64_t rows, absl::Time now) {
  return postgres::RunTransaction(pool_, [&](Transaction& tx) {
    return tx.Execute("INSERT INTO export_audit (export_id, actor_id, actor_unit_id, reason, filter, rows, time) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      {base::NewId(), actor.id, actor.unit_id, reason, filter, rows, now}).status();
  });
}

}  // namespace hotline::ticket
