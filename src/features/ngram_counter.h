// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "corpus.h"
#include "ngram_trie.h"

namespace valence::features::internal {

struct CountedNgram {
  Key key = 0;
  std::uint32_t documents = 0;  ///< in how many documents it occurs
};

/// All n-grams in at least `min_documents` documents that are one token longer than those of `prefixes`, ascending by
/// key. prefixes[i] is the n-gram that starts at token i of the corpus, or kNoId if it was not kept (or would cross
/// the document's end). n-grams whose first or last tokens were not kept are skipped: they are as rare. All threads;
/// the result does not depend on their number.
std::vector<CountedNgram> CountNgrams(const Corpus& corpus, std::span<const Id> prefixes, std::size_t prefix_length,
                                      double min_documents);

}  // namespace valence::features::internal
