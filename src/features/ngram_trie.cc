// SPDX-License-Identifier: Apache-2.0
#include "ngram_trie.h"

#include <bit>

namespace valence::features::internal {

void NgramTrie::Reserve(std::size_t more) {
  // At most half full: the walks of linear probing stay short, also those for n-grams that are not there.
  const std::size_t wanted = std::bit_ceil(2 * (keys_.size() + more) + 16);
  if (wanted <= slots_.size()) return;
  keys_.reserve(keys_.size() + more);
  HugePageVector<Slot> old(wanted);
  old.swap(slots_);
  mask_ = wanted - 1;
  for (const Slot& slot : old) {
    if (slot.child.id != kNoId) slots_[FindSlot(slot.key)] = slot;
  }
}

Id NgramTrie::Add(Key key) {
  const Id id = static_cast<Id>(size());
  if (2 * (keys_.size() + 1) > slots_.size()) Reserve(keys_.size() + 1);
  keys_.push_back(key);
  slots_[FindSlot(key)] = {key, {id, kNoColumn}};
  return id;
}

Id NgramTrie::FindOrAdd(Key key) {
  const Id found = Find(key).id;
  return found != kNoId ? found : Add(key);
}

void NgramTrie::SetColumn(Id id, std::int32_t column) {
  if (IsRoot(id)) {
    columns_[id] = column;
  } else {
    slots_[FindSlot(KeyOf(id))].child.column = column;
  }
}

}  // namespace valence::features::internal
