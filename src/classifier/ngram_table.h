// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "big_array.h"
#include "token_key.h"
#include "valence/base/check.h"

namespace valence::classifier {

/// The trie's edges: (node of a prefix, node of the next token) to the node of the longer n-gram, hashed into cache
/// lines of five, by the exact pair. All five are compared without a branch, because whether a text's next n-gram is
/// a feature cannot be predicted. Filled once, then read by all threads.
class NgramTable {
 public:
  NgramTable() = default;
  /// Room for `capacity` edges.
  explicit NgramTable(std::size_t capacity)
      : lines_(std::bit_ceil(capacity / 2 + 2)), shift_(64 - std::countr_zero(lines_.size())), free_(capacity) {}

  static std::uint64_t Key(Node prefix, Node token) { return std::uint64_t{prefix} << 32 | token; }

  /// The child of `key`, or kUnknown.
  Node Find(std::uint64_t key) const {
    const Line& line = lines_[Index(key)];
    Node node = 0;
    for (std::size_t k = 0; k < kPerLine; ++k) node |= line.keys[k] == key ? line.nodes_plus_one[k] : 0;
    // Only a full line may have sent edges to the next one. (That a line is full is rare, that it has no match is not.)
    if (line.nodes_plus_one[kPerLine - 1] != 0) [[unlikely]] {
      return FindBeyond(key);
    }
    return node - 1;
  }

  /// Adds the edge unless it is there; returns its child.
  Node Insert(std::uint64_t key, Node node) {
    for (std::size_t i = Index(key);; i = (i + 1) & (lines_.size() - 1)) {
      Line& line = lines_[i];
      for (std::size_t k = 0; k < kPerLine; ++k) {
        if (line.nodes_plus_one[k] == 0) {
          VALENCE_CHECK(free_-- > 0, "an n-gram table was made too small");
          line.keys[k] = key;
          line.nodes_plus_one[k] = node + 1;
          return node;
        }
        if (line.keys[k] == key) return line.nodes_plus_one[k] - 1;
      }
    }
  }

  void Prefetch(std::uint64_t key) const { __builtin_prefetch(&lines_[Index(key)]); }

 private:
  static constexpr std::size_t kPerLine = 5;
  struct Line {
    std::array<std::uint64_t, kPerLine> keys;
    std::array<std::uint32_t, kPerLine> nodes_plus_one;  // 0: empty, as are all after it
    std::uint32_t unused;
  };
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");
  static_assert(kUnknown + 1 == 0, "a node of an empty place is kUnknown");

  std::size_t Index(std::uint64_t key) const {
    key *= 0x9E3779B97F4A7C15;
    return ((key ^ key >> 32) * 0xD6E8FEB86659FD93) >> shift_;
  }

  Node FindBeyond(std::uint64_t key) const {
    for (std::size_t i = Index(key);; i = (i + 1) & (lines_.size() - 1)) {
      const Line& line = lines_[i];
      for (std::size_t k = 0; k < kPerLine; ++k) {
        if (line.nodes_plus_one[k] == 0) return kUnknown;
        if (line.keys[k] == key) return line.nodes_plus_one[k] - 1;
      }
    }
  }

  BigArray<Line> lines_;
  int shift_ = 0;
  std::size_t free_ = 0;
};

}  // namespace valence::classifier
