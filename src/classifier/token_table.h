// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "big_array.h"
#include "token_key.h"

namespace valence::classifier {

/// Surface tokens to nodes: hashed by text::HashToken into cache lines of two, every byte compared. A line is so rarely
/// full that a lookup's branches are predicted. Filled once, then read by all threads.
class TokenTable {
 public:
  TokenTable() = default;
  /// Room for `capacity` tokens.
  explicit TokenTable(std::size_t capacity);

  /// Adds `token` unless it is there; returns its node.
  Node Insert(std::string_view token, std::uint64_t hash, Node node);

  /// The node of the token with `key`, whose bytes are at `bytes`; kUnknown if there is none.
  Node Find(const TokenKey& key, const char* bytes, std::uint64_t hash) const {
    const Line* line = &lines_[Index(hash)];
    const std::uint64_t first = line->slots[0].key.Difference(key);
    const std::uint64_t second = line->slots[1].key.Difference(key);
    if (std::min(first, second) == 0) [[likely]] {
      const Slot& slot = line->slots[second == 0 ? 1 : 0];
      if (key.length <= kKeyBytes || TailEquals(slot, bytes)) [[likely]]
        return slot.node;
    }
    return line->slots[1].key.length == 0 ? kUnknown : FindBeyond(key, bytes, hash);
  }
  Node Find(std::string_view token, std::uint64_t hash) const { return Find(CopyKey(token), token.data(), hash); }

  /// This table with other nodes: map(token) for each token, which all threads call.
  TokenTable Remapped(const std::function<Node(std::string_view token)>& map) const;

  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&lines_[Index(hash)]); }

 private:
  struct Slot {
    TokenKey key;  // length 0: empty, as are all slots after it in the line
    Node node;
    std::uint32_t tail;  // of tokens over 16 bytes: where the other bytes are in tails_
  };
  struct Line {
    Slot slots[2];
  };

  std::size_t Index(std::uint64_t hash) const { return hash >> shift_; }
  // The first slot that holds the token or is empty, going from line to line.
  Slot* Place(const TokenKey& key, const char* bytes, std::uint64_t hash) const;
  Node FindBeyond(const TokenKey& key, const char* bytes, std::uint64_t hash) const;
  void CopyToken(const Slot& slot, std::string* token) const;
  bool TailEquals(const Slot& slot, const char* bytes) const;

  BigArray<Line> lines_;
  int shift_ = 0;
  std::size_t free_ = 0;
  std::string tails_;
};

}  // namespace valence::classifier
