// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "analyzer.h"
#include "corpus.h"
#include "ngram_trie.h"
#include "valence/features/vectorizer.h"

namespace valence::features::internal {

/// The n-grams of a corpus. A node of the trie is its n-gram; every prefix of an n-gram is there too.
struct LearnedNgrams {
  NgramTrie trie;
  std::vector<std::uint32_t> document_frequency;  ///< of each node
};

/// The n-grams of up to `max_length` tokens that are in at least `min_documents` documents. Level by level, since an
/// n-gram can be no more frequent than the n-grams inside it (Agrawal & Srikant's Apriori). Nodes of one length ascend
/// by (parent, last token).
LearnedNgrams LearnNgrams(const LearnedCorpus& learned, std::size_t max_length, double min_documents);

/// Gives columns 0, 1, 2, ... to the n-grams that are features in at most `max_documents` documents, ascending by
/// their terms' bytes, and returns these terms.
Vocabulary AssignColumns(const Analyzer& analyzer, const Words& words, double max_documents, LearnedNgrams* ngrams);

}  // namespace valence::features::internal
