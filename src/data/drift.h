// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace valence::data::internal {

/// Counts by label.
using LabelCounts = std::map<std::string, std::uint64_t>;

/// The population stability index of two histograms over the same bins: sum of (p - q) ln(p / q), where p and q are the
/// shares after half a count is added to every bin, so that an empty bin has a finite price (Jeffreys' prior). It is
/// the symmetrised Kullback-Leibler divergence; without any drift its mean is about (bins - 1)(1/n + 1/m) for n and m
/// samples (Yurdakul 2018, "Statistical Properties of Population Stability Index"). 0 for fewer than two bins.
double PopulationStabilityIndex(const std::vector<std::uint64_t>& before, const std::vector<std::uint64_t>& now);

/// The same over labels; a label that one side lacks has a count of 0 there.
double LabelPsi(const LabelCounts& before, const LabelCounts& now);

/// The label whose share changed most, and by how much (now - before). Requires documents on both sides.
struct LabelChange {
  std::string label;
  double change = 0;
};
LabelChange LargestChange(const LabelCounts& before, const LabelCounts& now);

}  // namespace valence::data::internal
