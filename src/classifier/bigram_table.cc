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
  std::array<std::uint16_t, kPartGroups + 1> begins{};  // of the groups, in `homes`
  std::array<std::uint32_t, kMostBigrams> homes;
  const auto group_of = [&](const Home& home) { return home.group - part * kPartGroups; };
  for (const Bigram& b : bigrams) ++begins[group_of(HomeOf(b.prefix, b.token)) + 1];
  for (std::size_t g = 0; g < kPartGroups; ++g) begins[g + 1] += begins[g];
  auto next = begins;
  for (const Bigram& b : bigrams) {
    const Home home = HomeOf(b.prefix, b.token);
    homes[next[group_of(home)]++] = home.line;
  }

  // The largest first, while there is room everywhere.
  std::array<std::uint32_t, kPartGroups> order;
  for (std::uint32_t g = 0; g < kPartGroups; ++g) {
    order[g] = static_cast<std::uint32_t>((begins[g + 1] - begins[g]) * kPartGroups + g);
  }
  std::sort(order.begin(), order.end(), std::greater<>());
  std::array<std::uint8_t, kPartLines> taken{};
  const auto find_room = [&](std::span<const std::uint32_t> group, std::uint32_t seed) {
    const auto line = [seed](std::uint32_t home) { return Displaced(home, seed) % kPartLines; };
    for (std::size_t k = 0; k < group.size(); ++k) {
      if (taken[line(group[k])]++ < kPerLine) continue;
      for (std::size_t undone = 0; undone <= k; ++undone) --taken[line(group[undone])];
      return false;
    }
    return true;
  };
  for (const std::uint32_t each : order) {
    const std::size_t g = each % kPartGroups;
    const std::span<const std::uint32_t> group(homes.data() + begins[g], begins[g + 1] - begins[g]);
    std::uint32_t seed = 0;
    while (!find_room(group, seed)) {
      if (++seed > std::numeric_limits<std::uint8_t>::max()) return false;
    }
    seeds_[part * kPartGroups + g] = static_cast<std::uint8_t>(seed);
  }
  for (const Bigram& bigram : bigrams) Put(bigram);
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
