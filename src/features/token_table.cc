// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include "hash.h"

namespace valence::features::internal {
namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint32_t Tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

}  // namespace

TokenTable::TokenTable() : slots_(kFirstSlots), mask_(kFirstSlots - 1) {}

std::size_t TokenTable::FindSlot(std::string_view token, std::uint64_t hash) const {
  const std::uint32_t tag = Tag(hash);
  for (std::size_t i = hash & mask_;; i = (i + 1) & mask_) {
    const Slot& slot = slots_[i];
    if (slot.id == kNoId || (slot.tag == tag && Is(slot.id, token))) return i;
  }
}

Id TokenTable::Intern(std::string_view token, std::uint64_t hash) {
  Slot& slot = slots_[FindSlot(token, hash)];
  if (slot.id != kNoId) return slot.id;

  const Id id = static_cast<Id>(size());
  slot = {Tag(hash), id};
  bytes_ += token;
  offsets_.push_back(bytes_.size());
  if (2 * size() > slots_.size()) Grow();
  return id;
}

void TokenTable::Grow() {
  slots_.assign(2 * slots_.size(), Slot{});
  mask_ = slots_.size() - 1;
  for (Id id = 0; id < size(); ++id) {
    const std::uint64_t hash = HashBytes(Token(id));
    std::size_t i = hash & mask_;
    while (slots_[i].id != kNoId) i = (i + 1) & mask_;
    slots_[i] = {Tag(hash), id};
  }
}

}  // namespace valence::features::internal
