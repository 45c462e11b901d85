#include "services/ticket/spreadsheet.h"

#include <absl/functional/function_ref.h>
#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <expat.h>
#include <unistd.h>
#include <unicode/unistr.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <algorithm>
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

using Sink = SheetReader::Row;

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
  Rows(const Sink& sink, int64_t most) : sink_(sink), most_(most) {}
  void Put(int64_t row, size_t column, std::string_view text) {
    if (row != row_) Flush();
    row_ = row;
    if (text.size() > kMaxCellBytes) throw Stop(TooLarge(absl::StrCat("row ", row + 1, ": a cell must have at most ", kMaxCellBytes, " bytes")));
    text = base::Trim(text);
    if (text.empty()) return;
    if (row >= most_) throw Stop(TooLarge(absl::StrCat("must have at most ", most_, " rows")));
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
  const int64_t most_;
  int64_t row_ = -1;
  std::vector<std::string> cells_;
};

// ---- CSV

constexpr std::string_view kMark = "\xef\xbb\xbf";

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// RFC 4180, byte by byte. Chinese spreadsheets write CSV in GB 18030: none of its characters has a quote, a comma or a line
// break for a later byte, so cells can be told apart before the encoding is known.
class CsvReader {
 public:
  CsvReader(const Sink& sink, SheetEncoding encoding) : given_(encoding), rows_(sink, kMaxCsvRows) {}

  void Feed(std::string_view piece) {
    size_ += static_cast<int64_t>(piece.size());
    if (size_ > kMaxCsvBytes) throw Stop(TooLarge(absl::StrCat("must have at most ", kMaxCsvBytes >> 20, " MiB")));
    for (const char c : piece) {
      if (mark_ < kMark.size() && c == kMark[mark_]) {
        ++mark_;
        continue;
      }
      // What began like a mark and was none.
      for (size_t i = 0; mark_ < kMark.size() && i < mark_; ++i) Take(kMark[i]);
      mark_ = kMark.size();
      Take(c);
    }
  }

  void Finish() {
    for (size_t i = 0; mark_ < kMark.size() && i < mark_; ++i) Take(kMark[i]);
    if (state_ == State::kQuoted) throw Stop(Unreadable("must be CSV with closed quotes"));
    EndCell();
    if (given_ == SheetEncoding::kUnknown && !utf8_ && !gb18030_) throw Stop(Unreadable("must be UTF-8 or GB 18030"));
    rows_.Flush();
  }

  SheetEncoding encoding() const { return given_ != SheetEncoding::kUnknown ? given_ : utf8_ ? SheetEncoding::kUtf8 : SheetEncoding::kGb18030; }

 private:
  enum class State { kPlain, kQuoted, kQuoteInQuoted, kReturn };

  void Take(char c) {
    if (c == '\0') throw Stop(Unreadable("must be text"));
    if (state_ == State::kReturn) {
      state_ = State::kPlain;
      if (c == '\n') return;
    }
    if (state_ == State::kQuoteInQuoted) {
      state_ = c == '"' ? State::kQuoted : State::kPlain;
      if (c == '"') return Put(c);
    }
    if (state_ == State::kQuoted) {
      if (c == '"') state_ = State::kQuoteInQuoted;
      else Put(c);
    } else if (c == '"' && cell_.empty()) {
      state_ = State::kQuoted;
    } else if (c == ',' || c == '\n' || c == '\r') {
      EndCell();
      ++column_;
      if (c == ',') return;
      if (c == '\r') state_ = State::kReturn;
      ++row_;
      column_ = 0;
    } else {
      Put(c);
    }
  }

  void Put(char c) {
    cell_ += c;
    if (cell_.size() > kMaxCellBytes) throw Stop(TooLarge(absl::StrCat("row ", row_ + 1, ": a cell must have at most ", kMaxCellBytes, " bytes")));
  }

  void EndCell() {
    if (given_ != SheetEncoding::kUnknown) {
      if (!DecodeCell(given_, cell_)) throw Stop(Unreadable(absl::StrCat("row ", row_ + 1, ": must be UTF-8 or GB 18030, all of it the same")));
    } else if (!IsAscii(cell_)) {
      utf8_ = utf8_ && base::IsValidUtf8(cell_);
      std::string decoded = cell_;
      if (!utf8_) gb18030_ = gb18030_ && DecodeCell(SheetEncoding::kGb18030, decoded);
    }
    rows_.Put(row_, column_, cell_);
    cell_.clear();
  }

  const SheetEncoding given_;
  Rows rows_;
  State state_ = State::kPlain;
  std::string cell_;
  int64_t size_ = 0, row_ = 0;
  size_t column_ = 0, mark_ = 0;
  bool utf8_ = true, gb18030_ = true;
};

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

bool DecodeCell(SheetEncoding encoding, std::string& cell) {
  if (encoding == SheetEncoding::kUnknown || IsAscii(cell)) return true;
  if (encoding == SheetEncoding::kUtf8) return base::IsValidUtf8(cell);
  const icu::UnicodeString text(cell.data(), static_cast<int32_t>(cell.size()), "GB18030");
  if (text.isBogus() || text.indexOf(char16_t{0xfffd}) >= 0) return false;
  cell.clear();
  text.toUTF8String(cell);
  return true;
}

class SheetReader::Impl {
 public:
  Impl(SheetFormat format, SheetEncoding encoding, const Row& row) : format_(format), row_(row), csv_(row, encoding) {}

  void Feed(std::string_view piece) {
    if (format_ == SheetFormat::kCsv) return csv_.Feed(piece);
    if (workbook_.size() + piece.size() > kMaxWorkbookBytes) throw Stop(TooLarge(absl::StrCat("must have at most ", kMaxWorkbookBytes >> 20, " MiB")));
    workbook_.append(piece);
  }
  void Finish() {
    if (format_ == SheetFormat::kCsv) return csv_.Finish();
    Rows rows(row_, kMaxWorkbookRows);
    if (absl::Status status = ReadXlsx(workbook_, rows); !status.ok()) throw Stop(std::move(status));
    rows.Flush();
  }
  absl::Status Guarded(absl::FunctionRef<void()> work) const {
    try {
      work();
    } catch (const Stop& stop) {
      return stop.status;
    } catch (const std::exception&) {
      return Unreadable(format_ == SheetFormat::kCsv ? "must be CSV with closed quotes" : "must be an XLSX file");
    }
    return absl::OkStatus();
  }
  SheetEncoding encoding() const { return csv_.encoding(); }

 private:
  const SheetFormat format_;
  const Row row_;
  CsvReader csv_;
  std::string workbook_;
};

SheetReader::SheetReader(SheetFormat format, SheetEncoding encoding, const Row& row) : impl_(std::make_unique<Impl>(format, encoding, row)) {}
SheetReader::~SheetReader() = default;
absl::Status SheetReader::Feed(std::string_view piece) {
  return impl_->Guarded([&] { impl_->Feed(piece); });
}
absl::Status SheetReader::Finish() {
  return impl_->Guarded([&] { impl_->Finish(); });
}
SheetEncoding SheetReader::encoding() const { return impl_->encoding(); }

absl::Status ReadSheet(SheetFormat format, std::string_view bytes, const SheetReader::Row& row) {
  SheetReader reader(format, base::IsValidUtf8(bytes) ? SheetEncoding::kUtf8 : SheetEncoding::kGb18030, row);
  HOTLINE_RETURN_IF_ERROR(reader.Feed(bytes));
  return reader.Finish();
}

std::unique_ptr<SheetWriter> MakeSheetWriter(SheetFormat format) {
  if (format == SheetFormat::kCsv) return std::make_unique<CsvWriter>();
  return std::make_unique<XlsxWriter>();
}

}  // namespace hotline::ticket
