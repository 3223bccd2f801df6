// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "big_array.h"
#include "bigram_table.h"
#include "ngram_table.h"
#include "token_table.h"
#include "valence/classifier/model_file.h"

namespace valence::classifier {

/// A vocabulary of word n-grams as a trie over tokens, with the cell of each feature: its factor (idf, r, or 1), then
/// its weight in each row. Terms that tokens cannot spell (an empty token between spaces, a length outside ngram_range)
/// are left out: a document never has them.
struct VocabularyTrie {
  TokenTable tokens;    ///< a token's node is that of its unigram
  BigramTable bigrams;  ///< edges between two tokens, with cells, if has_bigram_table
  NgramTable ngrams;    ///< all other edges
  bool has_bigram_table = false;
  Node features = 0;       ///< nodes below this are features, unigrams first
  BigArray<Node> columns;  ///< of each feature's node
  BigArray<double> cells;  ///< rows + 1 for each feature's node (unigrams only, if has_bigram_table)
  std::size_t doubles_per_cell = 2;
  std::size_t max_tokens = 1;

  const double* Cell(Node node) const { return cells.data() + std::size_t{node} * doubles_per_cell; }

  /// Uses all threads; the same result at any number of them.
  static VocabularyTrie Build(const ModelBundle& bundle);
};

}  // namespace valence::classifier
