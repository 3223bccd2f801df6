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

/// Surface tokens to nodes. A token's hash says where in an index its slot is named, and every byte of the slot's token
/// is compared. No two tokens have the same place there: tokens go by groups, and each group has a seed that sends its
/// tokens to free places (as in BigramTable). So a lookup branches only on whether the token is long, which is rare.
/// Slots are in the order of the entries, the most frequent tokens first: most of a text then needs few pages. Filled
/// once, then read by all threads.
class TokenTable {
 public:
  struct Entry {
    std::string_view token;
    std::uint64_t hash;  ///< text::HashToken(token)
    Node node;
  };

  TokenTable() = default;
  /// The table of these tokens. Of equal ones the first counts.
  explicit TokenTable(std::span<const Entry> entries);

  /// The node of the token with `key`, whose bytes are at `bytes`; kUnknown if there is none.
  Node Find(const TokenKey& key, const char* bytes, std::uint64_t hash) const {
    const std::uint32_t entry = index_[PlaceOf(hash)];
    const Slot& slot = slots_[entry & kSlotMask];
    // Arithmetic, not a branch: whether a text's next word is in the vocabulary cannot be predicted.
    const Node if_unknown = Node{0} - (slot.key.Difference(key) != 0 ? 1u : 0u);
    if (MayBeElsewhere(if_unknown, entry, key.length)) [[unlikely]]
      return FindSlowly({bytes, key.length}, hash);
    static_assert(kUnknown == ~Node{0});
    return slot.node | if_unknown;
  }
  Node Find(std::string_view token, std::uint64_t hash) const { return Find(CopyKey(token), token.data(), hash); }
  /// Before PrefetchSlot, some time before Find.
  void PrefetchPlace(std::uint64_t hash) const { __builtin_prefetch(&index_[PlaceOf(hash)]); }
  void PrefetchSlot(std::uint64_t hash) const { __builtin_prefetch(&slots_[index_[PlaceOf(hash)] & kSlotMask]); }

  /// Called with how many of a text's nodes, from the first on, are known.
  using Progress = std::function<void(std::size_t known)>;
  /// Sets nodes[i] to that of token i of `surface`, for all of them: looking ahead, so that none waits for memory.
  /// Tells `progress` whenever there are kBlock more, and when there are all.
  void FindAll(const text::TokenBuffer& surface, Node* nodes, const Progress& progress) const;
  void FindAllPortably(const text::TokenBuffer& surface, Node* nodes, const Progress& progress) const;
  static constexpr std::size_t kBlock = 16;

  /// This table with other nodes: map(token) for each token, which all threads call.
  TokenTable Remapped(const std::function<Node(std::string_view token)>& map) const;

  /// How many tokens no seed had a place for: none, if their hashes were not made to collide. They are found all the
  /// same.
  std::size_t homeless() const { return homeless_.size(); }

 private:
  struct Slot {
    TokenKey key;  // length 0: empty
    Node node;
    std::uint32_t tail;  // of tokens over 16 bytes: where the other bytes are in tails_
  };
  static_assert(sizeof(Slot) == 32, "a slot is in one line of the cache");
  using Group = std::span<const std::uint32_t>;  // of entries
  static constexpr std::uint32_t kHomelessBit = 0x80000000;
  static constexpr std::uint32_t kSlotMask = kHomelessBit - 1;

  static constexpr std::size_t kChunks = 16;  // that threads take
  // Tokens, because a miss costs as much as the work for several.
  static constexpr std::size_t kAhead = 16;     // of a slot
  static constexpr std::size_t kFarAhead = 32;  // of a place in the index

  std::size_t GroupOf(std::uint64_t hash) const { return hash >> group_shift_; }
  std::size_t PlaceOf(std::uint64_t hash) const { return PlaceOf(hash, seeds_[GroupOf(hash)]); }
  std::size_t PlaceOf(std::uint64_t hash, std::uint32_t seed) const {
    return static_cast<std::uint32_t>(hash) * seed >> index_shift_;
  }
  static bool MayBeElsewhere(Node if_unknown, std::uint32_t entry, std::uint32_t length) {
    return ((if_unknown & entry & kHomelessBit) | (length - 1) / kKeyBytes) != 0;
  }

  void Settle(std::span<const Entry> entries, std::span<std::uint32_t> group);
  void AddHomeless(const Entry& entry);
  void FillSlot(const Entry& entry, Slot* slot);
  void FindAllByAvx512(const text::TokenBuffer& surface, Node* nodes, const Progress& progress) const;
  Node FindSlowly(std::string_view token, std::uint64_t hash) const;
  void CopyToken(const Slot& slot, std::string* token) const;
  bool TailEquals(const Slot& slot, std::string_view token) const;

  BigArray<std::uint32_t> index_{2};  // slots, 0 for none; with kHomelessBit where a token of homeless_ would be
  BigArray<Slot> slots_{1};           // the first one is empty
  std::vector<std::uint8_t> seeds_ = {1, 1};  // by group
  int index_shift_ = 31;
  int group_shift_ = 63;
  std::string tails_;
  std::map<std::string, Node, std::less<>> homeless_;
};

}  // namespace valence::classifier
