// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "big_array.h"
#include "token_key.h"

namespace valence::classifier {

/// Surface tokens to nodes: open addressing by text::HashToken, every byte compared. Filled once, then read by all
/// threads.
class TokenTable {
 public:
  TokenTable() = default;
  /// Room for `capacity` tokens.
  explicit TokenTable(std::size_t capacity);

  /// Adds `token` unless it is there; returns the place of its node, valid until the next Insert.
  Node* Insert(std::string_view token, std::uint64_t hash, Node node);

  /// The node of the token with `key`, whose bytes are at `bytes`; kUnknown if there is none.
  Node Find(const TokenKey& key, const char* bytes, std::uint64_t hash) const {
    for (std::size_t i = Index(hash);; i = (i + 1) & mask_) {
      const Slot& slot = slots_[i];
      if (slot.key == key && (key.length <= kKeyBytes || TailEquals(slot, bytes))) return slot.node;
      if (slot.key.length == 0) return kUnknown;
    }
  }
  Node Find(std::string_view token, std::uint64_t hash) const { return Find(CopyKey(token), token.data(), hash); }

  /// This table with other nodes: map(token) for each token, which all threads call.
  TokenTable Remapped(const std::function<Node(std::string_view token)>& map) const;

  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[Index(hash)]); }

 private:
  struct Slot {
    TokenKey key;  // length 0: empty
    Node node;
    std::uint32_t tail;  // of tokens over 16 bytes: where the other bytes are in tails_
  };

  std::size_t Index(std::uint64_t hash) const { return (hash * 0x9E3779B97F4A7C15) >> shift_; }
  void CopyToken(const Slot& slot, std::string* token) const;
  bool TailEquals(const Slot& slot, const char* bytes) const;

  BigArray<Slot> slots_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
  std::string tails_;
};

}  // namespace valence::classifier
