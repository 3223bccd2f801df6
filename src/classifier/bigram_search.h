// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "bigram_table.h"

namespace valence::classifier {

/// The search for a text's bigrams, which can begin while its tokens are still being looked up: then their lines, which
/// no cache holds, arrive while there is other work to do. Working memory; for one thread.
class BigramSearch {
 public:
  /// Of the pairs of neighbours in `nodes`, all of which are known by the time of Finish. The table and the nodes must
  /// stay until then.
  void Begin(const BigramTable& table, std::span<const Node> nodes) {
    table_ = &table;
    nodes_ = nodes;
    pairs_ = nodes.empty() ? 0 : nodes.size() - 1;
    sought_ = 0;
    const std::size_t blocks = (pairs_ + kBlock - 1) / kBlock;
    if (keys_.size() < blocks) keys_.resize(blocks);
  }
  /// The first `known` nodes are known.
  void Advance(std::size_t known) {
    const std::size_t end = std::min(kMostSoughtEarly, pairs_);
    while (sought_ < end && std::min(sought_ + kBlock, pairs_) < known) Seek();
  }
  /// Writes the places that are found, or'ed with `flag`, and where their pairs begin if `begins` is not nullptr;
  /// returns how many. Both need room for as many as there are nodes.
  std::size_t Finish(BigramTable::Place flag, BigramTable::Place* places, std::uint32_t* begins) {
    std::size_t found = 0;
    std::size_t end = std::max(sought_, std::min(kBlock, pairs_));
    for (std::size_t begin = 0; begin < pairs_; begin = std::exchange(end, std::min(end + kBlock, pairs_))) {
      while (sought_ < std::min(end + kAhead, pairs_)) Seek();
      found +=
          table_->Take(keys_.data(), {begin, end}, flag, places + found, begins == nullptr ? begins : begins + found);
    }
    return found;
  }

 private:
  static constexpr std::size_t kBlock = BigramTable::kBlock;
  static constexpr std::size_t kAhead = 2 * kBlock;  // pairs whose lines are on their way
  // The lines of more would not fit into the nearest cache until they are needed.
  static constexpr std::size_t kMostSoughtEarly = 32 * kBlock;

  void Seek() {
    const std::size_t count = std::min(kBlock, pairs_ - sought_);
    table_->Seek(nodes_.subspan(sought_, count + 1), &keys_[sought_ / kBlock]);
    sought_ += count;
  }

  const BigramTable* table_ = nullptr;
  std::span<const Node> nodes_;
  std::size_t pairs_ = 0;
  std::size_t sought_ = 0;  // pairs whose keys are known
  std::vector<BigramTable::KeyBlock> keys_;
};

}  // namespace valence::classifier
