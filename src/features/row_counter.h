// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "count_rows.h"
#include "ngram_trie.h"

namespace valence::features::internal {

/// For each token of a document, the node of the n-gram that starts there and is one token longer than prefixes[i], or
/// kNoId. `prefix_length`: tokens in the n-grams of `prefixes`. `extended` may be `prefixes`; all have ids.size().
/// visit(i, child) is called for each n-gram found.
template <class Visit>
void ExtendNgrams(const NgramTrie& trie, std::span<const Id> ids, std::size_t prefix_length,
                  std::span<const Id> prefixes, std::span<Id> extended, Visit visit) {
  constexpr std::size_t kPrefetchAhead = 12;  // nodes of rare n-grams are in no cache
  const auto key_at = [&](std::size_t i) { return MakeKey(prefixes[i], ids[i + prefix_length]); };
  const std::size_t n = ids.size() > prefix_length ? ids.size() - prefix_length : 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i + kPrefetchAhead < n) trie.Prefetch(key_at(i + kPrefetchAhead));
    if (prefixes[i] == kNoId || ids[i + prefix_length] == kNoId) {
      extended[i] = kNoId;
      continue;
    }
    const NgramTrie::Child child = trie.Find(key_at(i));
    extended[i] = child.id;
    if (child.id != kNoId) visit(i, child);
  }
  for (std::size_t i = n; i < ids.size(); ++i) extended[i] = kNoId;
}

/// Counts the n-grams of documents, one by one, in memory that it reuses. For one thread.
class RowCounter {
 public:
  /// `trie` must outlive this. `cols`: its columns are 0 ... cols - 1.
  RowCounter(const NgramTrie& trie, std::size_t max_length, std::size_t cols)
      : trie_(trie), max_length_(max_length), cols_(cols) {}

  /// Appends how often each column's n-gram occurs in `ids`, columns ascending.
  void AppendCounts(std::span<const Id> ids, std::vector<Count>* counts);

 private:
  void CollectColumns(std::span<const Id> ids);

  const NgramTrie& trie_;
  std::size_t max_length_;
  std::size_t cols_;
  std::vector<Id> prefixes_;
  std::vector<std::uint32_t> columns_;  // of every occurrence
  std::vector<std::uint32_t> sort_buffer_;
};

}  // namespace valence::features::internal
