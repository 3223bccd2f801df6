// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <algorithm>
#include <bit>

#include "valence/base/check.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {

TokenTable::TokenTable(std::size_t capacity)
    : lines_(std::bit_ceil(2 * capacity + 2)), shift_(64 - std::countr_zero(lines_.size())), free_(capacity) {
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");
}

Node TokenTable::Insert(std::string_view token, std::uint64_t hash, Node node) {
  const TokenKey key = CopyKey(token);
  Slot* slot = Place(key, token.data(), hash);
  if (slot->key.length != 0) return slot->node;
  VALENCE_CHECK(free_-- > 0, "a token table was made too small");
  *slot = {key, node, static_cast<std::uint32_t>(tails_.size())};
  if (token.size() > kKeyBytes) tails_ += token.substr(kKeyBytes);
  return node;
}

TokenTable::Slot* TokenTable::Place(const TokenKey& key, const char* bytes, std::uint64_t hash) const {
  for (std::size_t i = Index(hash);; i = (i + 1) & (lines_.size() - 1)) {
    for (Slot& slot : const_cast<Line&>(lines_[i]).slots) {
      if (slot.key.length == 0) return &slot;
      if (slot.key == key && (key.length <= kKeyBytes || TailEquals(slot, bytes))) return &slot;
    }
  }
}

Node TokenTable::FindSlowly(std::string_view token, std::uint64_t hash) const {
  const Slot* slot = Place(CopyKey(token), token.data(), hash);
  return slot->key.length == 0 ? kUnknown : slot->node;
}

TokenTable TokenTable::Remapped(const std::function<Node(std::string_view token)>& map) const {
  constexpr std::size_t kChunks = 16;
  TokenTable result;
  result.lines_ = BigArray<Line>(lines_.size());
  result.shift_ = shift_;
  result.tails_ = tails_;
  linalg::ParallelFor(lines_.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::string token;
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t k = 0; k < 2 && lines_[i].slots[k].key.length != 0; ++k) {
        result.lines_[i].slots[k] = lines_[i].slots[k];
        CopyToken(lines_[i].slots[k], &token);
        result.lines_[i].slots[k].node = map(token);
      }
    }
  });
  return result;
}

void TokenTable::CopyToken(const Slot& slot, std::string* token) const {
  token->assign(reinterpret_cast<const char*>(&slot.key.first), kKeyBytes);
  token->resize(std::min<std::size_t>(slot.key.length, kKeyBytes));
  if (slot.key.length > kKeyBytes) token->append(tails_, slot.tail, slot.key.length - kKeyBytes);
}

bool TokenTable::TailEquals(const Slot& slot, const char* bytes) const {
  return std::memcmp(tails_.data() + slot.tail, bytes + kKeyBytes, slot.key.length - kKeyBytes) == 0;
}

}  // namespace valence::classifier
