#include "libs/document/document.h"

#include <cairo-pdf.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "libs/base/error.h"
#include "libs/document/charts.h"
#include "libs/document/page.h"

namespace hotline::document {
namespace {

using internal::Align;
using internal::Face;
using internal::kBodyPitch;
using internal::kBodySize;
using internal::kLeft;
using internal::kMm;
using internal::kWidth;
using internal::Pages;
using internal::Text;
using internal::TextStyle;

constexpr double kTitleSize = 22, kTitlePitch = 32;
constexpr double kSignatureHeight = 4 * kBodyPitch;
constexpr double kCopySize = 14, kCopyPitch = 24;
constexpr double kCellSize = 12, kCellPitch = 19, kCellPadX = 5, kCellPadY = 5;

// What could turn a line around, hide in it or end it: controls, marks and overrides of direction, separators of lines.
bool IsDropped(gunichar c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

size_t TextBytes(const Block& block) {
  struct Counter {
    size_t operator()(const RedHead& b) const { return b.issuer.size() + b.number.size(); }
    size_t operator()(const Title& b) const { return b.text.size(); }
    size_t operator()(const Subtitle& b) const { return b.text.size(); }
    size_t operator()(const Addressee& b) const { return b.text.size(); }
    size_t operator()(const Paragraph& b) const { return b.text.size(); }
    size_t operator()(const Table& b) const {
      size_t bytes = 0;
      for (const std::string& cell : b.header) bytes += cell.size();
      for (const auto& row : b.rows) {
        for (const std::string& cell : row) bytes += cell.size() + 1;
      }
      return bytes;
    }
    size_t operator()(const Chart& b) const {
      size_t bytes = 0;
      for (const std::string& label : b.labels) bytes += label.size() + 1;
      return bytes;
    }
    size_t operator()(const Signature& b) const { return b.unit.size() + b.date.size(); }
    size_t operator()(const CopyTo& b) const { return b.copies.size() + b.printed_by.size() + b.date.size(); }
  };
  return std::visit(Counter{}, block);
}

bool ShapeIsGood(const Block& block) {
  if (const auto* table = std::get_if<Table>(&block)) {
    const size_t columns = std::max(table->header.size(), table->rows.empty() ? 0 : table->rows[0].size());
    for (const auto& row : table->rows) {
      if (row.size() > kMaxColumns) return false;
    }
    return columns <= kMaxColumns;
  }
  if (const auto* chart = std::get_if<Chart>(&block)) return chart->labels.size() <= kMaxChartValues && chart->series.size() <= 3;
  return true;
}

struct Drawer {
  Pages& pages;
  double after = 0;  // height of what the paragraph being drawn is to stay with

  void operator()(const RedHead& head) const {
    // The issuer's name is as large as fits, at most 1 cm high.
    double size = 40;
    const auto width_at = [&](double points) {
      return Text(pages.context(), head.issuer, {.face = Face::kSerifBold, .size = points, .pitch = points, .align = Align::kCentre}, 10 * kWidth).WidthOf(0);
    };
    if (!head.issuer.empty()) size = std::min(size, size * (kWidth - 4) / std::max(1.0, width_at(size)));
    pages.Flow(head.issuer, {.face = Face::kSerifBold, .size = size, .pitch = std::max(size * 1.4, 46.0), .align = Align::kCentre, .indent = 0, .colour = internal::kRed});
    pages.Skip(head.number.empty() ? 6 : kBodyPitch * 0.6);
    pages.Flow(head.number, {.align = Align::kCentre});
    pages.Rule(kLeft, pages.y() + 4 * kMm, kWidth, 1.6, internal::kRed);
    pages.Skip(4 * kMm + kBodyPitch);
  }
  void operator()(const Title& title) const {
    const TextStyle style{.face = Face::kSerifBold, .size = kTitleSize, .pitch = kTitlePitch, .align = Align::kCentre};
    // Lines of about the same length, the upper ones not shorter than the last by much.
    const Text whole(pages.context(), title.text, style, kWidth);
    if (whole.lines() > 1) {
      double total = 0;
      for (size_t i = 0; i < whole.lines(); ++i) total += whole.WidthOf(i);
      const double width = std::min(kWidth, total / static_cast<double>(whole.lines()) + kTitleSize);
      const Text balanced(pages.context(), title.text, style, width);
      pages.Need(kTitlePitch * static_cast<double>(balanced.lines()));
      for (size_t i = 0; i < balanced.lines(); ++i) {
        balanced.Show(pages.cairo(), i, kLeft + (kWidth - width) / 2, pages.y());
        pages.Skip(kTitlePitch);
      }
    } else {
      pages.Flow(title.text, style);
    }
    pages.Skip(kBodyPitch * 0.6);
  }
  void operator()(const Subtitle& subtitle) const {
    pages.Flow(subtitle.text, {.size = 14, .pitch = 24, .align = Align::kCentre});
    pages.Skip(4);
  }
  void operator()(const Addressee& addressee) const { pages.Flow(addressee.text, {}); }
  void operator()(const Paragraph& paragraph) const {
    TextStyle style{.indent = paragraph.indent ? 2 * kBodySize : 0};
    if (paragraph.style == Style::kHeading) style.face = Face::kSans;
    if (paragraph.style == Style::kSubheading) style.face = Face::kSerifBold;
    if (paragraph.style == Style::kNote) {
      style = {.face = Face::kSerif, .size = 10.5, .pitch = 17, .align = Align::kJustify, .indent = paragraph.indent ? 21.0 : 0, .colour = internal::kGrey};
    }
    if (paragraph.style == Style::kHeading || paragraph.style == Style::kSubheading) pages.Need(3 * style.pitch);
    pages.Flow(paragraph.text, style, after);
  }
  void operator()(const Table& table) const { DrawTable(table); }
  void operator()(const Chart& chart) const { internal::DrawChart(pages, chart); }
  void operator()(const Signature& signature) const {
    pages.Need(kSignatureHeight);
    pages.Skip(kBodyPitch);
    const TextStyle style{.align = Align::kCentre};
    const double unit = Text(pages.context(), signature.unit, style, 10 * kWidth).WidthOf(0);
    const double date = Text(pages.context(), signature.date, style, 10 * kWidth).WidthOf(0);
    // The date stands four characters from the right edge, the unit is centred over it (GB/T 9704, 7.3.5).
    const double wide = std::min(std::max(unit, date), kWidth - kBodySize);
    const double x = kLeft + kWidth - std::min(4 * kBodySize, kWidth - wide) - std::max(date, 0.0) / 2 - wide / 2;
    const double left = std::max(kLeft, std::min(x, kLeft + kWidth - wide));
    pages.Label(signature.unit, style, left, pages.y(), wide);
    pages.Label(signature.date, style, left, pages.y() + kBodyPitch, wide);
    pages.Skip(2 * kBodyPitch);
  }
  Text CopiesOf(const CopyTo& copy) const {
    return Text(pages.context(), copy.copies, {.size = kCopySize, .pitch = kCopyPitch, .align = Align::kJustify}, kWidth - 2 * kCopySize);
  }
  static bool IsPrinted(const CopyTo& copy) { return !copy.printed_by.empty() || !copy.date.empty(); }
  double HeightOf(const CopyTo& copy) const { return static_cast<double>(CopiesOf(copy).lines() + (IsPrinted(copy) ? 1 : 0)) * kCopyPitch + 12; }

  // Who signs and who gets copies do not stand on a page without any of the text (GB/T 9704, 7.3.5.5).
  double HeightOfEnd(const std::vector<Block>& blocks, size_t next) const {
    double height = 0;
    for (; next < blocks.size(); ++next) {
      if (std::holds_alternative<Signature>(blocks[next])) height += kSignatureHeight;
      else if (const auto* copy = std::get_if<CopyTo>(&blocks[next])) height += HeightOf(*copy) + kBodyPitch;
      else break;
    }
    return height;
  }

  void operator()(const CopyTo& copy) const {
    const TextStyle style{.size = kCopySize, .pitch = kCopyPitch, .align = Align::kJustify};
    const Text copies = CopiesOf(copy);
    const bool printed = IsPrinted(copy);
    const double height = HeightOf(copy);
    pages.Need(height + kBodyPitch);
    double y = std::max(pages.y() + kBodyPitch / 2, internal::kBottom - height);
    pages.Skip(y + height - pages.y());
    pages.Rule(kLeft, y, kWidth, 1);
    y += 3;
    for (size_t i = 0; i < copies.lines(); ++i, y += style.pitch) copies.Show(pages.cairo(), i, kLeft + 14, y);
    if (printed) {
      pages.Rule(kLeft, y + 3, kWidth, 0.7);
      y += 6;
      const TextStyle right{.size = 14, .pitch = 24, .align = Align::kRight};
      pages.Label(copy.printed_by, {.size = 14, .pitch = 24, .align = Align::kLeft}, kLeft + 14, y, kWidth * 0.6);
      pages.Label(copy.date, right, kLeft + kWidth * 0.6, y, kWidth * 0.4 - 14);
    }
    pages.Rule(kLeft, y + style.pitch + 3, kWidth, 1);
  }

  struct Cell {
    Text text;
    double x, width;
    bool label;
    std::string again = {};  // a form's label, for where the row goes on
  };

  std::vector<Cell> Cells(const std::vector<std::string>& texts, const std::vector<double>& edges, bool header, bool form) const {
    std::vector<Cell> cells;
    const size_t columns = edges.size() - 1;
    for (size_t i = 0; i < texts.size() && i < columns; ++i) {
      const size_t to = i + 1 == texts.size() ? columns : i + 1;
      const bool label = header || (form && i % 2 == 0);
      const bool number = !label && !form && i > 0;
      const TextStyle style{.face = label ? Face::kSans : Face::kSerif, .size = kCellSize, .pitch = kCellPitch,
                            .align = label || number ? Align::kCentre : Align::kJustify};
      const double width = edges[to] - edges[i];
      cells.push_back({Text(pages.context(), texts[i], style, width - 2 * kCellPadX), edges[i], width, label, label && form && !texts[i].empty() ? texts[i] + "\n（续）" : ""});
    }
    return cells;
  }

  void ShowAgain(const Cell& cell, size_t lines) const {
    if (cell.again.empty()) return;
    const Text text(pages.context(), cell.again, {.face = Face::kSans, .size = kCellSize, .pitch = kCellPitch, .align = Align::kCentre}, cell.width - 2 * kCellPadX);
    for (size_t i = 0; i < std::min(lines, text.lines()); ++i) text.Show(pages.cairo(), i, cell.x + kCellPadX, pages.y() + kCellPadY + static_cast<double>(i) * kCellPitch);
  }

  // A row goes on on the next page where it must, as a box of its own.
  void DrawRow(const std::vector<Cell>& cells, size_t min_lines, bool shaded, const std::vector<Cell>* header) const {
    size_t lines = min_lines;
    for (const Cell& cell : cells) lines = std::max(lines, cell.text.lines());
    const size_t whole = lines;
    for (size_t done = 0; done < whole && !pages.too_many();) {
      if (done == 0 && static_cast<double>(whole) * kCellPitch + 2 * kCellPadY <= internal::kHeight / 3) pages.Need(static_cast<double>(whole) * kCellPitch + 2 * kCellPadY);
      if (pages.Left() < 2 * kCellPitch + 2 * kCellPadY && !pages.AtTop() && whole - done > 1) pages.NextPage();
      if (pages.Left() < kCellPitch + 2 * kCellPadY) pages.NextPage();
      if (header != nullptr && pages.AtTop()) DrawRow(*header, 1, true, nullptr);
      const auto fit = static_cast<size_t>(std::max(1.0, (pages.Left() - 2 * kCellPadY) / kCellPitch));
      size_t count = std::min(fit, whole - done);
      if (whole - done - count == 1 && count > 2) --count;  // No line stands alone.
      const double height = static_cast<double>(count) * kCellPitch + 2 * kCellPadY;
      for (const Cell& cell : cells) {
        if (shaded || cell.label) pages.Fill(cell.x, pages.y(), cell.width, height, {0.955, 0.955, 0.955});
        pages.Box(cell.x, pages.y(), cell.width, height);
        // Short cells stand in the middle of a row that is not torn.
        const double shift = cell.text.lines() < whole && count == whole && (cell.label || cell.text.lines() == 1)
                                 ? static_cast<double>(whole - cell.text.lines()) * kCellPitch / 2 : 0;
        const double drop = cell.label || whole < 4 || min_lines == 1 ? shift : 0;
        if (done > 0) ShowAgain(cell, count);
        for (size_t i = 0; i < count && done + i < cell.text.lines(); ++i) {
          cell.text.Show(pages.cairo(), done + i, cell.x + kCellPadX, pages.y() + kCellPadY + drop + static_cast<double>(i) * kCellPitch);
        }
      }
      pages.Skip(height);
      done += count;
    }
  }

  void DrawTable(const Table& table) const {
    size_t columns = table.header.size();
    for (const auto& row : table.rows) columns = std::max(columns, row.size());
    if (columns == 0) return;
    std::vector<double> shares = table.widths;
    shares.resize(columns, 1);
    for (double& share : shares) share = std::isfinite(share) && share > 0.05 ? share : 0.05;
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<double> edges{kLeft};
    for (const double share : shares) edges.push_back(edges.back() + kWidth * share / total);
    const bool form = table.header.empty();
    if (!pages.AtTop()) pages.Skip(6);
    const std::vector<Cell> header = Cells(table.header, edges, true, false);
    if (!form) {
      pages.Need(3 * (kCellPitch + 2 * kCellPadY));
      if (!pages.AtTop()) DrawRow(header, 1, true, nullptr);
    }
    for (size_t i = 0; i < table.rows.size(); ++i) {
      const int lines = i < table.min_lines.size() ? std::clamp(table.min_lines[i], 1, 30) : 1;
      DrawRow(Cells(table.rows[i], edges, false, form), static_cast<size_t>(lines), false, form ? nullptr : &header);
    }
    pages.Skip(kBodyPitch / 2);
  }
};

cairo_status_t Append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

absl::Status TooLong() { return base::Error(absl::StatusCode::kInvalidArgument, "DOCUMENT_TOO_LONG", "the document is too long"); }

// Another font would set other lines: a document is made with its fonts or not at all.
bool HasFonts(PangoContext* context) {
  for (const char* family : {"Noto Serif CJK SC", "Noto Sans CJK SC"}) {
    PangoFontDescription* wanted = pango_font_description_from_string(family);
    PangoFont* font = pango_context_load_font(context, wanted);
    pango_font_description_free(wanted);
    if (font == nullptr) return false;
    PangoFontDescription* got = pango_font_describe(font);
    const bool same = std::string_view(pango_font_description_get_family(got)) == family;
    pango_font_description_free(got);
    g_object_unref(font);
    if (!same) return false;
  }
  return true;
}

}  // namespace

std::string CleanText(std::string_view text) {
  char* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string clean;
  for (const char* at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (c == '\n' || c == 0x2028 || c == 0x2029) {
      clean += '\n';
    } else if (c == '\t') {
      clean += ' ';
    } else if (!IsDropped(c)) {
      clean.append(at, static_cast<size_t>(g_utf8_next_char(at) - at));
    }
  }
  g_free(valid);
  return clean;
}

absl::StatusOr<Rendered> Render(const Document& document) {
  size_t bytes = 0;
  for (const Block& block : document.blocks) {
    bytes += TextBytes(block);
    if (!ShapeIsGood(block)) return TooLong();
  }
  if (document.blocks.size() > kMaxBlocks || bytes > kMaxText) return TooLong();
  Rendered rendered;
  cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(Append, &rendered.pdf, internal::kPageWidth, internal::kPageHeight);
  const std::string time = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", document.create_time, absl::UTCTimeZone());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, CleanText(document.title).c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Hotline");
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, time.c_str());
  cairo_t* cairo = cairo_create(surface);
  bool fonts = false, too_many = false;
  {
    Pages pages(cairo);
    fonts = HasFonts(pages.context());
    if (fonts) {
      for (size_t i = 0; i < document.blocks.size() && !pages.too_many(); ++i) {
        Drawer drawer{pages};
        drawer.after = drawer.HeightOfEnd(document.blocks, i + 1);
        std::visit(drawer, document.blocks[i]);
      }
      pages.Finish();
      rendered.pages = pages.count();
      too_many = pages.too_many();
    }
  }
  cairo_destroy(cairo);
  cairo_surface_finish(surface);
  const cairo_status_t status = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (!fonts) return base::FailedPrecondition("FONT_MISSING", "the package fonts-noto-cjk is not installed");
  if (too_many) return TooLong();
  if (status != CAIRO_STATUS_SUCCESS) return base::Internal("RENDERING_FAILED", cairo_status_to_string(status));
  return rendered;
}

}  // namespace hotline::document
