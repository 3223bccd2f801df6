// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "valence/classifier/classifier.h"
#include "valence/features/vectorizer.h"
#include "valence/text/preprocessor.h"
#include "valence/text/token_pattern.h"
#include "vocabulary_trie.h"

namespace valence::classifier {

/// The *plain* path: Preprocessor, Vectorizer, dot product. The definition of a score, and what serves the models that
/// have no compiled path. Immutable; thread-safe; allocates.
class PlainScorer {
 public:
  /// `bundle`, which CheckBundle has passed, and `trie` (nullptr if features are not words of a vocabulary) must
  /// outlive this. Errors: unknown steps, an impossible vectoriser.
  static Result<PlainScorer> Make(const ModelBundle& bundle, const VocabularyTrie* trie);

  /// Makes the vectoriser, which costs more than all else at load and which a compiled model needs for nothing. Called
  /// by the others on their first call; call it before if they must be fast from the start.
  void Prepare() const;

  /// Sets scores, tokens and known_tokens. `tokens` are those of token_pattern, also for character n-grams; without a
  /// vocabulary of words all of them are known.
  void Score(std::string_view text, Prediction* out) const;
  /// Sets out->attributions for row `row` of the same text.
  void Attribute(std::string_view text, std::int32_t row, Prediction* out) const;

 private:
  PlainScorer(const ModelBundle& bundle, const VocabularyTrie* trie, text::Preprocessor preprocessor,
              text::Preprocessor to_tokens, text::TokenPattern pattern);
  const features::Vectorizer& vectorizer() const;
  void CountTokens(std::string_view text, Prediction* out) const;

  const ModelBundle& bundle_;
  const VocabularyTrie* trie_;
  text::Preprocessor preprocessor_;
  text::Preprocessor to_tokens_;  // preprocessor_, then the vectoriser's lower-casing
  text::TokenPattern pattern_;

  struct Lazy {
    std::once_flag once;
    std::optional<features::Vectorizer> vectorizer;
  };
  std::unique_ptr<Lazy> lazy_;
};

}  // namespace valence::classifier
