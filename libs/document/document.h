// Official documents as PDF: A4, laid out after GB/T 9704 (type area 156 × 225 mm, body of 16 pt in lines of 29 pt), Chinese lines
// justified and broken after the rules of kinsoku, text selectable, fonts embedded. What is given is text and nothing else:
// no markup is understood, control characters and overrides of direction are dropped. The same document gives the same bytes.
//
//   document::Document letter{.title = "公函", .create_time = now};
//   letter.blocks.push_back(document::RedHead{"云州市12345热线中心文件", "云热函〔2026〕17号"});
//   letter.blocks.push_back(document::Paragraph{.text = "……"});
//   HOTLINE_ASSIGN_OR_RETURN(const document::Rendered file, document::Render(letter));
//
// Pure but for the fonts of the system; thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hotline::document {

inline constexpr size_t kMaxText = 400'000;  // bytes of all text of a document
inline constexpr size_t kMaxBlocks = 2'000;
inline constexpr int kMaxPages = 300;
inline constexpr size_t kMaxColumns = 12;
inline constexpr size_t kMaxChartValues = 62;

// The red head of a letter or order: who issues it, its number, a red line below.
struct RedHead {
  std::string issuer = {};
  std::string number = {};
};
// 2 号, centred, broken into balanced lines.
struct Title {
  std::string text = {};
};
// Small and centred, below a title: "第 17 期".
struct Subtitle {
  std::string text = {};
};
// Flush left: whom it is for.
struct Addressee {
  std::string text = {};
};
enum class Style { kBody, kHeading, kSubheading, kNote };
// Each line of the text is a paragraph, its first line indented by two characters.
struct Paragraph {
  std::string text = {};
  Style style = Style::kBody;
  bool indent = true;
};
// A ruled table. Without a header its odd columns are labels: the form of a handling sheet. Widths are shares; empty: equal.
struct Table {
  std::vector<std::string> header = {};
  std::vector<std::vector<std::string>> rows = {};  // a row with fewer cells: its last one takes the rest
  std::vector<double> widths = {};
  std::vector<int> min_lines = {};  // of each row; empty: 1
};
struct Series {
  std::string name = {};
  std::vector<double> values = {};  // one for each label; NaN: unknown
};
// Bars lie, with their labels to the left; a line goes over its labels from left to right.
struct Chart {
  enum class Kind { kBars, kLine };
  Kind kind = Kind::kBars;
  std::string title = {};
  std::vector<std::string> labels = {};
  std::vector<Series> series = {};  // at most 3
  bool percent = false;             // values are 0 to 1
};
// Right: who signs, and under it when. Not torn apart.
struct Signature {
  std::string unit = {};
  std::string date = {};
};
// At the end of the last page, between lines: who gets copies, who printed it when.
struct CopyTo {
  std::string copies = {};
  std::string printed_by = {};
  std::string date = {};
};
using Block = std::variant<RedHead, Title, Subtitle, Addressee, Paragraph, Table, Chart, Signature, CopyTo>;

struct Document {
  std::string title = {};  // metadata
  absl::Time create_time = absl::UnixEpoch();  // metadata, to the second
  std::vector<Block> blocks = {};
};

struct Rendered {
  std::string pdf;
  int pages = 0;
};

// INVALID_ARGUMENT DOCUMENT_TOO_LONG beyond a limit above; FAILED_PRECONDITION FONT_MISSING without Noto CJK; INTERNAL
// RENDERING_FAILED.
absl::StatusOr<Rendered> Render(const Document& document);

// The text as it is set: valid UTF-8, lines ended by '\n', without control characters and overrides of direction.
std::string CleanText(std::string_view text);

}  // namespace hotline::document
