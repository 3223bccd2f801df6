// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace valence {

inline constexpr std::uint32_t kEightDigits = 100'000'000;

/// The 8 digits of a number below 10^8 as values, the first in the lowest byte. All parts of a word are halved at once,
/// three times.
inline std::uint64_t DigitsOf(std::uint32_t number) {
  const std::uint64_t fours = number / 10000 + (static_cast<std::uint64_t>(number % 10000) << 32);
  const std::uint64_t hundreds = ((fours * 10486) >> 20) & 0x7F0000007F;  // of each four digits, / 100
  const std::uint64_t twos = hundreds + ((fours - 100 * hundreds) << 16);
  const std::uint64_t tens = ((twos * 103) >> 10) & 0x000F000F000F000F;  // of each two, / 10
  return tens + ((twos - 10 * tens) << 8);
}

/// Writes a word of digits as text.
inline void WriteDigits(std::uint64_t digits, char* out) {
  std::uint64_t text = digits | 0x3030303030303030;
  if constexpr (std::endian::native == std::endian::big) text = __builtin_bswap64(text);
  std::memcpy(out, &text, sizeof text);
}

/// Writes a number below 10^8 without leading zeros, and returns the end of it; up to 8 bytes from `out` on are
/// overwritten. Without a branch on its length, which cannot be predicted.
inline char* WriteBelowEightDigits(std::uint32_t number, char* out) {
  constexpr std::uint64_t kLastDigit = std::uint64_t{1} << 56;  // which is written even if it is 0
  const std::uint64_t digits = DigitsOf(number);
  const int zeros = std::countr_zero(digits | kLastDigit) / 8;
  WriteDigits(digits >> (8 * zeros), out);
  return out + 8 - zeros;
}

}  // namespace valence
