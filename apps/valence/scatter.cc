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
  /// Index of `value` among `cells` equal parts.
  std::size_t Cell(double value, std::size_t cells) const {
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    return std::min(cells - 1, static_cast<std::size_t>(share * static_cast<double>(cells - 1) + 0.5));
  }
};

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
  for (const ScatterPoint& p : finite) {
    char& place = rows[height - 1 - y.Cell(p.y, height)][x.Cell(p.x, width)];
    place = place == ' ' ? p.mark : '#';
  }
  std::string out = fmt::format("  {}\n", y_name);
  for (std::size_t i = 0; i < height; ++i) {
    const std::string label = i == 0            ? fmt::format("{:.4f}", y.high)
                              : i + 1 == height ? fmt::format("{:.4f}", y.low)
                                                : "";
    out += fmt::format("  {:>10} |{}\n", label, rows[i].substr(0, rows[i].find_last_not_of(' ') + 1));
  }
  out += fmt::format("  {:>10} +{}\n", "", std::string(width, '-'));
  const std::string low = fmt::format("{:.4f}", x.low), high = fmt::format("{:.4f}", x.high);
  const std::size_t used = low.size() + high.size();
  out += fmt::format("  {:>10}  {}{}{}\n", "", low, std::string(width > used ? width - used : 1, ' '), high);
  return out + fmt::format("  {:>10}  {:^{}}\n", "", x_name, width);
}

}  // namespace valence::app
