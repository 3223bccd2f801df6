// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "token_key.h"

namespace valence::classifier {

/// One thread's memory of what preprocessing made of surface tokens (stop words, inflected forms) that the vocabulary
/// does not hold as they are. A cache of fixed size, two places a token, so it is bounded and never allocates once
/// made.
class SurfaceMemo {
 public:
  /// Nodes belong to one model: forgets everything if `model` is not the one before.
  void UseFor(std::uint64_t model) {
    if (model_ == model) return;
    model_ = model;
    slots_.assign(kSets * 2, {});
  }

  std::optional<Node> Find(const TokenKey& key, std::uint64_t hash) const {
    const Slot* set = &slots_[Set(hash)];
    if (set[0].key == key) return set[0].node;
    if (set[1].key == key) return set[1].node;
    return std::nullopt;
  }

  /// Remembers; the older of two in the same set goes. `key` has at most 16 bytes.
  void Insert(const TokenKey& key, std::uint64_t hash, Node node) {
    Slot* set = &slots_[Set(hash)];
    set[1] = std::exchange(set[0], {key, node});
  }

 private:
  struct Slot {
    TokenKey key;
    Node node = kUnknown;
  };
  static constexpr std::size_t kSets = std::size_t{1} << 14;

  static std::size_t Set(std::uint64_t hash) { return (hash * 0x9E3779B97F4A7C15 >> 50) * 2; }
  static_assert(std::size_t{1} << (64 - 50) == kSets);

  std::uint64_t model_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace valence::classifier
