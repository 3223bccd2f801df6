// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <bit>
#include <iterator>

#include "group_seed.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {
namespace {

constexpr double kMostLoad = 0.65;  // of the index: beyond, some group might find no seed
constexpr std::size_t kPerGroup = 4;
constexpr std::size_t kLargeGroup = 32;  // all larger ones are alike

}  // namespace

TokenTable::TokenTable(std::span<const Entry> entries) {
  const auto least = static_cast<std::size_t>(static_cast<double>(entries.size()) / kMostLoad);
  index_ = BigArray<std::uint32_t>(std::bit_ceil(std::max<std::size_t>(least, 2)));
  index_shift_ = 32 - std::countr_zero(index_.size());
  seeds_.assign(std::bit_ceil(std::max<std::size_t>(entries.size() / kPerGroup, 2)), 1);
  group_shift_ = 64 - std::countr_zero(seeds_.size());
  slots_ = BigArray<Slot>(entries.size() + 1);
  for (std::size_t i = 0; i < entries.size(); ++i) FillSlot(entries[i], &slots_[i + 1]);

  // Counting sort by group.
  std::vector<std::uint32_t> begins(seeds_.size() + 1);
  for (const Entry& entry : entries) ++begins[GroupOf(entry.hash) + 1];
  for (std::size_t g = 0; g < seeds_.size(); ++g) begins[g + 1] += begins[g];
  std::vector<std::uint32_t> sorted(entries.size());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t i = 0; i < entries.size(); ++i)
    sorted[next[GroupOf(entries[i].hash)]++] = static_cast<std::uint32_t>(i);

  // The largest groups first, while there is room everywhere.
  for (std::size_t size = kLargeGroup; size > 0; --size) {
    for (std::size_t g = 0; g < seeds_.size(); ++g) {
      const std::uint32_t count = begins[g + 1] - begins[g];
      if (std::min<std::size_t>(count, kLargeGroup) == size) Settle(entries, {sorted.data() + begins[g], count});
    }
  }
}

/// Chooses the group's seed and names its tokens' slots where it sends them.
void TokenTable::Settle(std::span<const Entry> entries, std::span<std::uint32_t> group) {
  const auto hash_of = [&](std::uint32_t i) { return entries[i].hash; };
  std::sort(group.begin(), group.end(), [&](std::uint32_t x, std::uint32_t y) {
    return hash_of(x) != hash_of(y) ? hash_of(x) < hash_of(y) : x < y;
  });
  const auto same_hash = [&](std::uint32_t x, std::uint32_t y) { return hash_of(x) == hash_of(y); };
  // Of those with the same hash no seed can part, so the first goes along and the others stay behind.
  std::vector<std::uint32_t> firsts;
  Group settling = group;
  if (std::adjacent_find(group.begin(), group.end(), same_hash) != group.end()) {
    std::unique_copy(group.begin(), group.end(), std::back_inserter(firsts), same_hash);
    settling = firsts;
  }
  const auto place_of = [&](std::size_t k, std::uint32_t seed) -> std::uint32_t& {
    return index_[PlaceOf(hash_of(settling[k]), seed)];
  };
  const auto take = [&](std::size_t k, std::uint32_t seed) {
    const bool is_free = (place_of(k, seed) & kSlotMask) == 0;
    if (is_free) place_of(k, seed) |= settling[k] + 1;
    return is_free;
  };
  const auto give_back = [&](std::size_t k, std::uint32_t seed) { place_of(k, seed) &= kHomelessBit; };
  const auto seed = ChooseSeed(1, settling.size(), take, give_back);
  if (seed) seeds_[GroupOf(hash_of(group[0]))] = *seed;
  if (seed && firsts.empty()) return;
  for (const std::uint32_t i : group) {
    if (FindSlowly(entries[i].token, hash_of(i)) == kUnknown) AddHomeless(entries[i]);
  }
}

void TokenTable::AddHomeless(const Entry& entry) {
  homeless_.emplace(entry.token, entry.node);
  index_[PlaceOf(entry.hash)] |= kHomelessBit;
}

void TokenTable::FillSlot(const Entry& entry, Slot* slot) {
  *slot = {CopyKey(entry.token), entry.node, static_cast<std::uint32_t>(tails_.size())};
  if (entry.token.size() > kKeyBytes) tails_ += entry.token.substr(kKeyBytes);
}

Node TokenTable::FindSlowly(std::string_view token, std::uint64_t hash) const {
  const Slot& slot = slots_[index_[PlaceOf(hash)] & kSlotMask];
  if (slot.key == CopyKey(token) && TailEquals(slot, token)) return slot.node;
  const auto found = homeless_.find(token);
  return found == homeless_.end() ? kUnknown : found->second;
}

TokenTable TokenTable::Remapped(const std::function<Node(std::string_view token)>& map) const {
  TokenTable result;
  result.index_ = BigArray<std::uint32_t>(index_.size());
  std::copy_n(index_.data(), index_.size(), result.index_.data());
  result.slots_ = BigArray<Slot>(slots_.size());
  result.seeds_ = seeds_;
  result.index_shift_ = index_shift_;
  result.group_shift_ = group_shift_;
  result.tails_ = tails_;
  for (const auto& [token, node] : homeless_) result.homeless_.emplace(token, map(token));
  linalg::ParallelFor(slots_.size() - 1, kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::string token;
    for (std::size_t i = begin + 1; i <= end; ++i) {
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

bool TokenTable::TailEquals(const Slot& slot, std::string_view token) const {
  if (token.size() <= kKeyBytes) return true;
  return tails_.compare(slot.tail, token.size() - kKeyBytes, token.substr(kKeyBytes)) == 0;
}

}  // namespace valence::classifier
