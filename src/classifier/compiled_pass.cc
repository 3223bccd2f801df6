// SPDX-License-Identifier: Apache-2.0
// The hot path: what happens to every text. Each loop looks up what it needs several rounds ahead, because the tables
// are larger than the second-level cache and a miss costs as much as the whole work for a word.
#include <algorithm>

#include "compiled_scorer.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kTokensAhead = 8;
constexpr std::size_t kNgramsAhead = 12;

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
  memory->nodes.clear();
  memory->spans.clear();
  memory->found.clear();
  if (maps_identically_) {
    LookUpTokens<kRemember>(memory);
  } else {
    MapTokens<kRemember>(memory);
  }
  memory->counter.Reset(memory->nodes.size() * trie_.max_tokens);
  CountUnigrams<kRemember>(memory);
  for (std::size_t n = 2; n <= trie_.max_tokens; ++n) CountNgrams<kRemember>(n, memory);
  AddUp(memory, out);
}

template <bool kRemember>
void CompiledScorer::LookUpTokens(ScoringMemory* memory) const {
  const auto& tokens = memory->surface.tokens;
  const char* bytes = memory->surface.bytes.data();
  memory->nodes.resize(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i + kTokensAhead < tokens.size()) trie_.tokens.Prefetch(tokens[i + kTokensAhead].hash);
    const text::SurfaceToken& token = tokens[i];
    const char* at = bytes + token.offset;
    memory->nodes[i] = trie_.tokens.Find(LoadKey(at, token.length), at, token.hash);
    if (kRemember) memory->spans.push_back({token.begin, token.end});
  }
}

template <bool kRemember>
void CompiledScorer::MapTokens(ScoringMemory* memory) const {
  memory->memo.UseFor(id_);
  const auto& tokens = memory->surface.tokens;
  const char* bytes = memory->surface.bytes.data();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i + kTokensAhead < tokens.size()) surface_.Prefetch(tokens[i + kTokensAhead].hash);
    const text::SurfaceToken& token = tokens[i];
    const char* at = bytes + token.offset;
    const TokenKey key = LoadKey(at, token.length);
    Node node = surface_.Find(key, at, token.hash);
    if (node == kUnknown) node = memory->memo.Find(key, token.hash).value_or(kSeveral);
    if (node == kSeveral) {
      MapSlowly<kRemember>(token, key, memory);
    } else if (node != kDropped) {
      memory->nodes.push_back(node);
      if (kRemember) memory->spans.push_back({token.begin, token.end});
    }
  }
}

template <bool kRemember>
void CompiledScorer::MapSlowly(const text::SurfaceToken& token, const TokenKey& key, ScoringMemory* memory) const {
  memory->mapped.clear();
  tokenizer_.MapToken(memory->surface.Bytes(token), &memory->mapped_bytes, &memory->mapped);
  for (const std::string_view mapped : memory->mapped) {
    memory->nodes.push_back(trie_.tokens.Find(mapped, text::HashToken(mapped)));
    if (kRemember) memory->spans.push_back({token.begin, token.end});
  }
  if (token.length > kKeyBytes || memory->mapped.size() > 1) return;
  memory->memo.Insert(key, token.hash, memory->mapped.empty() ? kDropped : memory->nodes.back());
}

template <bool kRemember>
void CompiledScorer::CountUnigrams(ScoringMemory* memory) const {
  const auto& nodes = memory->nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i] >= features_) continue;
    __builtin_prefetch(Cell(nodes[i]));
    const std::uint32_t entry = memory->counter.Add(nodes[i]);
    if (kRemember) memory->found.push_back({static_cast<std::uint32_t>(i), 1, entry});
  }
}

template <bool kRemember>
void CompiledScorer::CountNgrams(std::size_t length, ScoringMemory* memory) const {
  const auto& nodes = memory->nodes;
  EnsureSize(nodes.size(), &memory->prefixes);
  if (nodes.size() < length) return;
  const std::size_t ngrams = nodes.size() - length + 1;
  const Node* last = nodes.data() + length - 1;
  const Node* prefixes = length == 2 ? nodes.data() : memory->prefixes.data();
  const auto key = [&](std::size_t i) { return NgramTable::Key(prefixes[i], last[i]); };
  for (std::size_t i = 0; i < ngrams; ++i) {
    const std::size_t later = i + kNgramsAhead;
    if (later < ngrams && std::max(prefixes[later], last[later]) < kMaxNode) trie_.ngrams.Prefetch(key(later));
    const bool possible = std::max(prefixes[i], last[i]) < kMaxNode;
    const Node node = possible ? trie_.ngrams.Find(key(i)) : kUnknown;
    memory->prefixes[i] = node;
    if (node >= features_) continue;
    __builtin_prefetch(Cell(node));
    const std::uint32_t entry = memory->counter.Add(node);
    if (kRemember) {
      memory->found.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(length), entry});
    }
  }
}

void CompiledScorer::AddUp(ScoringMemory* memory, Prediction* out) const {
  DocumentNorm norm(norm_);
  out->scores.assign(rows_, 0.0);
  for (const FeatureCounter::Entry& entry : memory->counter.entries()) {
    const double* cell = Cell(entry.column);
    const double value = term_frequency_(entry.count) * cell[0];
    norm.Add(value);
    for (std::size_t row = 0; row < rows_; ++row) out->scores[row] += value * cell[row + 1];
  }
  memory->length = norm.Length();
  for (std::size_t row = 0; row < rows_; ++row) out->scores[row] = out->scores[row] / memory->length + intercepts_[row];
  const auto unknown = std::count(memory->nodes.begin(), memory->nodes.end(), kUnknown);
  out->tokens = static_cast<std::uint32_t>(memory->nodes.size());
  out->known_tokens = out->tokens - static_cast<std::uint32_t>(unknown);
}

}  // namespace valence::classifier
