#include "services/ticket/rows_store.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <vector>

namespace hotline::ticket {

RowsSql::RowsSql(std::string_view table, std::string_view columns) {
  const absl::string_view all(columns.data(), columns.size());
  std::vector<std::string> names;
  for (const absl::string_view column : absl::StrSplit(all, ',')) {
    const std::vector<absl::string_view> words = absl::StrSplit(column, ' ', absl::SkipEmpty());
    names.emplace_back(words[0]);
  }
  names_ = absl::StrJoin(names, ", ");
  given_ = absl::StrCat("json_to_recordset($1::json) AS given (", all, ")");
  insert_ = absl::StrCat("INSERT INTO ", absl::string_view(table.data(), table.size()), " (", names_, ") SELECT ", names_, " FROM ", given_);
}

std::string TimeValue(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "infinity";
  if (time == absl::InfinitePast()) return "-infinity";
  return absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone());
}

std::string BytesValue(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + bytes.size() * 2);
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace hotline::ticket
