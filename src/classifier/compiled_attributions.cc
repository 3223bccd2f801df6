// SPDX-License-Identifier: Apache-2.0
// What ScoreAndRemember left in memory, as attributions. For a few of them only their own terms are looked up: that
// misses the caches, and would cost more than the score for all.
#include <algorithm>
#include <cmath>
#include <span>

#include "compiled_scorer.h"

namespace valence::classifier {
namespace {

/// Before it in the text; at the same token the shorter one is.
bool IsBefore(const FoundFeature& a, const FoundFeature& b) {
  return a.first_token != b.first_token ? a.first_token < b.first_token : a.tokens < b.tokens;
}

/// Adds more in either direction, or as much and earlier in the text.
bool IsWeightier(const FoundFeature& a, const FoundFeature& b) {
  return a.size != b.size ? a.size > b.size : IsBefore(a, b);
}

/// Keeps the `limit` weightiest of those that come: a heap whose front is the first to go.
void Keep(const FoundFeature& feature, std::size_t limit, std::vector<FoundFeature>* kept) {
  if (kept->size() == limit) {
    if (!IsWeightier(feature, kept->front())) return;
    std::pop_heap(kept->begin(), kept->end(), IsWeightier);
    kept->pop_back();
  }
  kept->push_back(feature);
  std::push_heap(kept->begin(), kept->end(), IsWeightier);
}

}  // namespace

void CompiledScorer::Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const {
  const std::size_t weight = 1 + static_cast<std::size_t>(row);
  const std::span<const FeatureCounter::Entry> entries = memory->counter.entries();
  std::vector<FoundFeature>& kept = memory->kept;
  kept.clear();
  const bool all = limit >= memory->occurrence_count;
  std::uint32_t tokens = 1;
  for (std::uint32_t i = 0; i < memory->occurrence_count; ++i) {
    while (i == memory->ends[tokens - 1]) ++tokens;
    const FeatureCounter::Entry& entry = entries[memory->places[i]];
    const double whole = entry.cell[weight] * term_frequency_(entry.count) * entry.cell[0];
    const double size = std::fabs(entry.count == 1 ? whole : whole / entry.count);
    const FoundFeature feature{memory->first_tokens[i], tokens, i, size};
    if (all) {
      kept.push_back(feature);
    } else if (limit > 0) {
      Keep(feature, limit, &kept);
    }
  }
  std::sort(kept.begin(), kept.end(), IsBefore);

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
