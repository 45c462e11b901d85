#include "libs/document/charts.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace hotline::document::internal {
namespace {

// Told apart in print without colour as well: dark, light, middle.
constexpr std::array<Colour, 3> kSeries = {{{0.12, 0.33, 0.62}, {0.72, 0.78, 0.86}, {0.80, 0.42, 0.12}}};
constexpr double kSmall = 9, kSmallPitch = 13, kTitlePitch = 20;
constexpr double kBar = 9, kBarGap = 7;
constexpr double kLineHeight = 110;
constexpr int kGridLines = 4;

TextStyle Small(Align align = Align::kLeft, Colour colour = kBlack) {
  return {.face = Face::kSans, .size = kSmall, .pitch = kSmallPitch, .align = align, .indent = 0, .colour = colour};
}

std::string ValueText(double value, bool percent) {
  if (std::isnan(value)) return "—";
  return percent ? absl::StrFormat("%.1f%%", value * 100) : absl::StrFormat("%.6g", value);
}

// The least round number not below the values.
double Ceiling(const Chart& chart) {
  double most = 0;
  for (const Series& series : chart.series) {
    for (const double value : series.values) most = std::isnan(value) ? most : std::max(most, value);
  }
  if (chart.percent) return 1;
  if (most <= 0) return 1;
  const double step = std::pow(10, std::floor(std::log10(most)));
  for (const double factor : {1.0, 2.0, 4.0, 5.0, 8.0, 10.0}) {
    if (factor * step >= most) return std::max(factor * step, static_cast<double>(kGridLines));
  }
  return most;
}

void Heading(Pages& pages, const Chart& chart) {
  pages.Label(chart.title, {.face = Face::kSansBold, .size = 11, .pitch = kTitlePitch, .align = Align::kLeft}, kLeft, pages.y(), kWidth * 0.6);
  double x = kLeft + kWidth;
  for (size_t i = std::min(chart.series.size(), kSeries.size()); i-- > 0;) {
    const double width = Text(pages.context(), chart.series[i].name, Small(), kWidth).WidthOf(0);
    x -= width;
    pages.Label(chart.series[i].name, Small(), x, pages.y() + 3.5, width + 1);
    x -= 12;
    pages.Fill(x, pages.y() + 6, 8, 8, kSeries[i]);
    x -= 10;
  }
  pages.Skip(kTitlePitch + 2);
}

double ValueAt(const Series& series, size_t index) { return index < series.values.size() ? series.values[index] : NAN; }

void Bars(Pages& pages, const Chart& chart) {
  const size_t series = std::min(chart.series.size(), kSeries.size());
  const double row = static_cast<double>(series) * kBar + kBarGap, labels = kWidth * 0.3, values = 46;
  const double space = kWidth - labels - values - 6;
  pages.Need(kTitlePitch + 2 + std::min(row * static_cast<double>(chart.labels.size()), kHeight * 0.6));
  Heading(pages, chart);
  const double most = Ceiling(chart);
  for (size_t i = 0; i < chart.labels.size(); ++i) {
    pages.Need(row);
    const double top = pages.y() + kBarGap / 2;
    pages.Label(chart.labels[i], Small(Align::kRight), kLeft, top + (row - kBarGap - kSmallPitch) / 2, labels - 6);
    for (size_t s = 0; s < series; ++s) {
      const double value = ValueAt(chart.series[s], i);
      const double length = std::isnan(value) ? 0 : std::clamp(value / most, 0.0, 1.0) * space;
      const double y = top + static_cast<double>(s) * kBar;
      pages.Fill(kLeft + labels, y, length, kBar - 1.5, kSeries[s]);
      pages.Label(ValueText(value, chart.percent), {.face = Face::kSans, .size = 7.5, .pitch = kBar, .align = Align::kLeft, .indent = 0, .colour = kGrey},
                  kLeft + labels + length + 4, y - 0.8, values);
    }
    pages.Rule(kLeft + labels, pages.y(), 0.01, 0.5, kGrey);
    pages.Skip(row);
  }
  pages.Skip(8);
}

void Line(Pages& pages, const Chart& chart) {
  pages.Need(kTitlePitch + kLineHeight + 2 * kSmallPitch);
  Heading(pages, chart);
  const double axis = 40, left = kLeft + axis, width = kWidth - axis - 6, top = pages.y() + 4, most = Ceiling(chart);
  for (int i = 0; i <= kGridLines; ++i) {
    const double y = top + kLineHeight * (1 - static_cast<double>(i) / kGridLines);
    pages.Rule(left, y, width, 0.4, i == 0 ? kGrey : kLight);
    pages.Label(ValueText(most * i / kGridLines, chart.percent), Small(Align::kRight, kGrey), kLeft, y - kSmallPitch / 2, axis - 5);
  }
  const size_t count = chart.labels.size();
  const double step = count > 1 ? width / static_cast<double>(count - 1) : 0;
  const size_t each = std::max<size_t>(1, (count + 9) / 10);  // as many labels as fit
  for (size_t i = 0; i < count; i += each) {
    const double x = left + step * static_cast<double>(i);
    pages.Label(chart.labels[i], Small(Align::kCentre, kGrey), x - 30, top + kLineHeight + 2, 60);
  }
  for (size_t s = std::min(chart.series.size(), kSeries.size()); s-- > 0;) {
    std::vector<std::pair<double, double>> points;
    const auto flush = [&] {
      pages.Polyline(points, s == 0 ? 1.6 : 1.2, kSeries[s]);
      for (const auto& [x, y] : points) pages.Fill(x - 1.6, y - 1.6, 3.2, 3.2, kSeries[s]);
      points.clear();
    };
    for (size_t i = 0; i < count; ++i) {
      const double value = ValueAt(chart.series[s], i);
      if (std::isnan(value)) {
        flush();
      } else {
        points.emplace_back(left + step * static_cast<double>(i), top + kLineHeight * (1 - std::clamp(value / most, 0.0, 1.0)));
      }
    }
    flush();
  }
  pages.Skip(kLineHeight + kSmallPitch + 16);
}

}  // namespace

void DrawChart(Pages& pages, const Chart& chart) {
  if (chart.labels.empty() || chart.series.empty()) return;
  if (chart.kind == Chart::Kind::kBars) return Bars(pages, chart);
  Line(pages, chart);
}

}  // namespace hotline::document::internal
