// SPDX-License-Identifier: Apache-2.0
#include "drift.h"

#include <cmath>
#include <set>

namespace valence::data::internal {
namespace {

std::uint64_t CountOf(const LabelCounts& counts, const std::string& label) {
  const auto found = counts.find(label);
  return found == counts.end() ? 0 : found->second;
}

std::set<std::string> LabelsOf(const LabelCounts& before, const LabelCounts& now) {
  std::set<std::string> labels;
  for (const LabelCounts* counts : {&before, &now}) {
    for (const auto& [label, count] : *counts) labels.insert(label);
  }
  return labels;
}

std::uint64_t Sum(const LabelCounts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [label, count] : counts) sum += count;
  return sum;
}

/// Shares after half a count is added to every bin.
std::vector<double> SmoothedShares(const std::vector<std::uint64_t>& counts) {
  double all = 0.5 * static_cast<double>(counts.size());
  for (const std::uint64_t count : counts) all += static_cast<double>(count);
  std::vector<double> shares;
  for (const std::uint64_t count : counts) shares.push_back((static_cast<double>(count) + 0.5) / all);
  return shares;
}

}  // namespace

double PopulationStabilityIndex(const std::vector<std::uint64_t>& before, const std::vector<std::uint64_t>& now) {
  const std::vector<double> p = SmoothedShares(before);
  const std::vector<double> q = SmoothedShares(now);
  double sum = 0;
  for (std::size_t i = 0; i < p.size() && p.size() > 1; ++i) sum += (p[i] - q[i]) * std::log(p[i] / q[i]);
  return sum;
}

double LabelPsi(const LabelCounts& before, const LabelCounts& now) {
  std::vector<std::uint64_t> before_counts, now_counts;
  for (const std::string& label : LabelsOf(before, now)) {
    before_counts.push_back(CountOf(before, label));
    now_counts.push_back(CountOf(now, label));
  }
  return PopulationStabilityIndex(before_counts, now_counts);
}

LabelChange LargestChange(const LabelCounts& before, const LabelCounts& now) {
  const auto before_all = static_cast<double>(Sum(before));
  const auto now_all = static_cast<double>(Sum(now));
  LabelChange largest;
  for (const std::string& label : LabelsOf(before, now)) {
    const double change =
        static_cast<double>(CountOf(now, label)) / now_all - static_cast<double>(CountOf(before, label)) / before_all;
    if (std::abs(change) > std::abs(largest.change) || largest.label.empty()) largest = {label, change};
  }
  return largest;
}

}  // namespace valence::data::internal
