// SPDX-License-Identifier: Apache-2.0
#include "quantiles.h"

#include <algorithm>
#include <cstddef>

namespace valence::data::internal {

double Percentile(const std::vector<double>& sorted, double q) {
  const double position = q / 100 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
}

std::vector<double> SortedLengths(const Dataset& documents) {
  std::vector<double> lengths;
  lengths.reserve(documents.size());
  for (const Document& document : documents) lengths.push_back(static_cast<double>(document.text.size()));
  std::sort(lengths.begin(), lengths.end());
  return lengths;
}

}  // namespace valence::data::internal
