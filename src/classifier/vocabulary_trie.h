// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "ngram_table.h"
#include "token_table.h"
#include "valence/features/vectorizer.h"

namespace valence::classifier {

/// A vocabulary of word n-grams as a trie over tokens. Terms that tokens cannot spell (an empty token between spaces,
/// a length outside ngram_range) are left out: a document never has them.
struct VocabularyTrie {
  TokenTable tokens;  ///< a token's node is that of its unigram
  NgramTable ngrams;
  std::size_t min_tokens = 1;  ///< n-grams shorter than this are prefixes only
  std::size_t max_tokens = 1;

  /// Uses all threads; the same result at any number of them.
  static VocabularyTrie Build(const features::FittedVectorizer& fitted);
};

}  // namespace valence::classifier
