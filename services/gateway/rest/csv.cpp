#include "services/gateway/rest/csv.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/time_util.h>

#include <map>
#include <set>
#include <vector>

#include "services/gateway/rest/json.h"

namespace hotline::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";
constexpr char kFormulaStarts[] = "=+-@\t\r";

using Row = std::map<std::string, std::string>;  // column -> finished cell

std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

// One value as plain text; `index` < 0 for a field that is not repeated.
std::string Text(const pb::Message& message, const FieldDescriptor& field, int index) {
  const pb::Reflection& r = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return absl::StrCat(one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64: return absl::StrCat(one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32: return absl::StrCat(one ? r.GetUInt32(message, &field) : r.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64: return absl::StrCat(one ? r.GetUInt64(message, &field) : r.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE: return absl::StrCat(one ? r.GetDouble(message, &field) : r.GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_FLOAT: return absl::StrCat(one ? r.GetFloat(message, &field) : r.GetRepeatedFloat(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL: return (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, index)) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM: return (one ? r.GetEnum(message, &field) : r.GetRepeatedEnum(message, &field, index))->name();
    case FieldDescriptor::CPPTYPE_STRING: return one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_MESSAGE: return ToJson(one ? r.GetMessage(message, &field) : r.GetRepeatedMessage(message, &field, index));
  }
  return {};
}

bool IsNumber(const FieldDescriptor& field) {
  return !field.is_repeated() && field.cpp_type() != FieldDescriptor::CPPTYPE_STRING && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
}

// A number stays one, its minus sign is no formula.
std::string Cell(const std::string& text, const FieldDescriptor& field) { return IsNumber(field) ? text : CsvText(text); }

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
}

class Table {
 public:
  void Add(const pb::Message& message) {
    Row row;
    Fill(message, *message.GetDescriptor(), "", 0, row);
    rows_.push_back(std::move(row));
  }
  // The columns, in the order of the contract, of messages without rows too.
  void Declare(const pb::Descriptor& type) { Columns(type, "", 0); }

  std::string Write() const {
    std::vector<std::string> columns;
    for (const std::string& column : columns_) {
      if (!maps_.contains(column)) columns.push_back(column);
      const auto keys = maps_.find(column);
      if (keys == maps_.end()) continue;
      for (const std::string& key : keys->second) columns.push_back(column + "." + key);
    }
    std::string out = kByteOrderMark;
    absl::StrAppend(&out, absl::StrJoin(columns, ",", [](std::string* to, const std::string& name) { *to += CsvText(name); }), "\r\n");
    for (const Row& row : rows_) {
      absl::StrAppend(&out, absl::StrJoin(columns, ",", [&row](std::string* to, const std::string& name) {
        const auto cell = row.find(name);
        if (cell != row.end()) *to += cell->second;
      }), "\r\n");
    }
    return out;
  }

 private:
  static bool Opened(const FieldDescriptor& field, int depth) {
    return field.message_type() != nullptr && !field.is_repeated() && !IsTime(field) && depth < kMaxCsvDepth;
  }

  void Columns(const pb::Descriptor& type, const std::string& prefix, int depth) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (Opened(field, depth)) {
        Columns(*field.message_type(), prefix + field.json_name() + ".", depth + 1);
        continue;
      }
      columns_.push_back(prefix + field.json_name());
      if (field.is_map()) maps_[columns_.back()];
    }
  }

  void Fill(const pb::Message& message, const pb::Descriptor& type, const std::string& prefix, int depth, Row& row) {
    const pb::Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string column = prefix + field.json_name();
      if (field.is_map()) {
        FillMap(message, field, column, row);
      } else if (field.is_repeated()) {
        std::vector<std::string> values;
        for (int k = 0; k < reflection.FieldSize(message, &field); ++k) values.push_back(Text(message, field, k));
        row[column] = CsvText(absl::StrJoin(values, "; "));
      } else if (field.has_presence() && !reflection.HasField(message, &field)) {
        continue;
      } else if (IsTime(field)) {
        row[column] = pb::util::TimeUtil::ToString(*pb::DynamicCastToGenerated<pb::Timestamp>(&reflection.GetMessage(message, &field)));
      } else if (Opened(field, depth)) {
        Fill(reflection.GetMessage(message, &field), *field.message_type(), column + ".", depth + 1, row);
      } else {
        row[column] = Cell(Text(message, field, -1), field);
      }
    }
  }

  void FillMap(const pb::Message& message, const FieldDescriptor& field, const std::string& column, Row& row) {
    const pb::Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& value = *field.message_type()->map_value();
    for (int k = 0; k < reflection.FieldSize(message, &field); ++k) {
      const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, k);
      const std::string key = Text(entry, *field.message_type()->map_key(), -1);
      maps_[column].insert(key);
      row[column + "." + key] = Cell(Text(entry, value, -1), value);
    }
  }

  std::vector<std::string> columns_;
  std::map<std::string, std::set<std::string>> maps_;  // column -> keys that occur
  std::vector<Row> rows_;
};

}  // namespace

const FieldDescriptor* RowsOf(const pb::Descriptor& response) {
  const FieldDescriptor* rows = nullptr;
  for (int i = 0; i < response.field_count(); ++i) {
    const FieldDescriptor* field = response.field(i);
    if (!field->is_repeated() || field->message_type() == nullptr || field->is_map()) continue;
    if (rows != nullptr) return nullptr;
    rows = field;
  }
  return rows;
}

std::string ToCsv(const pb::Message& response, const FieldDescriptor& rows) {
  Table table;
  table.Declare(*rows.message_type());
  const pb::Reflection& reflection = *response.GetReflection();
  for (int i = 0; i < reflection.FieldSize(response, &rows); ++i) table.Add(reflection.GetRepeatedMessage(response, &rows, i));
  return table.Write();
}

std::string CsvText(const std::string& text) {
  const bool formula = !text.empty() && absl::string_view(kFormulaStarts).find(text.front()) != absl::string_view::npos;
  return Quoted(formula ? "'" + text : text);
}

}  // namespace hotline::gateway
