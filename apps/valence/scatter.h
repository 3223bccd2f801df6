// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace valence::app {

struct ScatterPoint {
  double x = 0, y = 0;
  char mark = '*';  ///< letter that the table gives this point
};

/// Points on `width` x `height` characters with axes and the bounds of both; where several fall on one place, '#'.
/// Points that are not finite are left out. "" if none is left.
std::string RenderScatter(const std::vector<ScatterPoint>& points, const std::string& x_name, const std::string& y_name,
                          std::size_t width, std::size_t height);

}  // namespace valence::app
