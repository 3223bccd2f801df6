// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

#include "big_array.h"
#include "token_key.h"
#include "valence/base/check.h"

namespace valence::classifier {

/// The trie's edges: (node of a prefix, node of the next token) to the node of the longer n-gram. Open addressing on
/// the exact pair. Filled once, then read by all threads.
class NgramTable {
 public:
  NgramTable() = default;
  /// Room for `capacity` edges.
  explicit NgramTable(std::size_t capacity)
      : slots_(std::bit_ceil(capacity + capacity / 2 + 2)),
        mask_(slots_.size() - 1),
        shift_(64 - std::countr_zero(slots_.size())),
        free_(capacity) {}

  static std::uint64_t Key(Node prefix, Node token) { return std::uint64_t{prefix} << 32 | token; }

  /// The child of `key`, or kUnknown.
  Node Find(std::uint64_t key) const {
    for (std::size_t i = Index(key);; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.node_plus_one == 0) return kUnknown;
      if (slot.key == key) return slot.node_plus_one - 1;
    }
  }

  /// Adds the edge unless it is there; returns its child.
  Node Insert(std::uint64_t key, Node node) {
    std::size_t i = Index(key);
    for (; slots_[i].node_plus_one != 0; i = (i + 1) & mask_) {
      if (slots_[i].key == key) return slots_[i].node_plus_one - 1;
    }
    VALENCE_CHECK(free_-- > 0, "an n-gram table was made too small");
    slots_[i] = {key, node + 1, 0};
    return node;
  }

  void Prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[Index(key)]); }

 private:
  struct Slot {
    std::uint64_t key;
    std::uint32_t node_plus_one;  // 0: empty
    std::uint32_t unused;
  };

  std::size_t Index(std::uint64_t key) const {
    key *= 0x9E3779B97F4A7C15;
    return ((key ^ key >> 32) * 0xD6E8FEB86659FD93) >> shift_;
  }

  BigArray<Slot> slots_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t free_ = 0;
};

}  // namespace valence::classifier
