// SPDX-License-Identifier: Apache-2.0
// What ScoreAndRemember left in memory, as attributions. For a few of them only their own terms are looked up: that
// misses the caches, and would cost more than the score for all.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include "compiled_scorer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kGroupsPerKept = 2;
constexpr std::size_t kFew = 32;

/// Where it is in the text; at the same token the shorter one comes first. No other has the same.
std::uint64_t PlaceOf(const FoundFeature& f) { return std::uint64_t{f.first_token} << 32 | f.tokens; }

// Both without branches, which could not be predicted.
bool IsBefore(const FoundFeature& a, const FoundFeature& b) { return PlaceOf(a) < PlaceOf(b); }
/// Adds more in either direction, or as much and earlier in the text.
bool IsWeightier(const FoundFeature& a, const FoundFeature& b) {
  return (a.size > b.size) | ((a.size == b.size) & IsBefore(a, b));
}

/// Sorts a few features: each goes where its rank is, which is counted.
template <class Less>
void SortFew(std::span<FoundFeature> features, Less less) {
  std::array<FoundFeature, kFew> sorted;
  for (const FoundFeature& each : features) {
    std::size_t rank = 0;
    for (const FoundFeature& other : features) rank += less(other, each) ? 1u : 0u;
    sorted[rank] = each;
  }
  std::copy_n(sorted.begin(), features.size(), features.begin());
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
  if (features->size() <= kFew) {
    if (features->size() > limit) {
      SortFew(*features, IsWeightier);
      features->resize(limit);
    }
    return SortFew(*features, IsBefore);
  }
  if (features->size() > limit) {
    std::nth_element(features->begin(), features->begin() + static_cast<std::ptrdiff_t>(limit), features->end(),
                     IsWeightier);
    features->resize(limit);
  }
  std::sort(features->begin(), features->end(), IsBefore);
}

}  // namespace

void CompiledScorer::Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const {
  const auto r = static_cast<std::size_t>(row);
  const std::span<const std::uint32_t> ids = memory->counter.ids();
  const std::span<const std::uint32_t> counts = memory->counter.counts();
  double* const sizes = memory->sizes.data();
  if (r != 0) {
    std::transform(ids.begin(), ids.end(), counts.begin(), sizes,
                   [&](std::uint32_t id, std::uint32_t count) { return SizeOf(id, count, r); });
  }
  const double least = LowerBoundOfLargest({sizes, ids.size()}, limit, &memory->greatest);
  const std::uint32_t* const places = memory->places.data();
  if (memory->candidates.size() <= memory->occurrence_count) memory->candidates.resize(memory->occurrence_count + 1);
  std::uint32_t* const candidates = memory->candidates.data();
  std::size_t found = 0;
  for (std::uint32_t i = 0; i < memory->occurrence_count; ++i) {
    candidates[found] = i;
    found += sizes[places[i]] >= least ? 1 : 0;
  }
  std::vector<FoundFeature>& kept = memory->kept;
  kept.clear();
  std::uint32_t tokens = 1;
  for (const std::uint32_t i : std::span(candidates, found)) {
    while (i >= memory->ends[tokens - 1]) ++tokens;
    kept.push_back({memory->first_tokens[i], tokens, i, sizes[places[i]]});
  }
  KeepWeightiest(limit, &kept);

  out->attributions.clear();
  for (const FoundFeature& f : kept) {
    const std::uint32_t place = places[f.occurrence];
    const double* cell = CellOf(ids[place]);
    const double value = term_frequency_(counts[place]) * cell[0] / memory->length;
    const text::Span first = SpanOf(f.first_token, *memory);
    const text::Span last = SpanOf(f.first_token + f.tokens - 1, *memory);
    out->attributions.push_back({first.begin, last.end, ColumnOf(ids[place]), cell[r + 1] * value / counts[place]});
  }
}

text::Span CompiledScorer::SpanOf(std::size_t token, const ScoringMemory& memory) const {
  if (!maps_identically_) return memory.spans[token];
  const text::SurfaceToken& surface = memory.surface.tokens[token];
  return {surface.begin, surface.end};
}

std::int32_t CompiledScorer::ColumnOf(std::uint32_t id) const {
  const Node node = (id & kPlaceBit) != 0 ? trie_.bigrams.NodeAt(id & ~kPlaceBit) : id;
  return static_cast<std::int32_t>(trie_.columns[node]);
}

}  // namespace valence::classifier
