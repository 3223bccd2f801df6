// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "big_array.h"
#include "token_key.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::classifier {

/// Surface tokens to nodes: hashed by text::HashToken into cache lines of two, every byte compared. A token is in its
/// one line or nowhere, though the lines are few: tokens go by groups, and each group has a seed that sends its tokens
/// to lines with room for all of them (as in BigramTable). So a lookup branches only on whether the token is long,
/// which is rare. Filled once, then read by all threads.
class TokenTable {
 public:
  struct Entry {
    std::string_view token;
    std::uint64_t hash;  ///< text::HashToken(token)
    Node node;
  };

  TokenTable() = default;
  /// The table of these tokens. Of equal ones the first counts. Works for any, but only as fast as it should if their
  /// hashes were not made to collide.
  explicit TokenTable(std::span<const Entry> entries);

  /// The node of the token with `key`, whose bytes are at `bytes`; kUnknown if there is none.
  Node Find(const TokenKey& key, const char* bytes, std::uint64_t hash) const {
    const Line* line = &lines_[LineOf(hash)];
    const std::uint64_t first = line->slots[0].key.Difference(key);
    const std::uint64_t second = line->slots[1].key.Difference(key);
    // Arithmetic, not branches: whether a text's next word is in the vocabulary cannot be predicted.
    const Node if_unknown = Node{0} - (std::min(first, second) != 0 ? 1u : 0u);
    if (MayBeElsewhere(if_unknown, key.length)) [[unlikely]]
      return FindSlowly({bytes, key.length}, hash);
    static_assert(kUnknown == ~Node{0});
    return line->slots[second == 0 ? 1 : 0].node | if_unknown;
  }
  Node Find(std::string_view token, std::uint64_t hash) const { return Find(CopyKey(token), token.data(), hash); }
  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&lines_[LineOf(hash)]); }

  /// Sets nodes[i] to that of token i of `surface`, for all of them: looking ahead, so that none waits for its line.
  void FindAll(const text::TokenBuffer& surface, Node* nodes) const;
  void FindAllPortably(const text::TokenBuffer& surface, Node* nodes) const;

  /// This table with other nodes: map(token) for each token, which all threads call.
  TokenTable Remapped(const std::function<Node(std::string_view token)>& map) const;

  /// How many tokens no seed had room for.
  std::size_t homeless() const { return homeless_.size(); }

 private:
  struct Slot {
    TokenKey key;  // length 0: empty
    Node node;
    std::uint32_t tail;  // of tokens over 16 bytes: where the other bytes are in tails_
  };
  struct Line {
    Slot slots[2];
  };
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");
  using Group = std::span<const Entry* const>;

  // Tokens, because a miss costs as much as the work for several.
  static constexpr std::size_t kAhead = 32;

  std::size_t GroupOf(std::uint64_t hash) const { return hash >> group_shift_; }
  std::size_t LineOf(std::uint64_t hash) const { return LineOf(hash, seeds_[GroupOf(hash)]); }
  std::size_t LineOf(std::uint64_t hash, std::uint32_t seed) const {
    return static_cast<std::uint32_t>(hash) * seed >> line_shift_;
  }
  bool MayBeElsewhere(Node if_unknown, std::uint32_t length) const {
    return ((if_unknown & if_homeless_) | (length - 1) / kKeyBytes) != 0;
  }

  void Settle(Group group, std::vector<std::uint8_t>* taken);
  void Put(const Entry& entry);
  void FindAllByAvx512(const text::TokenBuffer& surface, Node* nodes) const;
  Node FindSlowly(std::string_view token, std::uint64_t hash) const;
  void CopyToken(const Slot& slot, std::string* token) const;
  bool TailEquals(const Slot& slot, std::string_view token) const;

  BigArray<Line> lines_{2};
  std::vector<std::uint8_t> seeds_ = {1, 1};  // by group
  int line_shift_ = 31;
  int group_shift_ = 63;
  std::string tails_;
  std::map<std::string, Node, std::less<>> homeless_;
  Node if_homeless_ = 0;  // all bits, if there are any
};

}  // namespace valence::classifier
