// Tables as files: CSV (RFC 4180, UTF-8 or GB 18030) and XLSX, read row by row and written row by row. The work is done by
// libzip, expat and libxlsxwriter (docs/decisions/0022-spreadsheets.md); here are the limits and what must not come through:
// archives that unpack to too much, entities, formulas.
// Functions and writers are not thread-safe among callers of one object; different objects may be used at the same time.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::ticket {

inline constexpr int64_t kMaxCsvBytes = int64_t{1} << 30;  // of a CSV file: it is read as it comes
inline constexpr int64_t kMaxCsvRows = 1'000'001;        // with the titles
inline constexpr int64_t kMaxWorkbookBytes = 64 << 20;   // of an XLSX file as it is sent: it is read from memory
inline constexpr int64_t kMaxWorkbookRows = 200'001;     // with the titles
inline constexpr uint64_t kMaxUnpackedBytes = 512 << 20;  // of an XLSX unpacked, all parts together
inline constexpr int64_t kMaxSheetParts = 200;
inline constexpr size_t kMaxSheetColumns = 64;
inline constexpr size_t kMaxCellBytes = 32'000;

enum class SheetFormat { kCsv = 1, kXlsx = 2 };
// Of CSV. kUnknown: nobody has looked at the whole file yet.
enum class SheetEncoding { kUnknown = 0, kUtf8 = 1, kGb18030 = 2 };

// Reads a table as its bytes come; of CSV no more than a row is in memory.
class SheetReader {
 public:
  // Takes each row that has a cell with text: its number as a spreadsheet shows it, its cells trimmed. Of an XLSX, the first
  // sheet. What it returns other than OK ends the reading and is returned.
  using Row = std::function<absl::Status(int64_t number, std::vector<std::string>& cells)>;

  // With an unknown encoding the cells of CSV are handed out as they are, and encoding() is known after Finish.
  SheetReader(SheetFormat format, SheetEncoding encoding, const Row& row);
  ~SheetReader();
  // INVALID_ARGUMENT SHEET_UNREADABLE, SHEET_TOO_LARGE naming `file`. After an error nothing more may be called.
  absl::Status Feed(std::string_view piece);
  absl::Status Finish();
  SheetEncoding encoding() const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

// A cell of CSV as text; false if it is none in this encoding.
bool DecodeCell(SheetEncoding encoding, std::string& cell);

// A whole file.
absl::Status ReadSheet(SheetFormat format, std::string_view bytes, const SheetReader::Row& row);

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
