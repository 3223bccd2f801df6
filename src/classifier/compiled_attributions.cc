// SPDX-License-Identifier: Apache-2.0
// What ScoreAndRemember left in memory, as attributions. For a few of them only their own terms are looked up: that
// misses the caches, and would cost more than the score for all.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include "compiled_scorer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kGroupsPerKept = 4;

/// Before it in the text; at the same token the shorter one is.
bool IsBefore(const FoundFeature& a, const FoundFeature& b) {
  return a.first_token != b.first_token ? a.first_token < b.first_token : a.tokens < b.tokens;
}

/// Adds more in either direction, or as much and earlier in the text.
bool IsWeightier(const FoundFeature& a, const FoundFeature& b) {
  return a.size != b.size ? a.size > b.size : IsBefore(a, b);
}

/// A size that at least `limit` of `sizes` reach, and few more than that: the limit-th of the greatest of several times
/// as many groups. Nearly without branches, so that what is far too light is passed over at little cost.
double LowerBoundOfLargest(std::span<const double> sizes, std::size_t limit, std::vector<double>* greatest) {
  if (limit == 0) return std::numeric_limits<double>::infinity();
  const std::size_t groups = kGroupsPerKept * limit;
  if (sizes.size() < groups) return 0;
  greatest->assign(groups, 0);
  double* const of_group = greatest->data();
  for (; sizes.size() >= groups; sizes = sizes.subspan(groups)) {
    for (std::size_t g = 0; g < groups; ++g) of_group[g] = std::max(of_group[g], sizes[g]);
  }
  const auto limitth = greatest->begin() + static_cast<std::ptrdiff_t>(limit - 1);
  std::nth_element(greatest->begin(), limitth, greatest->end(), std::greater<>());
  return *limitth;
}

/// Leaves the `limit` weightiest, by their place in the text.
void KeepWeightiest(std::size_t limit, std::vector<FoundFeature>* features) {
  if (features->size() > limit) {
    std::nth_element(features->begin(), features->begin() + static_cast<std::ptrdiff_t>(limit), features->end(),
                     IsWeightier);
    features->resize(limit);
  }
  std::sort(features->begin(), features->end(), IsBefore);
}

}  // namespace

void CompiledScorer::Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const {
  const std::size_t weight = 1 + static_cast<std::size_t>(row);
  const std::span<const FeatureCounter::Entry> entries = memory->counter.entries();
  if (memory->sizes.size() < entries.size()) memory->sizes.resize(entries.size());
  double* const sizes = memory->sizes.data();
  for (std::size_t e = 0; e < entries.size(); ++e) {
    const double* const cell = entries[e].cell;
    sizes[e] = std::fabs(cell[weight] * cell[0] * term_frequency_.PerOccurrence(entries[e].count));
  }
  const double least = LowerBoundOfLargest({sizes, entries.size()}, limit, &memory->greatest);
  const std::uint32_t* const places = memory->places.data();
  std::vector<FoundFeature>& kept = memory->kept;
  kept.clear();
  std::uint32_t i = 0;
  for (std::uint32_t tokens = 1; tokens <= memory->ends.size(); ++tokens) {
    for (const auto end = static_cast<std::uint32_t>(memory->ends[tokens - 1]); i < end; ++i) {
      const double size = sizes[places[i]];
      if (size >= least) [[unlikely]]
        kept.push_back({memory->first_tokens[i], tokens, i, size});
    }
  }
  KeepWeightiest(limit, &kept);

  out->attributions.clear();
  for (const FoundFeature& f : kept) {
    const FeatureCounter::Entry& entry = entries[memory->places[f.occurrence]];
    const double value = term_frequency_(entry.count) * entry.cell[0] / memory->length;
    const text::Span first = memory->spans[f.first_token];
    const text::Span last = memory->spans[f.first_token + f.tokens - 1];
    out->attributions.push_back(
        {first.begin, last.end, ColumnOf(memory->occurrences[f.occurrence]), entry.cell[weight] * value / entry.count});
  }
}

std::int32_t CompiledScorer::ColumnOf(const Occurrence& occurrence) const {
  const bool is_bigram = (occurrence.id & kPlaceBit) != 0;
  const Node node = is_bigram ? trie_.bigrams.NodeAt(occurrence.id & ~kPlaceBit) : occurrence.id;
  return static_cast<std::int32_t>(trie_.columns[node]);
}

}  // namespace valence::classifier
