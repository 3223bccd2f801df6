// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/features/vectorizer_config.h"
#include "valence/text/token_pattern.h"

namespace valence::features::internal {

/// Cuts a document into the tokens whose runs are its n-grams: words, or single characters. The front half of
/// scikit-learn's build_analyzer(). Immutable; thread-safe.
class Analyzer {
 public:
  /// Errors: kInvalidArgument for an ngram_range that is not 1 <= low <= high or an unknown analyzer; kUnimplemented
  /// for a token_pattern that TokenPattern does not know.
  static Result<Analyzer> Make(const VectorizerConfig& config);

  /// Replaces *tokens with the tokens of `document` (well-formed UTF-8), in order. An empty token is a border that no
  /// n-gram crosses. Tokens point into the document, into *lowered (memory that calls reuse), or are Space().
  void Tokenize(std::string_view document, std::string* lowered, std::vector<std::string_view>* tokens) const;
  /// The same without lower-casing, for callers that did that.
  void TokenizeLowered(std::string_view text, std::vector<std::string_view>* tokens) const;

  /// The one space that stands for a folded run of white space (char) or a word's border (char_wb).
  static std::string_view Space();

  /// What joins an n-gram's tokens into its term: a space for words, nothing for characters.
  std::string_view separator() const { return kind_ == Kind::kWord ? " " : ""; }
  /// Tokens in the longest n-gram.
  std::size_t max_length() const { return max_length_; }
  bool lowercase() const { return lowercase_; }
  bool within_words() const { return kind_ == Kind::kCharWb; }

  /// Whether an n-gram of these many tokens is a feature. `ends_in_spaces`: its first and last token are spaces.
  /// char_wb emits a padded word that is shorter than the shortest n-gram whole, once.
  bool Emits(std::size_t length, bool ends_in_spaces) const {
    if (length > max_length_) return false;
    return length >= min_length_ || (kind_ == Kind::kCharWb && length > 2 && ends_in_spaces);
  }
  /// Whether these tokens have any n-gram that is a feature.
  bool EmitsAny(const std::vector<std::string_view>& tokens) const;

  /// The tokens of a term of a vocabulary, by this analyzer's way of joining. Replaces *tokens.
  void SplitTerm(std::string_view term, std::vector<std::string_view>* tokens) const;

 private:
  enum class Kind { kWord, kChar, kCharWb };
  Analyzer(Kind kind, text::TokenPattern pattern) : kind_(kind), pattern_(pattern) {}

  Kind kind_;
  text::TokenPattern pattern_;
  bool lowercase_ = true;
  std::size_t min_length_ = 1;
  std::size_t max_length_ = 1;
};

}  // namespace valence::features::internal
