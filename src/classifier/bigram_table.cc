// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"

#include <functional>
#include <limits>

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
  const auto take = [&](std::span<const std::uint32_t> homes, std::uint32_t seed) {
    const auto line = [seed](std::uint32_t home) { return Displaced(home, seed) % kPartLines; };
    for (std::size_t k = 0; k < homes.size(); ++k) {
      if (taken[line(homes[k])]++ < kPerLine) continue;
      for (std::size_t undone = 0; undone <= k; ++undone) --taken[line(homes[undone])];
      return false;
    }
    return true;
  };
  for (const std::uint32_t each : order) {
    const std::size_t g = each % kPartGroups;
    std::uint32_t seed = 0;
    while (!take(groups.Homes(g), seed)) {
      if (++seed > std::numeric_limits<std::uint8_t>::max()) return false;
    }
    seeds[g] = static_cast<std::uint8_t>(seed);
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
