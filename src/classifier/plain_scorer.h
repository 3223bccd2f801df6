// SPDX-License-Identifier: Apache-2.0
#pragma once

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
  /// `bundle` and `trie` (nullptr if features are not words of a vocabulary) must outlive this. Errors: unknown steps,
  /// a vectoriser that does not fit together.
  static Result<PlainScorer> Make(const ModelBundle& bundle, const VocabularyTrie* trie);

  /// Sets scores, tokens and known_tokens. `tokens` are those of token_pattern, also for character n-grams; without a
  /// vocabulary of words all of them are known.
  void Score(std::string_view text, Prediction* out) const;
  /// Sets out->attributions for row `row` of the same text.
  void Attribute(std::string_view text, std::int32_t row, Prediction* out) const;

 private:
  PlainScorer(const ModelBundle& bundle, const VocabularyTrie* trie, text::Preprocessor preprocessor,
              text::Preprocessor to_tokens, features::Vectorizer vectorizer, text::TokenPattern pattern);
  void CountTokens(std::string_view text, Prediction* out) const;

  const ModelBundle& bundle_;
  const VocabularyTrie* trie_;
  text::Preprocessor preprocessor_;
  text::Preprocessor to_tokens_;  // preprocessor_, then the vectoriser's lower-casing
  features::Vectorizer vectorizer_;
  text::TokenPattern pattern_;
};

}  // namespace valence::classifier
