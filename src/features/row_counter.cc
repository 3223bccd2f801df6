// SPDX-License-Identifier: Apache-2.0
#include "row_counter.h"

#include "radix_sort.h"

namespace valence::features::internal {

void RowCounter::CollectColumns(std::span<const Id> ids) {
  columns_.clear();
  const auto collect = [&](std::int32_t column) {
    if (column != NgramTrie::kNoColumn) columns_.push_back(static_cast<std::uint32_t>(column));
  };
  for (const Id id : ids) {
    if (id != kNoId) collect(trie_.RootColumn(id));
  }
  prefixes_.assign(ids.begin(), ids.end());
  for (std::size_t length = 2; length <= max_length_; ++length) {
    bool found = false;
    ExtendNgrams(trie_, ids, length - 1, prefixes_, prefixes_, [&](std::size_t, NgramTrie::Child child) {
      collect(child.column);
      found = true;
    });
    if (!found) break;
  }
}

void RowCounter::AppendCounts(std::span<const Id> ids, std::vector<Count>* counts) {
  CollectColumns(ids);
  RadixSort(cols_, &columns_, &sort_buffer_);
  for (std::size_t i = 0; i < columns_.size();) {
    std::size_t end = i + 1;
    while (end < columns_.size() && columns_[end] == columns_[i]) ++end;
    counts->push_back({static_cast<std::int32_t>(columns_[i]), static_cast<std::int32_t>(end - i)});
    i = end;
  }
}

}  // namespace valence::features::internal
