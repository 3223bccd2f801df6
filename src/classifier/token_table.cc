// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <algorithm>
#include <bit>

#include "valence/base/check.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {

TokenTable::TokenTable(std::size_t capacity) {
  const std::size_t slots = std::bit_ceil(capacity * 2 + 2);
  static_assert(sizeof(Slot) == 32, "two slots a cache line");
  slots_ = BigArray<Slot>(slots);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
}

Node* TokenTable::Insert(std::string_view token, std::uint64_t hash, Node node) {
  const TokenKey key = CopyKey(token);
  std::size_t i = Index(hash);
  for (; slots_[i].key.length != 0; i = (i + 1) & mask_) {
    if (slots_[i].key == key && (key.length <= kKeyBytes || TailEquals(slots_[i], token.data())))
      return &slots_[i].node;
  }
  VALENCE_CHECK(2 * ++size_ < slots_.size(), "a token table was made too small");
  slots_[i] = {key, node, static_cast<std::uint32_t>(tails_.size())};
  if (token.size() > kKeyBytes) tails_ += token.substr(kKeyBytes);
  return &slots_[i].node;
}

TokenTable TokenTable::Remapped(const std::function<Node(std::string_view token)>& map) const {
  constexpr std::size_t kChunks = 16;
  TokenTable result;
  result.slots_ = BigArray<Slot>(slots_.size());
  result.mask_ = mask_;
  result.shift_ = shift_;
  result.size_ = size_;
  result.tails_ = tails_;
  linalg::ParallelFor(slots_.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::string token;
    for (std::size_t i = begin; i < end; ++i) {
      if (slots_[i].key.length == 0) continue;
      result.slots_[i] = slots_[i];
      CopyToken(slots_[i], &token);
      result.slots_[i].node = map(token);
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
