// SPDX-License-Identifier: Apache-2.0
#include "scatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valence::app {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void Add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool IsPoint() const { return !(high > low); }
  /// Index of `value` among `cells` equal parts.
  std::size_t Cell(double value, std::size_t cells) const {
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    return std::min(cells - 1, static_cast<std::size_t>(share * static_cast<double>(cells - 1) + 0.5));
  }
};

constexpr char kSeveral = '#';

std::string Label(double value) { return fmt::format("{:.5g}", value); }

/// What of the axis stands beside its `i`-th row from above; one value stands in the middle.
std::string RowLabel(const Range& y, std::size_t i, std::size_t height) {
  if (y.IsPoint()) return i == height - 1 - y.Cell(y.low, height) ? Label(y.low) : "";
  if (i == 0) return Label(y.high);
  return i + 1 == height ? Label(y.low) : "";
}

/// The ends of the x axis below it, and its name between them.
std::string AxisBelow(const Range& x, const std::string& name, std::size_t width) {
  if (x.IsPoint()) {
    const std::string text = fmt::format("{} = {}", name, Label(x.low));
    return std::string(text.size() < width ? (width - text.size()) / 2 : 0, ' ') + text;
  }
  const std::string low = Label(x.low), high = Label(x.high);
  const std::size_t used = low.size() + name.size() + high.size();
  const std::size_t gap = width > used + 1 ? width - used : 2;
  return low + std::string(gap / 2, ' ') + name + std::string(gap - gap / 2, ' ') + high;
}

}  // namespace

std::string RenderScatter(const std::vector<ScatterPoint>& points, const std::string& x_name, const std::string& y_name,
                          std::size_t width, std::size_t height) {
  Range x, y;
  std::vector<ScatterPoint> finite;
  std::copy_if(points.begin(), points.end(), std::back_inserter(finite),
               [](const ScatterPoint& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
  if (finite.empty()) return {};
  for (const ScatterPoint& p : finite) {
    x.Add(p.x);
    y.Add(p.y);
  }
  std::vector<std::string> rows(height, std::string(width, ' '));
  bool has_several = false;
  for (const ScatterPoint& p : finite) {
    char& place = rows[height - 1 - y.Cell(p.y, height)][x.Cell(p.x, width)];
    has_several |= place != ' ';
    place = place == ' ' ? p.mark : kSeveral;
  }
  std::string out = fmt::format("  {}\n", y_name);
  for (std::size_t i = 0; i < height; ++i) {
    out += fmt::format("  {:>10} |{}\n", RowLabel(y, i, height), rows[i].substr(0, rows[i].find_last_not_of(' ') + 1));
  }
  out += fmt::format("  {:>10} +{}\n  {:>10}  {}\n", "", std::string(width, '-'), "", AxisBelow(x, x_name, width));
  if (has_several) out += fmt::format("  {}: more than one run\n", kSeveral);
  const std::size_t absent = points.size() - finite.size();
  if (absent > 0)
    out +=
        fmt::format("  not shown: {} without both figures\n", absent == 1 ? "1 run" : fmt::format("{} runs", absent));
  return out;
}

}  // namespace valence::app
