#include "libs/document/page.h"

#include <algorithm>
#include <cmath>

#include "libs/document/document.h"

namespace hotline::document::internal {
namespace {

constexpr double kNumberSize = 14;  // 4 号, GB/T 9704, 7.5
constexpr double kNumberDrop = 7 * kMm;
constexpr double kMostSpread = 0.35;  // of a character: a line that lacks more is not spread
constexpr size_t kPieceCharacters = 2000;
constexpr size_t kKeepTogether = 2;   // lines at a page's foot or head

const char* FamilyOf(Face face) { return face == Face::kSerif || face == Face::kSerifBold ? "Noto Serif CJK SC" : "Noto Sans CJK SC"; }

// Latin words and numbers are kept tight: space is put between Chinese characters and around words only.
bool IsTight(gunichar c) { return c < 0x250 && c != ' '; }

// Widens a line to `width` by the same space after each character that may take some.
void Spread(PangoLayoutLine* line, const char* text, double size, double width) {
  PangoRectangle logical;
  pango_layout_line_get_extents(line, nullptr, &logical);
  const int missing = static_cast<int>(width * PANGO_SCALE) - logical.width;
  if (missing <= 0) return;
  struct Cluster {
    PangoGlyphGeometry* geometry;
    gunichar first;
  };
  std::vector<Cluster> clusters;
  for (GSList* run = line->runs; run != nullptr; run = run->next) {
    auto* item = static_cast<PangoGlyphItem*>(run->data);
    for (int i = 0; i < item->glyphs->num_glyphs; ++i) {
      PangoGlyphInfo& glyph = item->glyphs->glyphs[i];
      if (glyph.attr.is_cluster_start || clusters.empty()) {
        clusters.push_back({&glyph.geometry, g_utf8_get_char(text + item->item->offset + item->glyphs->log_clusters[i])});
      } else {
        clusters.back().geometry = &glyph.geometry;
      }
    }
  }
  while (!clusters.empty() && clusters.back().first == ' ') clusters.pop_back();
  std::vector<PangoGlyphGeometry*> gaps;
  for (size_t i = 0; i + 1 < clusters.size(); ++i) {
    if (!IsTight(clusters[i].first) || !IsTight(clusters[i + 1].first)) gaps.push_back(clusters[i].geometry);
  }
  if (gaps.empty() || missing > kMostSpread * size * PANGO_SCALE * static_cast<double>(gaps.size())) return;
  const int each = missing / static_cast<int>(gaps.size());
  int rest = missing - each * static_cast<int>(gaps.size());
  for (PangoGlyphGeometry* gap : gaps) gap->width += each + (rest-- > 0 ? 1 : 0);
}

// Quotation marks open and close in Chinese text, which Unicode's line breaking leaves open.
void KeepQuotes(PangoLayout* layout, const std::string& text) {
  PangoAttrList* attributes = pango_attr_list_new();
  const auto keep = [&](const char* from, const char* to) {
    PangoAttribute* attribute = pango_attr_allow_breaks_new(FALSE);
    attribute->start_index = static_cast<guint>(from - text.data());
    attribute->end_index = static_cast<guint>(to - text.data());
    pango_attr_list_insert(attributes, attribute);
  };
  const char *const begin = text.data(), *const end = begin + text.size();
  for (const char* at = begin; at < end; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    const char* next = g_utf8_next_char(at);
    if ((c == 0x201c || c == 0x2018) && next < end) keep(at, g_utf8_next_char(next));
    if ((c == 0x201d || c == 0x2019) && at > begin) keep(g_utf8_prev_char(at), next);
  }
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
}

// Bytes of so many characters at most, and no more than up to the line feed that should end a piece: the first for what
// goes on in a paragraph, the last one otherwise.
size_t PieceOf(std::string_view text, bool within) {
  size_t bytes = 0;
  for (size_t count = 0; count < kPieceCharacters && bytes < text.size(); ++count) {
    bytes += static_cast<size_t>(g_utf8_next_char(text.data() + bytes) - (text.data() + bytes));
  }
  bytes = std::min(bytes, text.size());
  const size_t feed = within ? text.substr(0, bytes).find('\n') : bytes == text.size() ? std::string_view::npos : text.substr(0, bytes).rfind('\n');
  return feed == std::string_view::npos ? bytes : feed + 1;
}

// Looked for and read once by each thread: a map of fonts belongs to one.
PangoFontMap* Fonts() {
  struct Map {
    PangoFontMap* map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    ~Map() { g_object_unref(map); }
  };
  thread_local Map fonts;
  return fonts.map;
}

}  // namespace

Text::Layout Text::Break(PangoContext* context, std::string_view text, bool indented) const {
  Layout layout(pango_layout_new(context));
  PangoFontDescription* font = pango_font_description_from_string(FamilyOf(style_.face));
  const bool bold = style_.face == Face::kSerifBold || style_.face == Face::kSansBold;
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size(font, style_.size * PANGO_SCALE);
  pango_layout_set_font_description(layout.get(), font);
  pango_font_description_free(font);
  pango_layout_set_auto_dir(layout.get(), FALSE);
  pango_layout_set_width(layout.get(), static_cast<int>(width_ * PANGO_SCALE));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_indent(layout.get(), indented ? static_cast<int>(style_.indent * PANGO_SCALE) : 0);
  const std::string piece(text);
  pango_layout_set_text(layout.get(), piece.data(), static_cast<int>(piece.size()));
  KeepQuotes(layout.get(), piece);
  return layout;
}

Text::Text(PangoContext* context, std::string_view raw, const TextStyle& style, double width) : style_(style), width_(width) {
  // A layout takes time with the square of its length, so that a long text is broken piece by piece, each from where the last
  // whole line of the one before ended.
  std::string clean = CleanText(raw);
  clean.erase(clean.find_last_not_of(" \n") + 1);  // Or what people end with an empty line would end with a gap.
  const std::string_view text = clean;
  bool within = false;
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = PieceOf(text.substr(at), within);
    const bool fed = text[at + bytes - 1] == '\n';
    const bool more = at + bytes < text.size();
    Layout layout = Break(context, text.substr(at, bytes - (fed && more ? 1 : 0)), !within);
    GSList* list = pango_layout_get_lines(layout.get());
    const guint count = g_slist_length(list);
    size_t taken = bytes;
    for (guint i = 0; i < count; ++i, list = list->next) {
      auto* line = static_cast<PangoLayoutLine*>(list->data);
      if (more && !fed && i + 1 == count && count > 1) {
        taken = static_cast<size_t>(line->start_index);
        within = !line->is_paragraph_start;
        break;
      }
      const bool first = line->is_paragraph_start && !(within && i == 0);
      if (first && !lines_.empty()) lines_.back().last = true;
      lines_.push_back({line, first, false});
      if (i + 1 == count) within = more && !fed;
    }
    layouts_.push_back(std::move(layout));
    at += taken;
  }
  if (!lines_.empty()) lines_.back().last = true;
}

size_t Text::LinesLeft(size_t line) const {
  size_t end = line;
  while (!lines_[end].last) ++end;
  return end - line + 1;
}

double Text::WidthOf(size_t line) const {
  PangoRectangle logical;
  pango_layout_line_get_extents(lines_[line].line, nullptr, &logical);
  return static_cast<double>(logical.width) / PANGO_SCALE;
}

void Text::Show(cairo_t* cairo, size_t index, double x, double y) const {
  const Line& line = lines_[index];
  double width = width_;
  if (line.first) {
    x += style_.indent;
    width -= style_.indent;
  }
  if (style_.align == Align::kJustify && !line.last) Spread(line.line, pango_layout_get_text(line.line->layout), style_.size, width);
  if (style_.align == Align::kCentre) x += (width - WidthOf(index)) / 2;
  if (style_.align == Align::kRight) x += width - WidthOf(index);
  cairo_set_source_rgb(cairo, style_.colour.red, style_.colour.green, style_.colour.blue);
  // A Chinese character stands from about 0.12 below the baseline to 0.88 above it.
  cairo_move_to(cairo, x, y + (style_.pitch - style_.size) / 2 + 0.88 * style_.size);
  pango_cairo_show_layout_line(cairo, line.line);
}

Pages::Pages(cairo_t* cairo) : cairo_(cairo), context_(pango_font_map_create_context(Fonts())) {
  pango_cairo_update_context(cairo, context_);
  pango_cairo_context_set_resolution(context_, 72);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context_, options);
  cairo_font_options_destroy(options);
  pango_context_set_language(context_, pango_language_from_string("zh-cn"));
  pango_context_set_base_dir(context_, PANGO_DIRECTION_LTR);
  pango_context_set_round_glyph_positions(context_, FALSE);
}

Pages::~Pages() { g_object_unref(context_); }

void Pages::NextPage() {
  PageNumber();
  cairo_show_page(cairo_);
  ++count_;
  y_ = kTop;
  too_many_ = too_many_ || count_ > kMaxPages;
}

void Pages::Need(double height) {
  if (Left() + 0.1 < height && !AtTop()) NextPage();
}

void Pages::Finish() {
  PageNumber();
  cairo_show_page(cairo_);
}

void Pages::PageNumber() {
  // Odd pages to the right, even ones to the left, one character in.
  const bool odd = count_ % 2 == 1;
  const TextStyle style{.face = Face::kSerif, .size = kNumberSize, .pitch = kNumberSize, .align = odd ? Align::kRight : Align::kLeft};
  const Text text(context_, "— " + std::to_string(count_) + " —", style, kWidth - 2 * kNumberSize);
  text.Show(cairo_, 0, kLeft + kNumberSize, kBottom + kNumberDrop);
}

void Pages::Flow(std::string_view content, const TextStyle& style, double after) {
  const Text text(context_, content, style, kWidth);
  for (size_t line = 0; line < text.lines() && !too_many_; ++line) {
    const size_t left = text.LinesLeft(line);
    // Of a paragraph the first two lines stay together, and so do the last two.
    size_t together = 1;
    if (text.BeginsParagraph(line) && left > kKeepTogether) together = left == kKeepTogether + 1 ? left : kKeepTogether;
    if (left == kKeepTogether) together = kKeepTogether;
    const bool end = line + left == text.lines() && (left == kKeepTogether || (left == 1 && text.BeginsParagraph(line)));
    Need(style.pitch * static_cast<double>(together) + (end ? after : 0));
    if (Left() + 0.1 < style.pitch) NextPage();
    text.Show(cairo_, line, kLeft, y_);
    y_ += style.pitch;
  }
}

void Pages::Label(std::string_view content, const TextStyle& style, double x, double y, double width) {
  std::string text = CleanText(content);
  std::replace(text.begin(), text.end(), '\n', ' ');
  const Text whole(context_, text, style, 10 * kPageWidth);
  if (whole.lines() > 0 && whole.WidthOf(0) > width) {
    while (!text.empty()) {
      const char* shorter = g_utf8_find_prev_char(text.c_str(), text.c_str() + text.size());
      text.resize(shorter == nullptr ? 0 : static_cast<size_t>(shorter - text.c_str()));
      if (Text(context_, text + "…", style, 10 * kPageWidth).WidthOf(0) <= width) break;
    }
    text += "…";
  }
  const Text fitting(context_, text, style, width + 1);
  if (fitting.lines() > 0) fitting.Show(cairo_, 0, x, y);
}

void Pages::Rule(double x, double y, double width, double thickness, const Colour& colour) {
  cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
  cairo_set_line_width(cairo_, thickness);
  cairo_move_to(cairo_, x, y);
  cairo_line_to(cairo_, x + width, y);
  cairo_stroke(cairo_);
}

void Pages::Box(double x, double y, double width, double height, double thickness, const Colour& colour) {
  cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
  cairo_set_line_width(cairo_, thickness);
  cairo_rectangle(cairo_, x, y, width, height);
  cairo_stroke(cairo_);
}

void Pages::Fill(double x, double y, double width, double height, const Colour& colour) {
  cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
  cairo_rectangle(cairo_, x, y, width, height);
  cairo_fill(cairo_);
}

void Pages::Polyline(const std::vector<std::pair<double, double>>& points, double thickness, const Colour& colour) {
  cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
  cairo_set_line_width(cairo_, thickness);
  for (const auto& [x, y] : points) cairo_line_to(cairo_, x, y);
  cairo_stroke(cairo_);
}

}  // namespace hotline::document::internal
