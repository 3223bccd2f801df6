// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"

#include <functional>

#include "group_seed.h"

namespace valence::classifier {

void BigramTable::Clear(std::size_t parts) {
  lines_ = BigArray<Line>(parts * kPartLines);
  nodes_ = BigArray<Node>(lines_.size() * kPlacesPerLine);
  seeds_.assign(parts * kPartGroups, 0);
}

bool BigramTable::FillPart(std::size_t part, std::span<const Bigram> bigrams) {
  if (bigrams.size() > kMostBigrams) return false;
  if (!ChooseSeeds(GroupsOf(part, bigrams), seeds_.data() + part * kPartGroups)) return false;
  for (const Bigram& bigram : bigrams) Put(bigram);
  return true;
}

BigramTable::Groups BigramTable::GroupsOf(std::size_t part, std::span<const Bigram> bigrams) const {
  Groups groups;
  auto& begins = groups.begins;
  const auto group_of = [&](const Home& home) { return home.group - part * kPartGroups; };
  for (const Bigram& b : bigrams) ++begins[group_of(HomeOf(b.prefix, b.token)) + 1];
  for (std::size_t g = 0; g < kPartGroups; ++g) begins[g + 1] += begins[g];
  auto next = begins;
  for (const Bigram& b : bigrams) {
    const Home home = HomeOf(b.prefix, b.token);
    groups.homes[next[group_of(home)]++] = home.line;
  }
  return groups;
}

bool BigramTable::ChooseSeeds(const Groups& groups, std::uint8_t* seeds) {
  // The largest first, while there is room everywhere.
  std::array<std::uint32_t, kPartGroups> order;
  for (std::size_t g = 0; g < kPartGroups; ++g) {
    order[g] = static_cast<std::uint32_t>(groups.Homes(g).size() * kPartGroups + g);
  }
  std::sort(order.begin(), order.end(), std::greater<>());

  std::array<std::uint8_t, kPartLines> taken{};
  for (const std::uint32_t each : order) {
    const std::size_t g = each % kPartGroups;
    const std::span<const std::uint32_t> homes = groups.Homes(g);
    const auto taken_of = [&](std::size_t k, std::uint32_t seed) -> std::uint8_t& {
      return taken[Displaced(homes[k], seed) % kPartLines];
    };
    const auto take = [&](std::size_t k, std::uint32_t seed) {
      const bool has_room = taken_of(k, seed) < kPerLine;
      if (has_room) ++taken_of(k, seed);
      return has_room;
    };
    const auto seed = ChooseSeed(0, homes.size(), take, [&](std::size_t k, std::uint32_t s) { --taken_of(k, s); });
    if (!seed) return false;
    seeds[g] = *seed;
  }
  return true;
}

void BigramTable::Put(const Bigram& bigram) {
  const Key key = KeyOf(bigram.prefix, bigram.token);
  auto& checks = lines_[key.line].checks;
  const auto k = static_cast<std::size_t>(std::find(checks.begin(), checks.end(), 0u) - checks.begin());
  checks[k] = key.check;
  lines_[key.line].cells[k] = bigram.cell;
  nodes_[PlaceAt(key.line, k)] = bigram.node;
}

}  // namespace valence::classifier
