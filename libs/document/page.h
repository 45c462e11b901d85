// Pages of one document under way: text in lines of a fixed pitch, boxes and rules, page numbers. Used by one thread, inside
// libs/document only. Lengths are points (1/72 inch), y grows downwards.
#pragma once

#include <cairo.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::document::internal {

inline constexpr double kMm = 72 / 25.4;
inline constexpr double kPageWidth = 210 * kMm, kPageHeight = 297 * kMm;
// The type area of GB/T 9704, 5.2.
inline constexpr double kTop = 37 * kMm, kLeft = 28 * kMm, kWidth = 156 * kMm, kHeight = 225 * kMm;
inline constexpr double kBottom = kTop + kHeight;
// 28 characters fill a line.
inline constexpr double kBodySize = kWidth / 28;
inline constexpr double kBodyPitch = kHeight / 22;

enum class Face { kSerif, kSerifBold, kSans, kSansBold };
enum class Align { kLeft, kCentre, kRight, kJustify };

struct Colour {
  double red = 0, green = 0, blue = 0;
};
inline constexpr Colour kBlack{}, kRed{0.85, 0.05, 0.05}, kGrey{0.45, 0.45, 0.45}, kLight{0.82, 0.82, 0.82};

struct TextStyle {
  Face face = Face::kSerif;
  double size = kBodySize;
  double pitch = kBodyPitch;
  Align align = Align::kJustify;
  double indent = 0;  // of the first line
  Colour colour = kBlack;
};

// Text broken into lines of a width.
class Text {
 public:
  Text(PangoContext* context, std::string_view text, const TextStyle& style, double width);
  size_t lines() const { return lines_.size(); }
  double WidthOf(size_t line) const;
  // How many lines from this one on belong to its paragraph.
  size_t LinesLeft(size_t line) const;
  bool BeginsParagraph(size_t line) const { return line == 0 || lines_[line - 1].last; }
  // Draws one line into the strip of the style's pitch whose top is y.
  void Show(cairo_t* cairo, size_t line, double x, double y) const;

 private:
  struct Unref { void operator()(PangoLayout* layout) const { g_object_unref(layout); } };
  using Layout = std::unique_ptr<PangoLayout, Unref>;
  struct Line {
    PangoLayoutLine* line;  // its layout's own
    bool first;             // of its paragraph
    bool last;
  };
  Layout Break(PangoContext* context, std::string_view text, bool indented) const;

  const TextStyle style_;
  const double width_;
  std::vector<Layout> layouts_;
  std::vector<Line> lines_;
};

class Pages {
 public:
  // Draws on `cairo`, whose target has pages of A4.
  explicit Pages(cairo_t* cairo);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  cairo_t* cairo() const { return cairo_; }
  PangoContext* context() const { return context_; }
  int count() const { return count_; }
  bool too_many() const { return too_many_; }

  double y() const { return y_; }
  double Left() const { return kBottom - y_; }
  bool AtTop() const { return y_ <= kTop + 0.1; }
  void Skip(double height) { y_ += height; }
  void NextPage();
  // A new page if so much does not fit on this one, but would on an empty one.
  void Need(double height);
  // Ends the last page.
  void Finish();

  // Text in the type area, over as many pages as it takes; of a paragraph of three lines or more none stands alone on a page.
  // `after`: what follows, so high, has the last lines with it on its page.
  void Flow(std::string_view text, const TextStyle& style, double after = 0);
  // One line at a place; shortened if it does not fit.
  void Label(std::string_view text, const TextStyle& style, double x, double y, double width);
  void Rule(double x, double y, double width, double thickness, const Colour& colour = kBlack);
  void Box(double x, double y, double width, double height, double thickness = 0.6, const Colour& colour = kBlack);
  void Fill(double x, double y, double width, double height, const Colour& colour);
  void Polyline(const std::vector<std::pair<double, double>>& points, double thickness, const Colour& colour);

 private:
  void PageNumber();

  cairo_t* const cairo_;
  PangoContext* context_;
  double y_ = kTop;
  int count_ = 1;
  bool too_many_ = false;
};

}  // namespace hotline::document::internal
