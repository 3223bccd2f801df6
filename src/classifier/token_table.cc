// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <bit>
#include <limits>
#include <tuple>

#include "valence/linalg/parallel.h"

namespace valence::classifier {
namespace {

constexpr double kMostPerLine = 1.5;  // on average, of two
constexpr std::size_t kPerGroup = 4;
constexpr std::size_t kChunks = 16;

}  // namespace

TokenTable::TokenTable(std::span<const Entry> entries) {
  const auto least = static_cast<std::size_t>(static_cast<double>(entries.size()) / kMostPerLine);
  lines_ = BigArray<Line>(std::bit_ceil(std::max<std::size_t>(least, 2)));
  line_shift_ = 32 - std::countr_zero(lines_.size());
  seeds_.assign(std::bit_ceil(std::max<std::size_t>(entries.size() / kPerGroup, 2)), 1);
  group_shift_ = 64 - std::countr_zero(seeds_.size());

  // Counting sort by group.
  std::vector<std::uint32_t> begins(seeds_.size() + 1);
  for (const Entry& entry : entries) ++begins[GroupOf(entry.hash) + 1];
  for (std::size_t g = 0; g < seeds_.size(); ++g) begins[g + 1] += begins[g];
  std::vector<const Entry*> sorted(entries.size());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  for (const Entry& entry : entries) sorted[next[GroupOf(entry.hash)]++] = &entry;

  // The largest groups first, while there is room everywhere.
  const auto size_of = [&](std::size_t g) { return begins[g + 1] - begins[g]; };
  std::vector<std::uint32_t> order(seeds_.size());
  for (std::size_t g = 0; g < order.size(); ++g) order[g] = static_cast<std::uint32_t>(g);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return std::tuple(size_of(b), a) < std::tuple(size_of(a), b); });
  std::vector<std::uint8_t> taken(lines_.size());
  for (const std::uint32_t g : order) {
    const auto begin = sorted.begin() + begins[g];
    const auto end = sorted.begin() + begins[g + 1];
    std::sort(begin, end, [](const Entry* x, const Entry* y) {
      return std::tie(x->hash, x->token, x) < std::tie(y->hash, y->token, y);
    });
    const auto last = std::unique(begin, end, [](const Entry* a, const Entry* b) { return a->token == b->token; });
    Settle(Group(begin, last), &taken);
  }
}

/// Chooses the group's seed and puts its tokens where it sends them.
void TokenTable::Settle(Group group, std::vector<std::uint8_t>* taken) {
  const auto take = [&](std::uint32_t seed) {
    for (std::size_t k = 0; k < group.size(); ++k) {
      if ((*taken)[LineOf(group[k]->hash, seed)]++ < 2) continue;
      for (std::size_t undone = 0; undone <= k; ++undone) --(*taken)[LineOf(group[undone]->hash, seed)];
      return false;
    }
    return true;
  };
  for (std::uint32_t seed = 1; seed <= std::numeric_limits<std::uint8_t>::max(); ++seed) {
    if (!take(seed)) continue;
    if (!group.empty()) seeds_[GroupOf(group[0]->hash)] = static_cast<std::uint8_t>(seed);
    for (const Entry* entry : group) Put(*entry);
    return;
  }
  for (const Entry* entry : group) homeless_.emplace(entry->token, entry->node);
  if_homeless_ = ~Node{0};
}

void TokenTable::Put(const Entry& entry) {
  Line& line = lines_[LineOf(entry.hash)];
  Slot& slot = line.slots[line.slots[0].key.length == 0 ? 0 : 1];
  slot = {CopyKey(entry.token), entry.node, static_cast<std::uint32_t>(tails_.size())};
  if (entry.token.size() > kKeyBytes) tails_ += entry.token.substr(kKeyBytes);
}

Node TokenTable::FindSlowly(std::string_view token, std::uint64_t hash) const {
  const TokenKey key = CopyKey(token);
  for (const Slot& slot : lines_[LineOf(hash)].slots) {
    if (slot.key == key && TailEquals(slot, token)) return slot.node;
  }
  const auto found = homeless_.find(token);
  return found == homeless_.end() ? kUnknown : found->second;
}

TokenTable TokenTable::Remapped(const std::function<Node(std::string_view token)>& map) const {
  TokenTable result;
  result.lines_ = BigArray<Line>(lines_.size());
  result.seeds_ = seeds_;
  result.line_shift_ = line_shift_;
  result.group_shift_ = group_shift_;
  result.tails_ = tails_;
  result.if_homeless_ = if_homeless_;
  for (const auto& [token, node] : homeless_) result.homeless_.emplace(token, map(token));
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

bool TokenTable::TailEquals(const Slot& slot, std::string_view token) const {
  if (token.size() <= kKeyBytes) return true;
  return tails_.compare(slot.tail, token.size() - kKeyBytes, token.substr(kKeyBytes)) == 0;
}

}  // namespace valence::classifier
