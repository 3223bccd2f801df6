// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "big_array.h"
#include "token_key.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {

/// Surface tokens to nodes: hashed by text::HashToken into cache lines of two, every byte compared. A line is so rarely
/// full, and a token so rarely long, that a lookup's branch is predicted. Filled once, then read by all threads.
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
    // Arithmetic, not branches: whether a text's next word is in the vocabulary cannot be predicted.
    const Node if_unknown = Node{0} - (std::min(first, second) != 0 ? 1u : 0u);
    const std::uint32_t if_long = (key.length - 1) / kKeyBytes;
    if (((if_unknown & line->slots[1].key.length) | if_long) != 0) [[unlikely]]
      return FindSlowly({bytes, key.length}, hash);
    static_assert(kUnknown == ~Node{0});
    return line->slots[second == 0 ? 1 : 0].node | if_unknown;
  }
  /// Sets nodes[i] to that of token i of `surface`, for all of them: looking ahead, so that none waits for its line.
  void FindAll(const text::TokenBuffer& surface, Node* nodes) const;
  void FindAllPortably(const text::TokenBuffer& surface, Node* nodes) const;
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

  void FindAllByAvx512(const text::TokenBuffer& surface, Node* nodes) const;
  // Tokens, because the table is larger than the second-level cache and a miss costs as much as the work for several.
  static constexpr std::size_t kAhead = 32;

  std::size_t Index(std::uint64_t hash) const { return hash >> shift_; }
  // The first slot that holds the token or is empty, going from line to line.
  Slot* Place(const TokenKey& key, const char* bytes, std::uint64_t hash) const;
  Node FindSlowly(std::string_view token, std::uint64_t hash) const;
  void CopyToken(const Slot& slot, std::string* token) const;
  bool TailEquals(const Slot& slot, const char* bytes) const;

  BigArray<Line> lines_;
  int shift_ = 0;
  std::size_t free_ = 0;
  std::string tails_;
};

}  // namespace valence::classifier
