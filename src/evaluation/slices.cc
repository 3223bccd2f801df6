// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "score_table.h"

namespace valence::evaluation {
namespace {

/// Quartile of a length: how many of the three cuts it reaches.
std::size_t QuarterOf(std::uint64_t bytes, const std::array<std::uint64_t, 3>& cuts) {
  return static_cast<std::size_t>(std::count_if(cuts.begin(), cuts.end(), [&](auto cut) { return bytes >= cut; }));
}

std::string NameOf(std::size_t quarter, const std::array<std::uint64_t, 3>& cuts) {
  if (quarter == 0) return fmt::format("text_bytes < {}", cuts[0]);
  if (quarter == 3) return fmt::format("text_bytes >= {}", cuts[2]);
  return fmt::format("{} <= text_bytes < {}", cuts[quarter - 1], cuts[quarter]);
}

}  // namespace

std::vector<Slice> SlicesByLength(const Scored& scored) {
  const std::size_t n = scored.size();
  if (scored.text_bytes.size() != n || !Validate(scored).has_value()) return {};
  std::vector<std::uint64_t> lengths = scored.text_bytes;
  std::sort(lengths.begin(), lengths.end());
  const std::array<std::uint64_t, 3> cuts{lengths[n / 4], lengths[n / 2], lengths[n * 3 / 4]};

  // A slice is the whole with the other documents' weights at zero.
  const ScoreTable table = MakeScoreTable(scored);
  std::vector<Slice> slices;
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    std::vector<std::uint32_t> weights(n);
    for (std::size_t i = 0; i < n; ++i) weights[i] = QuarterOf(scored.text_bytes[i], cuts) == quarter;
    if (std::find(weights.begin(), weights.end(), 1u) == weights.end()) continue;
    slices.push_back({NameOf(quarter, cuts), WeightedMetrics(table, weights)});
  }
  return slices;
}

}  // namespace valence::evaluation
