// SPDX-License-Identifier: Apache-2.0
// The hot path: what happens to every text. Each loop looks up what it needs several rounds ahead, because the tables
// are larger than the second-level cache and a miss costs as much as the work for several words.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "compiled_scorer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kNgramsAhead = 32;

// Grows to the largest text and never shrinks, so that a warm vector is not written before it is filled.
template <class T>
void EnsureSize(std::size_t size, std::vector<T>* v) {
  if (v->size() < size) v->resize(size);
}

}  // namespace

void CompiledScorer::Score(std::string_view text, ScoringMemory* memory, Prediction* out) const {
  Run<false>(text, memory, out);
}

void CompiledScorer::ScoreAndRemember(std::string_view text, ScoringMemory* memory, Prediction* out) const {
  Run<true>(text, memory, out);
}

template <bool kRemember>
void CompiledScorer::Run(std::string_view text, ScoringMemory* memory, Prediction* out) const {
  tokenizer_.Run(text, &memory->surface);
  if (maps_identically_) {
    memory->nodes.resize(memory->surface.count);
    if (trie_.has_bigram_table) memory->bigrams.Begin(trie_.bigrams, memory->nodes);
    trie_.tokens.FindAll(memory->surface, memory->nodes.data(), [&](std::size_t known) {
      if (trie_.has_bigram_table) memory->bigrams.Advance(known);
    });
  } else {
    MapTokens<kRemember>(memory);
    if (trie_.has_bigram_table) memory->bigrams.Begin(trie_.bigrams, memory->nodes);
  }
  FindFeatures<kRemember>(memory);
  const std::span<const std::uint32_t> occurrences(memory->occurrences.data(), memory->occurrence_count);
  if (kRemember) {
    memory->counter.CountAndNote(occurrences);
  } else {
    memory->counter.Count(occurrences);
  }
  AddUp<kRemember>(memory, out);
}

template <bool kRemember>
void CompiledScorer::MapTokens(ScoringMemory* memory) const {
  const std::span<const text::SurfaceToken> tokens = memory->surface.tokens();
  memory->nodes.clear();
  memory->spans.clear();
  memory->memo.UseFor(id_);
  memory->surface_nodes.resize(tokens.size());
  surface_.FindAll(memory->surface, memory->surface_nodes.data(), [](std::size_t) {});
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Node node = memory->surface_nodes[i];
    if (node == kUnknown || node == kSeveral) {
      MapRare<kRemember>(tokens[i], memory);
    } else if (node != kDropped) {
      memory->nodes.push_back(node);
      if (kRemember) memory->spans.push_back({tokens[i].begin, tokens[i].end});
    }
  }
}

template <bool kRemember>
void CompiledScorer::MapRare(const text::SurfaceToken& token, ScoringMemory* memory) const {
  const std::string_view bytes = memory->surface.Bytes(token);
  const TokenKey key = LoadKey(bytes.data(), bytes.size());
  const std::uint64_t hash = HashOf(key, bytes.data());
  const auto remember = [&](Node node) {
    memory->nodes.push_back(node);
    if (kRemember) memory->spans.push_back({token.begin, token.end});
  };
  if (const auto known = memory->memo.Find(key, hash)) {
    if (*known != kDropped) remember(*known);
    return;
  }
  memory->mapped.clear();
  tokenizer_.MapToken(bytes, &memory->mapped_bytes, &memory->mapped);
  for (const std::string_view mapped : memory->mapped) {
    remember(trie_.tokens.Find(mapped, text::HashToken(mapped)));
  }
  if (token.length > kKeyBytes || memory->mapped.size() > 1) return;
  memory->memo.Insert(key, hash, memory->mapped.empty() ? kDropped : memory->nodes.back());
}

template <bool kRemember>
void CompiledScorer::FindFeatures(ScoringMemory* memory) const {
  EnsureSize(memory->nodes.size() * trie_.max_tokens + 1, &memory->occurrences);
  EnsureSize(memory->nodes.size(), &memory->prefixes);
  if (kRemember) EnsureSize(memory->occurrences.size(), &memory->first_tokens);
  memory->ends.clear();
  std::size_t found = FindUnigrams<kRemember>(memory);
  memory->ends.push_back(found);
  for (std::size_t n = 2; n <= std::min(trie_.max_tokens, memory->nodes.size()); ++n) {
    if (n > 2 || !trie_.has_bigram_table) {
      found = FindNgrams<kRemember>(n, found, memory);
    } else if (trie_.max_tokens > 2) {
      found = FindBigramsAndPrefixes(found, memory);
    } else {
      found = FindBigrams<kRemember>(found, memory);
    }
    memory->ends.push_back(found);
  }
  memory->occurrence_count = found;
}

// These write each candidate and go on from it only if it is a feature: a store is cheaper than a branch that cannot be
// predicted. They return how many occurrences there are now.

template <bool kRemember>
std::size_t CompiledScorer::FindUnigrams(ScoringMemory* memory) const {
  const std::vector<Node>& nodes = memory->nodes;
  std::uint32_t* const occurrences = memory->occurrences.data();
  const Node features = trie_.features;
  std::size_t found = 0;
  std::uint32_t unknown = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool is_feature = nodes[i] < features;
    unknown += nodes[i] == kUnknown ? 1u : 0u;
    __builtin_prefetch(trie_.Cell(is_feature ? nodes[i] : 0));
    occurrences[found] = nodes[i];
    if (kRemember) memory->first_tokens[found] = static_cast<std::uint32_t>(i);
    found += is_feature ? 1 : 0;
  }
  memory->unknown_tokens = unknown;
  return found;
}

template <bool kRemember>
std::size_t CompiledScorer::FindBigrams(std::size_t found, ScoringMemory* memory) const {
  std::uint32_t* const first_tokens = kRemember ? memory->first_tokens.data() + found : nullptr;
  return found + memory->bigrams.Finish(kPlaceBit, memory->occurrences.data() + found, first_tokens);
}

/// The same where longer n-grams follow, which need the nodes of all prefixes; some are no features.
std::size_t CompiledScorer::FindBigramsAndPrefixes(std::size_t found, ScoringMemory* memory) const {
  EnsureSize(memory->occurrences.size(), &memory->first_tokens);
  std::uint32_t* const occurrences = memory->occurrences.data();
  std::uint32_t* const first_tokens = memory->first_tokens.data();
  const std::size_t end = found + memory->bigrams.Finish(kPlaceBit, occurrences + found, first_tokens + found);
  std::fill_n(memory->prefixes.begin(), memory->nodes.size() - 1, kUnknown);
  for (std::size_t i = found; i < end; ++i) {
    const Node node = trie_.bigrams.NodeAt(occurrences[i] & ~kPlaceBit);
    memory->prefixes[first_tokens[i]] = node;
    occurrences[found] = occurrences[i];
    first_tokens[found] = first_tokens[i];
    found += node < trie_.features ? 1 : 0;
  }
  return found;
}

template <bool kRemember>
std::size_t CompiledScorer::FindNgrams(std::size_t length, std::size_t found, ScoringMemory* memory) const {
  const Node* const last = memory->nodes.data() + length - 1;
  const Node* const prefixes = length == 2 ? memory->nodes.data() : memory->prefixes.data();
  std::uint32_t* const occurrences = memory->occurrences.data();
  const std::size_t ngrams = memory->nodes.size() - length + 1;
  for (std::size_t i = 0; i < ngrams; ++i) {
    const std::size_t later = std::min(i + kNgramsAhead, ngrams - 1);
    trie_.ngrams.Prefetch(NgramTable::Key(prefixes[later], last[later]));
    const bool possible = std::max(prefixes[i], last[i]) < kMaxNode;
    const Node node = possible ? trie_.ngrams.Find(NgramTable::Key(prefixes[i], last[i])) : kUnknown;
    memory->prefixes[i] = node;
    const bool is_feature = node < trie_.features;
    __builtin_prefetch(trie_.Cell(is_feature ? node : 0));
    occurrences[found] = node;
    if (kRemember) memory->first_tokens[found] = static_cast<std::uint32_t>(i);
    found += is_feature ? 1 : 0;
  }
  return found;
}

template <bool kRemember>
void CompiledScorer::AddUp(ScoringMemory* memory, Prediction* out) const {
  const std::span<const CountedFeature> features = memory->counter.features();
  if (kRemember) EnsureSize(features.size(), &memory->sizes);
  out->scores.assign(rows_, 0.0);
  if (rows_ == 1) {
    const FeatureSums sums = AddUpFeatures(features, {trie_.cells.data(), trie_.bigrams.cells()}, term_frequency_,
                                           norm_, kRemember ? memory->sizes.data() : nullptr);
    memory->length = sums.norm.Length();
    out->scores[0] = sums.score;
  } else {
    AddUpRows(memory, out->scores.data());
  }
  for (std::size_t row = 0; row < rows_; ++row) {
    out->scores[row] = out->scores[row] / memory->length + intercepts_[row];
  }
  out->tokens = static_cast<std::uint32_t>(memory->nodes.size());
  out->known_tokens = out->tokens - memory->unknown_tokens;
}

void CompiledScorer::AddUpRows(ScoringMemory* memory, double* scores) const {
  DocumentNorm norm(norm_);
  for (const auto& [id, count] : memory->counter.features()) {
    const double* const cell = CellOf(id);
    const double value = term_frequency_(count) * cell[0];
    norm.Add(value);
    for (std::size_t row = 0; row < rows_; ++row) scores[row] += value * cell[row + 1];
  }
  memory->length = norm.Length();
}

}  // namespace valence::classifier
