#include "services/ticket/spreadsheet.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <expat.h>
#include <unistd.h>
#include <unicode/unistr.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <new>

#include "libs/base/error.h"
#include "libs/base/text.h"

namespace hotline::ticket {
namespace {

using Sink = absl::FunctionRef<absl::Status(int64_t number, std::vector<std::string>& cells)>;

absl::Status Unreadable(const std::string& why) {
  return base::Error(absl::StatusCode::kInvalidArgument, "SHEET_UNREADABLE", why, {{"file", "SHEET_UNREADABLE", why}});
}

absl::Status TooLarge(const std::string& limit) {
  return base::Error(absl::StatusCode::kInvalidArgument, "SHEET_TOO_LARGE", limit, {{"file", "SHEET_TOO_LARGE", limit}});
}

// Carries a status out of a library's parser.
struct Stop : std::exception {
  explicit Stop(absl::Status s) : status(std::move(s)) {}
  absl::Status status;
};

// Gathers cells to rows, checks the limits, leaves out empty rows.
class Rows {
 public:
  explicit Rows(Sink sink) : sink_(sink) {}
  void Put(int64_t row, size_t column, std::string_view text) {
    if (row != row_) Flush();
    row_ = row;
    if (row >= kMaxSheetRows) throw Stop(TooLarge(absl::StrCat("must have at most ", kMaxSheetRows, " rows")));
    if (text.size() > kMaxCellBytes) throw Stop(TooLarge(absl::StrCat("row ", row + 1, ": a cell must have at most ", kMaxCellBytes, " bytes")));
    text = base::Trim(text);
    if (text.empty()) return;
    if (column >= kMaxSheetColumns) throw Stop(TooLarge(absl::StrCat("must have at most ", kMaxSheetColumns, " columns")));
    if (cells_.size() <= column) cells_.resize(column + 1);
    cells_[column] = std::string(text);
  }
  void Flush() {
    if (cells_.empty()) return;
    absl::Status status = sink_(row_ + 1, cells_);
    cells_.clear();
    if (!status.ok()) throw Stop(std::move(status));
  }

 private:
  const Sink sink_;
  int64_t row_ = -1;
  std::vector<std::string> cells_;
};

// ---- CSV

// Chinese spreadsheets write CSV in GB 18030.
absl::StatusOr<std::string> ToUtf8(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (base::IsValidUtf8(bytes)) return std::string(bytes);
  const icu::UnicodeString text(bytes.data(), static_cast<int32_t>(bytes.size()), "GB18030");
  if (text.isBogus() || text.indexOf(char16_t{0xfffd}) >= 0) return Unreadable("must be UTF-8 or GB 18030");
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

absl::Status ReadCsv(std::string_view bytes, Rows& rows) {
  HOTLINE_ASSIGN_OR_RETURN(const std::string text, ToUtf8(bytes));
  if (text.find('\0') != std::string::npos) return Unreadable("must be text");
  int64_t row = 0;
  size_t column = 0;
  std::string cell;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') cell += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') cell += text[++i];
      else quoted = false;
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == ',' || c == '\n' || c == '\r') {
      rows.Put(row, column++, cell);
      cell.clear();
      if (c == ',') continue;
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      ++row;
      column = 0;
    } else {
      cell += c;
    }
    if (cell.size() > kMaxCellBytes) return TooLarge(absl::StrCat("row ", row + 1, ": a cell must have at most ", kMaxCellBytes, " bytes"));
  }
  if (quoted) return Unreadable("must be CSV with closed quotes");
  rows.Put(row, column, cell);
  return absl::OkStatus();
}

// ---- XLSX

// An archive, held open while its parts are read.
class Archive {
 public:
  explicit Archive(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source == nullptr) return;
    zip_ = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
    if (zip_ == nullptr) zip_source_free(source);
  }
  ~Archive() {
    if (zip_ != nullptr) zip_discard(zip_);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  // What it says it holds, before anything is unpacked.
  absl::Status Check() const {
    if (zip_ == nullptr) return Unreadable("must be an XLSX file");
    const int64_t parts = zip_get_num_entries(zip_, 0);
    if (parts > kMaxSheetParts) return TooLarge(absl::StrCat("must have at most ", kMaxSheetParts, " parts"));
    uint64_t unpacked = 0;
    for (int64_t i = 0; i < parts; ++i) {
      zip_stat_t stat;
      if (zip_stat_index(zip_, static_cast<zip_uint64_t>(i), 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0 || stat.encryption_method != ZIP_EM_NONE)
        return Unreadable("must be an XLSX file without a password");
      unpacked += std::min(stat.size, kMaxUnpackedBytes + 1);
    }
    return unpacked <= kMaxUnpackedBytes ? absl::OkStatus() : TooLarge(absl::StrCat("must unpack to at most ", kMaxUnpackedBytes >> 20, " MiB"));
  }

  // Hands out a part piece by piece; false if there is none of that name. Never more than all parts together may be.
  bool Read(const std::string& name, absl::FunctionRef<void(std::string_view, bool last)> take) {
    zip_file_t* file = zip_fopen(zip_, name.c_str(), 0);
    if (file == nullptr) return false;
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> closing(file, &zip_fclose);
    std::vector<char> piece(kPiece);
    for (;;) {
      const zip_int64_t got = zip_fread(file, piece.data(), piece.size());
      if (got < 0) throw Stop(Unreadable("a part of the XLSX file is damaged"));
      read_ += static_cast<uint64_t>(got);
      if (read_ > kMaxUnpackedBytes) throw Stop(TooLarge(absl::StrCat("must unpack to at most ", kMaxUnpackedBytes >> 20, " MiB")));
      take({piece.data(), static_cast<size_t>(got)}, got == 0);
      if (got == 0) return true;
    }
  }

 private:
  static constexpr size_t kPiece = 64 << 10;
  zip_t* zip_ = nullptr;
  uint64_t read_ = 0;
};

using Attributes = std::map<std::string, std::string>;

// What a part of XML tells, element by element. Names are without their namespaces' prefixes.
class Elements {
 public:
  virtual ~Elements() = default;
  virtual void Begin(const std::string& name, const Attributes& attributes) = 0;
  virtual void End(const std::string& /*name*/) {}
  virtual void Text(std::string_view /*text*/) {}
};

// Parses a part with expat. A document type is refused, and with it every entity.
class Xml {
 public:
  explicit Xml(Elements& elements) : elements_(elements), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    if (parser_ == nullptr) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
      static_cast<Xml*>(self)->Fail(Unreadable("must have no document type"));
    });
    XML_SetElementHandler(parser_.get(), &Xml::Begin, [](void* self, const char* name) {
      static_cast<Xml*>(self)->Run([&](Elements& e) { e.End(Local(name)); });
    });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int size) {
      static_cast<Xml*>(self)->Run([&](Elements& e) { e.Text({text, static_cast<size_t>(size)}); });
    });
  }
  void Feed(std::string_view piece, bool last) {
    const bool good = XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last ? 1 : 0) != XML_STATUS_ERROR;
    if (!failed_.ok()) throw Stop(failed_);
    if (!good) throw Stop(Unreadable("a part of the XLSX file is no XML"));
  }

 private:
  static std::string Local(const char* name) {
    const char* colon = std::strrchr(name, ':');
    return colon == nullptr ? name : colon + 1;
  }
  static void Begin(void* self, const char* name, const char** attributes) {
    Attributes all;
    for (; *attributes != nullptr; attributes += 2) all[Local(attributes[0])] = attributes[1];
    static_cast<Xml*>(self)->Run([&](Elements& e) { e.Begin(Local(name), all); });
  }
  // An exception must not pass through the parser, which is C.
  void Run(absl::FunctionRef<void(Elements&)> call) {
    if (!failed_.ok()) return;
    try {
      call(elements_);
    } catch (const Stop& stop) {
      Fail(stop.status);
    }
  }
  void Fail(absl::Status status) {
    failed_ = std::move(status);
    XML_StopParser(parser_.get(), XML_FALSE);
  }
  Elements& elements_;
  absl::Status failed_;
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
};

// The id of the first sheet; the target of that id.
struct Workbook final : Elements {
  void Begin(const std::string& name, const Attributes& attributes) override {
    if (name != "sheet" || !first.empty()) return;
    const auto id = attributes.find("id");
    if (id != attributes.end()) first = id->second;
  }
  std::string first;
};
struct Relations final : Elements {
  void Begin(const std::string& name, const Attributes& attributes) override {
    if (name == "Relationship" && attributes.contains("Id") && attributes.contains("Target")) targets[attributes.at("Id")] = attributes.at("Target");
  }
  std::map<std::string, std::string> targets;
};

// Texts that cells name by number; without how they are pronounced.
struct Strings final : Elements {
  void Begin(const std::string& name, const Attributes&) override {
    if (name == "si") texts.emplace_back();
    taken = name == "t" && !spoken;
    if (name == "rPh") spoken = true;
  }
  void End(const std::string& name) override {
    taken = false;
    if (name == "rPh") spoken = false;
  }
  void Text(std::string_view text) override {
    if (!taken || texts.empty()) return;
    if (texts.back().size() + text.size() > kMaxCellBytes) throw Stop(TooLarge(absl::StrCat("a cell must have at most ", kMaxCellBytes, " bytes")));
    texts.back() += text;
  }
  std::deque<std::string> texts;
  bool taken = false, spoken = false;
};

// The cells of a sheet.
class Cells final : public Elements {
 public:
  Cells(Rows& rows, const Strings& strings) : rows_(rows), strings_(strings) {}
  void Begin(const std::string& name, const Attributes& attributes) override {
    if (name == "row") {
      row_ = attributes.contains("r") ? Number(attributes.at("r")) - 1 : row_ + 1;
      column_ = -1;
    } else if (name == "c") {
      ++column_;
      if (attributes.contains("r")) column_ = ColumnOf(attributes.at("r"));
      type_ = attributes.contains("t") ? attributes.at("t") : "n";
      text_.clear();
    } else if (name == "rPh") {
      spoken_ = true;
    }
    taken_ = !spoken_ && (name == "v" || (name == "t" && type_ == "inlineStr"));
  }
  void End(const std::string& name) override {
    taken_ = false;
    if (name == "rPh") spoken_ = false;
    if (name == "c" && !text_.empty()) rows_.Put(row_, static_cast<size_t>(column_), Value());
  }
  void Text(std::string_view text) override {
    if (!taken_) return;
    if (text_.size() + text.size() > kMaxCellBytes) throw Stop(TooLarge(absl::StrCat("row ", row_ + 1, ": a cell must have at most ", kMaxCellBytes, " bytes")));
    text_ += text;
  }

 private:
  static int64_t Number(const std::string& text) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < 1) throw Stop(Unreadable("a row has a bad number"));
    return number;
  }
  // "AB12": the letters count from A = 1.
  static int ColumnOf(const std::string& place) {
    int column = 0;
    for (size_t i = 0; i < place.size() && absl::ascii_isupper(static_cast<unsigned char>(place[i])); ++i) {
      column = column * 26 + (place[i] - 'A' + 1);
      if (column > kFarthest) throw Stop(Unreadable("a cell has a bad address"));
    }
    if (column == 0) throw Stop(Unreadable("a cell has a bad address"));
    return column - 1;
  }
  std::string Value() const {
    if (type_ == "s") {
      size_t index = 0;
      if (!absl::SimpleAtoi(text_, &index) || index >= strings_.texts.size()) throw Stop(Unreadable("a cell names a text that is not there"));
      return strings_.texts[index];
    }
    if (type_ == "b") return text_ == "1" ? "TRUE" : "FALSE";
    double value = 0;
    // Phones and codes that a spreadsheet took for numbers: 1.3800001234E10.
    if (type_ == "n" && absl::SimpleAtod(text_, &value) && std::floor(value) == value && std::abs(value) < 1e15) return absl::StrCat(static_cast<int64_t>(value));
    return text_;
  }

  static constexpr int kFarthest = 1 << 14;
  Rows& rows_;
  const Strings& strings_;
  int64_t row_ = -1;
  int column_ = -1;
  std::string type_ = "n", text_;
  bool taken_ = false, spoken_ = false;
};

absl::Status ReadXlsx(std::string_view bytes, Rows& rows) {
  Archive archive(bytes);
  HOTLINE_RETURN_IF_ERROR(archive.Check());
  const auto parse = [&](const std::string& name, Elements& elements) {
    Xml xml(elements);
    return archive.Read(name, [&](std::string_view piece, bool last) { xml.Feed(piece, last); });
  };
  Workbook workbook;
  Relations relations;
  if (!parse("xl/workbook.xml", workbook) || !parse("xl/_rels/workbook.xml.rels", relations)) return Unreadable("must be an XLSX file");
  std::string sheet = relations.targets[workbook.first];
  sheet = sheet.starts_with("/") ? sheet.substr(1) : absl::StrCat("xl/", sheet);
  Strings strings;
  parse("xl/sharedStrings.xml", strings);  // a workbook of numbers has none
  Cells cells(rows, strings);
  if (!parse(sheet, cells)) return Unreadable("must have a sheet");
  return absl::OkStatus();
}

// ---- writing

// A spreadsheet takes text that begins so for a formula (CSV has no types).
bool LooksLikeFormula(std::string_view text) { return !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos; }

class CsvWriter final : public SheetWriter {
 public:
  CsvWriter() : out_("\xef\xbb\xbf") {}
  void Row(const std::vector<std::string>& cells) override {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out_ += ',';
      out_ += '"';
      if (LooksLikeFormula(cells[i])) out_ += '\'';
      for (char c : cells[i]) out_.append(c == '"' ? 2 : 1, c);
      out_ += '"';
    }
    out_ += "\r\n";
  }
  std::string Drain() override { return std::exchange(out_, {}); }
  absl::StatusOr<std::string> Finish() override { return Drain(); }

 private:
  std::string out_;
};

class XlsxWriter final : public SheetWriter {
 public:
  XlsxWriter() {
    path_ = absl::StrCat(std::getenv("TMPDIR") == nullptr ? "/tmp" : std::getenv("TMPDIR"), "/hotline-sheet-XXXXXX");
    const int file = mkstemp(path_.data());  // readable by nobody else
    if (file < 0) return;
    close(file);
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    book_ = workbook_new_opt(path_.c_str(), &options);
    if (book_ != nullptr) sheet_ = workbook_add_worksheet(book_, nullptr);
  }
  ~XlsxWriter() override {
    if (book_ != nullptr) workbook_close(book_);
    std::remove(path_.c_str());
  }
  XlsxWriter(const XlsxWriter&) = delete;
  XlsxWriter& operator=(const XlsxWriter&) = delete;

  void Row(const std::vector<std::string>& cells) override {
    if (sheet_ == nullptr) return;
    for (size_t i = 0; i < cells.size(); ++i) {
      // As text: never a formula, a number or a link.
      if (!cells[i].empty() && worksheet_write_string(sheet_, row_, static_cast<lxw_col_t>(i), cells[i].c_str(), nullptr) != LXW_NO_ERROR) failed_ = true;
    }
    ++row_;
  }
  std::string Drain() override { return {}; }
  absl::StatusOr<std::string> Finish() override {
    lxw_workbook* book = std::exchange(book_, nullptr);
    sheet_ = nullptr;
    const bool closed = book != nullptr && workbook_close(book) == LXW_NO_ERROR;
    std::ifstream file(path_, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!closed || failed_ || bytes.empty()) return base::Internal("SHEET_NOT_WRITTEN", "the spreadsheet could not be written");
    return bytes;
  }

 private:
  std::string path_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_row_t row_ = 0;
  bool failed_ = false;
};

}  // namespace

absl::Status ReadSheet(SheetFormat format, std::string_view bytes, Sink sink) {
  if (bytes.size() > kMaxSheetBytes) return TooLarge(absl::StrCat("must have at most ", kMaxSheetBytes >> 20, " MiB"));
  Rows rows(sink);
  try {
    HOTLINE_RETURN_IF_ERROR(format == SheetFormat::kCsv ? ReadCsv(bytes, rows) : ReadXlsx(bytes, rows));
    rows.Flush();
  } catch (const Stop& stop) {
    return stop.status;
  } catch (const std::exception&) {
    return Unreadable(format == SheetFormat::kCsv ? "must be CSV with closed quotes" : "must be an XLSX file");
  }
  return absl::OkStatus();
}

std::unique_ptr<SheetWriter> MakeSheetWriter(SheetFormat format) {
  if (format == SheetFormat::kCsv) return std::make_unique<CsvWriter>();
  return std::make_unique<XlsxWriter>();
}

}  // namespace hotline::ticket
