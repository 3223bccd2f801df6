// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analyzer.h"
#include "count_rows.h"
#include "ngram_trie.h"
#include "token_table.h"
#include "valence/features/vectorizer.h"

namespace valence::features::internal {

/// A vocabulary as tokens and n-grams of token numbers, for looking documents up. Terms that the analyzer never makes
/// are left out. Immutable; thread-safe.
class VocabularyIndex {
 public:
  VocabularyIndex(const Analyzer& analyzer, const Vocabulary& vocabulary);

  const TokenTable& tokens() const { return tokens_; }
  const NgramTrie& trie() const { return trie_; }

  /// How often each document has each column's n-gram. All threads.
  CountRows Count(const Analyzer& analyzer, std::span<const std::string_view> documents) const;

 private:
  std::size_t cols_;
  TokenTable tokens_;
  NgramTrie trie_;
};

/// Replaces *ids with the numbers of tokens; kNoId for borders and unknown tokens.
void LookUpTokens(const TokenTable& table, const std::vector<std::string_view>& tokens, std::vector<Id>* ids);

}  // namespace valence::features::internal
