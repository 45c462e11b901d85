// Tables as files: CSV (RFC 4180, UTF-8 or GB 18030) and XLSX, read row by row and written row by row. The work is done by
// libzip, expat and libxlsxwriter (docs/decisions/0022-spreadsheets.md); here are the limits and what must not come through:
// archives that unpack to too much, entities, formulas.
// Functions and writers are not thread-safe among callers of one object; different objects may be used at the same time.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket {

inline constexpr size_t kMaxSheetBytes = 64 << 20;       // of a file as it is sent
inline constexpr uint64_t kMaxUnpackedBytes = 512 << 20;  // of an XLSX unpacked, all parts together
inline constexpr int64_t kMaxSheetParts = 200;
inline constexpr int64_t kMaxSheetRows = 200'000;        // with the titles
inline constexpr size_t kMaxSheetColumns = 64;
inline constexpr size_t kMaxCellBytes = 32'000;

enum class SheetFormat { kCsv = 1, kXlsx = 2 };

// Calls `row` for each row that has a cell with text: its number as a spreadsheet shows it, its cells trimmed. Of an XLSX, the
// first sheet. What `row` returns other than OK ends the reading and is returned. INVALID_ARGUMENT SHEET_UNREADABLE,
// SHEET_TOO_LARGE naming `file`.
absl::Status ReadSheet(SheetFormat format, std::string_view bytes, absl::FunctionRef<absl::Status(int64_t number, std::vector<std::string>& cells)> row);

class SheetWriter {
 public:
  virtual ~SheetWriter() = default;
  virtual void Row(const std::vector<std::string>& cells) = 0;
  // What is there to be sent so far; nothing of an XLSX before its end.
  virtual std::string Drain() = 0;
  virtual absl::StatusOr<std::string> Finish() = 0;
};
std::unique_ptr<SheetWriter> MakeSheetWriter(SheetFormat format);

}  // namespace hotline::ticket
