// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "feature_sums.h"
#include "scratch.h"
#include "valence/classifier/classifier.h"
#include "vocabulary_trie.h"
#include "weighting.h"

namespace valence::classifier {

/// The *compiled* path: preprocessing, vectoriser, weighting and weights as tables, so that one pass over a text's
/// bytes finds its features. Immutable; thread-safe. Meaning: the plain path's, within 1e-12.
class CompiledScorer {
 public:
  /// nullopt if the steps cannot be fused: use the plain path. `trie` is the bundle's vocabulary and must outlive this.
  static std::optional<CompiledScorer> Compile(const ModelBundle& bundle, const VocabularyTrie& trie);

  /// Sets scores, tokens and known_tokens.
  void Score(std::string_view text, ScoringMemory* memory, Prediction* out) const;
  /// Score, remembering in *memory where each feature was found.
  void ScoreAndRemember(std::string_view text, ScoringMemory* memory, Prediction* out) const;
  /// Sets out->attributions for row `row` of the text that ScoreAndRemember has just scored, as Classifier::Explain.
  void Attribute(std::int32_t row, std::size_t limit, ScoringMemory* memory, Prediction* out) const;
  /// Of an attribution's feature.
  std::int32_t ColumnOf(std::uint32_t feature) const;

 private:
  CompiledScorer(text::FusedTokenizer tokenizer, const ModelBundle& bundle, const VocabularyTrie& trie);

  // Compile time.
  Node MapForTable(std::string_view token) const;

  // Per text. kRemember: note spans and where occurrences begin too.
  template <bool kRemember>
  void Run(std::string_view text, ScoringMemory* memory, Prediction* out) const;
  template <bool kRemember>
  void MapTokens(ScoringMemory* memory) const;
  template <bool kRemember>
  void MapRare(const text::SurfaceToken& token, ScoringMemory* memory) const;
  template <bool kRemember>
  void FindFeatures(ScoringMemory* memory) const;
  template <bool kRemember>
  std::size_t FindUnigrams(ScoringMemory* memory) const;
  template <bool kRemember>
  std::size_t FindBigrams(std::size_t found, ScoringMemory* memory) const;
  std::size_t FindBigramsAndPrefixes(std::size_t found, ScoringMemory* memory) const;
  template <bool kRemember>
  std::size_t FindNgrams(std::size_t length, std::size_t found, ScoringMemory* memory) const;
  template <bool kRemember>
  void AddUp(ScoringMemory* memory, Prediction* out) const;
  void AddUpRows(ScoringMemory* memory, double* scores) const;
  void Choose(std::int32_t row, std::size_t limit, ScoringMemory* memory) const;
  void LookUpTerms(Prediction* out) const;
  /// What one of its occurrences adds to `row`, before the document's length divides it, in either direction.
  double SizeOf(const CountedFeature& feature, std::size_t row) const {
    const double* cell = CellOf(feature.id);
    return std::fabs(term_frequency_(feature.count) * cell[0] * cell[row + 1]) * term_frequency_.Share(feature.count);
  }
  // Of a feature, by its id.
  const double* CellOf(std::uint32_t id) const {
    return (id & kPlaceBit) != 0 ? trie_.bigrams.CellAt(id & ~kPlaceBit) : trie_.Cell(id);
  }
  Node NodeOf(std::uint32_t id) const;
  void PrefetchNode(std::uint32_t id) const;

  text::FusedTokenizer tokenizer_;
  bool maps_identically_;
  const VocabularyTrie& trie_;
  TokenTable surface_;  // unless maps_identically_: the vocabulary's tokens, and what they are mapped to as surface
  std::size_t rows_;
  const features::Vocabulary& vocabulary_;
  TermFrequency term_frequency_;
  DocumentNorm::Kind norm_;
  std::vector<double> intercepts_;
  std::uint64_t id_;  // unique in this process, so that memos know whose nodes they hold
};

}  // namespace valence::classifier
