// What imports and exports keep: the file and who sent it, how far its rows are, the rows that were refused. Thread-safe; pool and
// cipher outlive it. Everything a file says lies sealed.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/postgres/pool.h"
#include "libs/postgres/transaction.h"
#include "services/ticket/cipher.h"
#include "services/ticket/spreadsheet.h"
#include "services/ticket/store.h"

namespace hotline::ticket {

struct Import {
  std::string id;
  std::string state;  // running, done, failed
  std::string file_name;
  SheetFormat format = SheetFormat::kCsv;
  SheetEncoding encoding = SheetEncoding::kUtf8;
  int64_t pieces = 0;
  bool dry_run = false;
  domain::Actor actor;
  absl::Time create_time;
  absl::Time update_time;
  int64_t total = 0;
  int64_t done = 0;
  int64_t last_row = 0;
  int64_t created = 0;
  int64_t repeated = 0;
  int64_t refused = 0;
  std::string error;
};

struct Refusal {
  int64_t row = 0;
  std::vector<std::string> cells;
  std::string errors;
};

// What a batch of rows came to.
struct Progress {
  int64_t last_row = 0;
  int64_t rows = 0;
  int64_t created = 0;
  int64_t repeated = 0;
  std::vector<Refusal> refusals;
};

class ExchangeStore {
 public:
  ExchangeStore(postgres::Pool& pool, const Cipher& cipher) : pool_(pool), cipher_(cipher) {}

  // The next piece of a file that is on its way, from 0; nothing is imported before Add.
  absl::Status AddPiece(const std::string& import_id, int64_t number, const std::string& bytes, absl::Time now);
  absl::Status DropPieces(const std::string& import_id);
  // All pieces are there, their SHA-256 is `digest`. With a request id or a file of this user that is known, the import there
  // is, and the pieces go. TOO_MANY_IMPORTS.
  absl::StatusOr<Import> Add(const Import& import, const std::string& request_id, const std::string& digest);
  absl::StatusOr<Import> Get(const std::string& import_id);
  // Newest first, those of one user unless `user` is empty, after `before` unless that is empty.
  absl::StatusOr<std::vector<Import>> List(const std::string& user, const std::string& before, int limit);
  // The oldest that is not over, if any, and a piece of its file.
  absl::StatusOr<std::optional<Import>> Next();
  absl::StatusOr<std::string> Piece(const std::string& import_id, int64_t number);

  // Runs `rows` and keeps what it came to in the same transaction, if the import is still where `import` says; false if
  // somebody else has worked on it meanwhile. `import` moves along.
  using RunRows = absl::FunctionRef<absl::StatusOr<Progress>(postgres::Transaction&)>;
  absl::StatusOr<bool> Advance(Import& import, absl::Time now, RunRows rows);
  absl::Status Finish(const Import& import, const std::string& error, absl::Time now);
  absl::StatusOr<std::vector<Refusal>> Refusals(const std::string& import_id, int64_t after, int limit);
  // Imports that came before then, with everything of theirs; and pieces of uploads that broke off.
  absl::Status Forget(absl::Time before, absl::Time now);
  absl::Status AuditExport(const domain::Actor& actor, const std::string& reason, const std::string& filter, int64_t rows, absl::Time now);

 private:
  absl::Status InsertRefusals(postgres::Transaction& tx, const std::string& import_id, const std::vector<Refusal>& refusals) const;

  postgres::Pool& pool_;
  const Cipher& cipher_;
};

}  // namespace hotline::ticket
