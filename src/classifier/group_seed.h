// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace valence::classifier {

/// The seed of a group of keys, in tables where it sends each of them to a place with room (BigramTable, TokenTable):
/// the first one from `first` on with which take(k, seed) is true of all k < count, which are then taken; nullopt, with
/// nothing taken, if there is none. take(k, seed) is false, and does nothing, where there is no room; give_back(k,
/// seed) undoes it.
template <class Take, class GiveBack>
std::optional<std::uint8_t> ChooseSeed(std::uint32_t first, std::size_t count, const Take& take,
                                       const GiveBack& give_back) {
  for (std::uint32_t seed = first; seed <= std::numeric_limits<std::uint8_t>::max(); ++seed) {
    std::size_t taken = 0;
    while (taken < count && take(taken, seed)) ++taken;
    if (taken == count) return static_cast<std::uint8_t>(seed);
    while (taken > 0) give_back(--taken, seed);
  }
  return std::nullopt;
}

}  // namespace valence::classifier
