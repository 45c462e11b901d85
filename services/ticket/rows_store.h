// Many rows in one statement: they travel as one JSON text, whose objects PostgreSQL reads as rows (json_to_recordset), so that
// the statement is the same however many there are. Not thread-safe.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace hotline::ticket {

// "ticket_id uuid, keys int4[]" of a table, made into its statements once.
class RowsSql {
 public:
  RowsSql(std::string_view table, std::string_view columns);
  const std::string& names() const { return names_; }   // "ticket_id, keys"
  const std::string& given() const { return given_; }   // "json_to_recordset($1::json) AS given (ticket_id uuid, keys int4[])"
  const std::string& insert() const { return insert_; } // INSERT INTO table (…) SELECT … FROM given

 private:
  std::string names_, given_, insert_;
};

class RowsText {
 public:
  nlohmann::json& Add() { return rows_.emplace_back(nlohmann::json::object()); }
  // What is no UTF-8 is replaced, as everywhere.
  std::string Text() const { return rows_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); }

 private:
  nlohmann::json rows_ = nlohmann::json::array();
};

// As the columns' types read them.
std::string TimeValue(absl::Time time);
std::string BytesValue(std::string_view bytes);

}  // namespace hotline::ticket
