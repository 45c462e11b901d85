// Lists as CSV (RFC 4180) for spreadsheets: one line a row, UTF-8 with a byte order mark, formulas neutralised. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace hotline::gateway {

inline constexpr int kMaxCsvDepth = 4;  // of messages within a row

// The list within a response: its only repeated message field. Null if it has none or several.
const google::protobuf::FieldDescriptor* RowsOf(const google::protobuf::Descriptor& response);

// Columns are the fields in lowerCamelCase, of nested messages "caller.phone", of maps "figures.callsOffered" by the keys
// that occur; repeated values are joined by "; ", repeated messages are JSON.
std::string ToCsv(const google::protobuf::Message& response, const google::protobuf::FieldDescriptor& rows);

// A cell: quoted where needed; text that a spreadsheet would take for a formula gets a ' in front.
std::string CsvText(const std::string& text);

}  // namespace hotline::gateway
