// Rows to be written. Many travel in one statement as one JSON text, whose objects PostgreSQL reads as rows (json_to_recordset),
// so that the statement is the same however many there are; a few in plain statements, which cost the server less each.
// Text that is no UTF-8 is replaced, as everywhere. Not thread-safe.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/postgres/transaction.h"

namespace hotline::ticket {

// So many rows go in plain statements.
inline constexpr size_t kPlainRows = 4;

struct Cell {
  std::string_view column;
  postgres::Param value;
};
using Cells = std::vector<Cell>;

// "ticket_id uuid, keys int4[]" of a table, made into its statements once. Rows may have more cells than columns, not fewer
// (INTERNAL, ROW_INCOMPLETE), and are read quickest in the order of the columns.
class RowsSql {
 public:
  RowsSql(std::string_view table, std::string_view columns);
  const std::string& names() const { return names_; }   // "ticket_id, keys"
  const std::string& given() const { return given_; }   // "json_to_recordset($1::json) AS given (ticket_id uuid, keys int4[])"
  // Writes these rows. Waits for no answer.
  absl::Status Insert(postgres::Transaction& tx, std::span<const Cells> rows) const;
  // The same of one row in a plain statement.
  absl::Status InsertOne(postgres::Transaction& tx, const Cells& row) const;
  // What $1 of given() is.
  absl::StatusOr<std::string> Text(std::span<const Cells> rows) const;

 private:
  struct Column {
    std::string name;
    bool json = false;
  };
  absl::StatusOr<std::vector<const postgres::Param*>> Values(const Cells& row) const;

  std::vector<Column> columns_;
  std::string names_, given_, insert_, insert_one_;
};

}  // namespace hotline::ticket
