// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// The inner loops of choosing a few of many values. None has a branch that depends on the values; AVX-512 does them
/// eight at a time where the processor has it, and gives the same.
namespace valence::classifier {

inline constexpr std::size_t kFew = 32;
using FewKeys = std::array<std::uint64_t, kFew>;
using FewRanks = std::array<std::uint8_t, kFew>;

/// Sets ranks[i], for i < count, to how many of keys[0, count) are less than keys[i].
void RankKeys(const FewKeys& keys, std::size_t count, FewRanks* ranks);
void RankKeysPortably(const FewKeys& keys, std::size_t count, FewRanks* ranks);

/// Sets maxima[g], for g < groups, to the greatest of values[g], values[g + groups], and so on, without those that are
/// left over where `groups` does not divide their number. `groups` is a multiple of 8, and there are as many values.
void FindMaxima(std::span<const double> values, std::size_t groups, double* maxima);
void FindMaximaPortably(std::span<const double> values, std::size_t groups, double* maxima);

/// Sets indices[0, n) to those of the values that are `least` or more, in order, and returns n. `indices` has room for
/// kRoomToCollect more than there are values.
inline constexpr std::size_t kRoomToCollect = 8;
std::size_t CollectAtLeast(std::span<const double> values, double least, std::uint32_t* indices);
std::size_t CollectAtLeastPortably(std::span<const double> values, double least, std::uint32_t* indices);

/// The first index from `begin` on where `value` is, or the size if it is nowhere there.
std::size_t FindNext(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t value);
std::size_t FindNextPortably(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t value);

}  // namespace valence::classifier
