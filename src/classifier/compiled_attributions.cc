// SPDX-License-Identifier: Apache-2.0
// What ScoreAndRemember left in memory, as attributions. For a few of them only their own terms are looked up: that
// misses the caches, and would cost more than the score for all.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <utility>

#include "compiled_scorer.h"
#include "ranking.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kTokenStep = 16;  // as many bytes can be read behind each token of a TokenBuffer

/// Where it is in the text; at the same token the shorter one comes first. No other has the same.
std::uint64_t PlaceOf(const FoundFeature& f) { return std::uint64_t{f.first_token} << 32 | f.tokens; }
bool IsBefore(const FoundFeature& a, const FoundFeature& b) { return PlaceOf(a) < PlaceOf(b); }
/// Adds more in either direction, or as much and earlier in the text.
bool IsWeightier(const FoundFeature& a, const FoundFeature& b) {
  return a.size > b.size || (a.size == b.size && IsBefore(a, b));
}

/// Of sizes, which are not negative, so that their bits ascend as they do: a key that is less for a greater size, and
/// of equal ones for the lesser index, which is in the lowest bits. Sizes that differ only there count as equal.
std::uint64_t KeyOfSize(double size, std::size_t index) {
  return (~std::bit_cast<std::uint64_t>(size) & ~std::uint64_t{kFew - 1}) | index;
}

/// Leaves the `limit` weightiest of a few, by their place in the text. Each goes where its rank is, which is counted:
/// what a sort would compare could not be predicted.
void RankFew(std::size_t limit, std::vector<FoundFeature>* features) {
  const std::size_t count = features->size();
  FewKeys keys{};
  FewRanks ranks;
  std::array<FoundFeature, kFew> sorted;
  for (std::size_t i = 0; i < count; ++i) keys[i] = PlaceOf((*features)[i]);
  RankKeys(keys, count, &ranks);
  for (std::size_t i = 0; i < count; ++i) sorted[ranks[i]] = (*features)[i];
  for (std::size_t i = 0; i < count; ++i) keys[i] = KeyOfSize(sorted[i].size, i);
  RankKeys(keys, count, &ranks);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    (*features)[kept] = sorted[i];
    kept += ranks[i] < limit ? 1u : 0u;
  }
  features->resize(kept);
}

/// The limit-th of the greatest, or a little less.
double LimitthOf(std::size_t limit, std::vector<double>* values) {
  const std::size_t count = values->size();
  if (count > kFew) {
    const auto limitth = values->begin() + static_cast<std::ptrdiff_t>(limit - 1);
    std::nth_element(values->begin(), limitth, values->end(), std::greater<>());
    return *limitth;
  }
  FewKeys keys{};
  FewRanks ranks;
  for (std::size_t i = 0; i < count; ++i) keys[i] = KeyOfSize((*values)[i], i);
  RankKeys(keys, count, &ranks);
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < count; ++i) found |= ranks[i] == limit - 1 ? keys[i] : 0;
  return std::bit_cast<double>(~found & ~std::uint64_t{kFew - 1});
}

/// A size that at least `limit` of `sizes` reach, and few more than that: the limit-th of the greatest of half as many
/// groups again, or so. Nearly without branches, so that what is far too light is passed over at little cost.
double LowerBoundOfLargest(std::span<const double> sizes, std::size_t limit, std::vector<double>* greatest) {
  if (limit == 0) return std::numeric_limits<double>::infinity();
  if (limit >= sizes.size()) return 0;
  const std::size_t groups = (limit + limit / 2 + 7) / 8 * 8;
  if (sizes.size() < groups) return 0;
  greatest->resize(groups);
  FindMaxima(sizes, groups, greatest->data());
  return LimitthOf(limit, greatest);
}

/// Leaves the `limit` weightiest, by their place in the text.
void KeepWeightiest(std::size_t limit, std::vector<FoundFeature>* features) {
  if (features->size() <= kFew) return RankFew(limit, features);
  if (features->size() > limit) {
    std::nth_element(features->begin(), features->begin() + static_cast<std::ptrdiff_t>(limit), features->end(),
                     IsWeightier);
    features->resize(limit);
  }
  std::sort(features->begin(), features->end(), IsBefore);
}

/// The term of an occurrence that is in the text as it is in the vocabulary, where a cache has it. `out` has room for
/// kTokenStep bytes more. Returns the end of it.
char* WriteTokens(const FoundFeature& f, const text::TokenBuffer& surface, char* out) {
  for (std::uint32_t i = 0; i < f.tokens; ++i) {
    if (i > 0) *out++ = ' ';
    const std::string_view token = surface.Bytes(surface.room[f.first_token + i]);
    std::memcpy(out, token.data(), kTokenStep);  // it can be read so far, and most are not longer
    if (token.size() > kTokenStep) std::memcpy(out + kTokenStep, token.data() + kTokenStep, token.size() - kTokenStep);
    out += token.size();
  }
  return out;
}

std::size_t MostBytesOf(const FoundFeature& f, const text::TokenBuffer& surface) {
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < f.tokens; ++i) size += surface.room[f.first_token + i].length + 1;
  return size;
}

std::uint32_t TokensOf(std::uint32_t occurrence, const ScoringMemory& memory) {
  std::uint32_t tokens = 1;
  for (const std::size_t end : memory.ends) tokens += occurrence >= end ? 1u : 0u;
  return tokens;
}

}  // namespace

void CompiledScorer::Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const {
  const auto r = static_cast<std::size_t>(row);
  const std::span<const CountedFeature> features = memory->counter.features();
  double* const sizes = memory->sizes.data();
  if (r != 0) {
    std::transform(features.begin(), features.end(), sizes, [&](const CountedFeature& f) { return SizeOf(f, r); });
  }
  const double least = LowerBoundOfLargest({sizes, features.size()}, limit, &memory->greatest);
  const std::size_t room = features.size() + kRoomToCollect;
  if (memory->candidates.size() < room) memory->candidates.resize(room);
  const std::size_t found = CollectAtLeast({sizes, features.size()}, least, memory->candidates.data());
  std::vector<FoundFeature>& kept = memory->kept;
  kept.clear();
  for (const std::uint32_t place : std::span(memory->candidates).first(found)) {
    PrefetchNode(features[place].id);
    std::uint32_t occurrence = memory->counter.lasts()[place];
    for (std::uint32_t n = features[place].count; n > 0; --n, occurrence = memory->previous[occurrence]) {
      kept.push_back({memory->first_tokens[occurrence], TokensOf(occurrence, *memory), place, sizes[place]});
    }
  }
  KeepWeightiest(limit, &kept);

  // What is looked up here no cache holds, so all of it is on its way before the first is needed.
  for (const FoundFeature& f : kept) __builtin_prefetch(&trie_.columns[NodeOf(features[f.place].id)]);
  out->attributions.clear();
  for (const FoundFeature& f : kept) {
    const auto [id, count] = features[f.place];
    const double* cell = CellOf(id);
    const double value = term_frequency_(count) * cell[0] / memory->length;
    const text::Span first = SpanOf(f.first_token, *memory);
    const text::Span last = SpanOf(f.first_token + f.tokens - 1, *memory);
    const Node column = trie_.columns[NodeOf(id)];
    out->attributions.push_back(
        {first.begin, last.end, static_cast<std::int32_t>(column), cell[r + 1] * value / count});
  }
  maps_identically_ ? CopyTerms(*memory, out) : LookUpTerms(out);
}

/// Sets the terms of attributions, which were made of memory.kept.
void CompiledScorer::CopyTerms(const ScoringMemory& memory, Prediction* out) const {
  std::size_t room = kTokenStep;
  for (const FoundFeature& f : memory.kept) room += MostBytesOf(f, memory.surface);
  out->terms.resize(room);
  char* const begin = out->terms.data();
  char* end = begin;
  for (std::size_t i = 0; i < memory.kept.size(); ++i) {
    Attribution& a = out->attributions[i];
    char* const term = std::exchange(end, WriteTokens(memory.kept[i], memory.surface, end));
    a.term_begin = static_cast<std::size_t>(term - begin);
    a.term_size = static_cast<std::uint32_t>(end - term);
  }
  out->terms.resize(static_cast<std::size_t>(end - begin));
}

/// The same where the vocabulary has other words than the text.
void CompiledScorer::LookUpTerms(Prediction* out) const {
  for (const Attribution& a : out->attributions) {
    __builtin_prefetch(&vocabulary_.offsets()[static_cast<std::size_t>(a.column)]);
  }
  for (const Attribution& a : out->attributions) __builtin_prefetch(vocabulary_.Term(a.column).data());
  out->terms.clear();
  for (Attribution& a : out->attributions) {
    const std::string_view term = vocabulary_.Term(a.column);
    a.term_begin = out->terms.size();
    a.term_size = static_cast<std::uint32_t>(term.size());
    out->terms.append(term);
  }
}

text::Span CompiledScorer::SpanOf(std::size_t token, const ScoringMemory& memory) const {
  if (!maps_identically_) return memory.spans[token];
  const text::SurfaceToken& surface = memory.surface.room[token];
  return {surface.begin, surface.end};
}

Node CompiledScorer::NodeOf(std::uint32_t id) const {
  return (id & kPlaceBit) != 0 ? trie_.bigrams.NodeAt(id & ~kPlaceBit) : id;
}

void CompiledScorer::PrefetchNode(std::uint32_t id) const {
  if ((id & kPlaceBit) != 0) trie_.bigrams.PrefetchNode(id & ~kPlaceBit);
}

}  // namespace valence::classifier
