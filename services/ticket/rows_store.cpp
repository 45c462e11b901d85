#include "services/ticket/rows_store.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <nlohmann/json.hpp>

#include "libs/base/error.h"
#include "libs/base/text.h"
#include "libs/base/view.h"

namespace hotline::ticket {
namespace {

using nlohmann::json;
using postgres::Param;

std::string Quoted(std::string_view text) { return json(text).dump(-1, ' ', false, json::error_handler_t::replace); }

Param Readable(const Param& value) {
  if (value.null() || value.binary() || base::IsValidUtf8(value.value())) return value;
  return json::parse(Quoted(value.value())).get<std::string>();
}

std::string JsonValue(const Param& value, bool json_column) {
  if (value.null()) return "null";
  if (value.binary()) return absl::StrCat("\"\\\\x", absl::BytesToHexString(value.value()), "\"");
  // The server reads what stands in quotes as the column's type does, except JSON, which would stay a string.
  return json_column ? Readable(value).value() : Quoted(value.value());
}

}  // namespace

RowsSql::RowsSql(std::string_view table, std::string_view columns) {
  std::vector<std::string> places;
  for (const absl::string_view column : absl::StrSplit(base::Sv(columns), ',')) {
    const std::vector<absl::string_view> words = absl::StrSplit(column, ' ', absl::SkipEmpty());
    columns_.push_back({std::string(words[0]), words[1] == "jsonb"});
    places.push_back(absl::StrCat("$", columns_.size()));
  }
  names_ = absl::StrJoin(columns_, ", ", [](std::string* out, const Column& column) { *out += column.name; });
  given_ = absl::StrCat("json_to_recordset($1::json) AS given (", base::Sv(columns), ")");
  const std::string into = absl::StrCat("INSERT INTO ", base::Sv(table), " (", names_, ")");
  insert_ = absl::StrCat(into, " SELECT ", names_, " FROM ", given_);
  insert_one_ = absl::StrCat(into, " VALUES (", absl::StrJoin(places, ", "), ")");
}

absl::StatusOr<std::vector<const Param*>> RowsSql::Values(const Cells& row) const {
  std::vector<const Param*> values;
  values.reserve(columns_.size());
  size_t next = 0;
  for (const Column& column : columns_) {
    size_t tried = 0;
    while (tried < row.size() && row[next % row.size()].column != column.name) ++next, ++tried;
    if (tried == row.size()) return base::Internal("ROW_INCOMPLETE", absl::StrCat("no value for column ", column.name));
    values.push_back(&row[next++ % row.size()].value);
  }
  return values;
}

absl::Status RowsSql::InsertOne(postgres::Transaction& tx, const Cells& row) const {
  HOTLINE_ASSIGN_OR_RETURN(const std::vector<const Param*> values, Values(row));
  postgres::Params params;
  params.reserve(values.size());
  for (const Param* value : values) params.push_back(Readable(*value));
  return tx.Later(insert_one_, params);
}

absl::Status RowsSql::Insert(postgres::Transaction& tx, std::span<const Cells> rows) const {
  if (rows.size() > kPlainRows) {
    HOTLINE_ASSIGN_OR_RETURN(std::string text, Text(rows));
    return tx.Later(insert_, {std::move(text)});
  }
  for (const Cells& row : rows) HOTLINE_RETURN_IF_ERROR(InsertOne(tx, row));
  return absl::OkStatus();
}

absl::StatusOr<std::string> RowsSql::Text(std::span<const Cells> rows) const {
  std::string text = "[";
  for (const Cells& row : rows) {
    HOTLINE_ASSIGN_OR_RETURN(const std::vector<const Param*> values, Values(row));
    for (size_t i = 0; i < values.size(); ++i) {
      absl::StrAppend(&text, i > 0 ? "," : text.size() > 1 ? ",{" : "{", "\"", columns_[i].name, "\":", JsonValue(*values[i], columns_[i].json));
    }
    text += '}';
  }
  return text + "]";
}

}  // namespace hotline::ticket
