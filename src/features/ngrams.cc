// SPDX-License-Identifier: Apache-2.0
#include "ngrams.h"

#include "ngram_counter.h"
#include "row_counter.h"
#include "valence/linalg/parallel.h"

namespace valence::features::internal {
namespace {

constexpr std::size_t kChunks = 64;

// Makes of each n-gram the one that is one token longer, or kNoId.
void Extend(const NgramTrie& trie, const Corpus& corpus, std::size_t prefix_length, std::vector<Id>* ngrams) {
  linalg::ParallelFor(corpus.documents(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t d = begin; d < end; ++d) {
      const auto of_document = std::span(*ngrams).subspan(corpus.offsets[d], corpus.Document(d).size());
      ExtendNgrams(trie, corpus.Document(d), prefix_length, of_document, of_document,
                   [](std::size_t, NgramTrie::Child) {});
    }
  });
}

}  // namespace

LearnedNgrams LearnNgrams(const LearnedCorpus& learned, std::size_t max_length, double min_documents) {
  const Corpus& corpus = learned.corpus;
  LearnedNgrams ngrams{NgramTrie(learned.words.size()), learned.words.document_frequency};
  std::vector<Id> longer;  // n-grams at each token, once they are longer than the tokens themselves
  for (std::size_t length = 2; length <= max_length; ++length) {
    const std::vector<CountedNgram> counted =
        CountNgrams(corpus, length == 2 ? corpus.ids : longer, length - 1, min_documents);
    if (counted.empty()) break;
    ngrams.trie.Reserve(counted.size());
    for (const CountedNgram& ngram : counted) {
      ngrams.trie.Add(ngram.key);
      ngrams.document_frequency.push_back(ngram.documents);
    }
    if (length == max_length) break;
    if (length == 2) longer = corpus.ids;
    Extend(ngrams.trie, corpus, length - 1, &longer);
  }
  return ngrams;
}

}  // namespace valence::features::internal
