// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "hash.h"
#include "huge_pages.h"
#include "token_table.h"

namespace valence::features::internal {

/// An n-gram as the number of all its tokens but the last, and the number of the last: its exact identity.
using Key = std::uint64_t;
inline Key MakeKey(Id parent, Id word) { return Key{parent} << 32 | word; }
inline Id ParentOf(Key key) { return static_cast<Id>(key >> 32); }
inline Id WordOf(Key key) { return static_cast<Id>(key); }

/// n-grams as a trie of token numbers. Nodes 0 ... roots - 1 are the single tokens; every longer n-gram has a node
/// with a higher number than its parent's. A node may have a column of the matrix. Reading is thread-safe.
class NgramTrie {
 public:
  struct Child {
    Id id = kNoId;
    std::int32_t column = kNoColumn;
  };
  static constexpr std::int32_t kNoColumn = -1;

  /// Single tokens only.
  explicit NgramTrie(std::size_t roots) : roots_(roots), columns_(roots, kNoColumn) { Reserve(0); }

  std::size_t size() const { return roots_ + keys_.size(); }
  std::size_t roots() const { return roots_; }
  bool IsRoot(Id id) const { return id < roots_; }
  /// Requires !IsRoot(id).
  Key KeyOf(Id id) const { return keys_[id - roots_]; }

  /// Makes room for this many more nodes.
  void Reserve(std::size_t more);
  /// Adds an n-gram that is not there. Requires 0 <= ParentOf(key) < size() and fewer than 2^32 - 1 nodes.
  Id Add(Key key);
  /// The node of `key`, added if need be.
  Id FindOrAdd(Key key);

  std::int32_t RootColumn(Id id) const { return columns_[id]; }
  std::int32_t ColumnOf(Id id) const { return IsRoot(id) ? columns_[id] : slots_[FindSlot(KeyOf(id))].child.column; }
  void SetColumn(Id id, std::int32_t column);

  /// The n-gram that `word` makes of `parent`; id kNoId if there is none.
  Child Find(Key key) const { return slots_[FindSlot(key)].child; }
  /// Fetches the memory that Find(key) will read.
  void Prefetch(Key key) const { __builtin_prefetch(&slots_[HashKey(key) & mask_]); }

 private:
  struct Slot {
    Key key = 0;
    Child child;  // no id: the slot is free
  };
  std::size_t FindSlot(Key key) const {
    std::size_t i = HashKey(key) & mask_;
    while (slots_[i].child.id != kNoId && slots_[i].key != key) i = (i + 1) & mask_;
    return i;
  }

  std::size_t roots_;
  std::vector<std::int32_t> columns_;  // of the roots
  std::vector<Key> keys_;              // of the other nodes
  HugePageVector<Slot> slots_;
  std::size_t mask_ = 0;
};

}  // namespace valence::features::internal
