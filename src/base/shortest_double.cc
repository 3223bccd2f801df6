// SPDX-License-Identifier: Apache-2.0
#include "valence/base/shortest_double.h"

#include <dragonbox/dragonbox.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

namespace valence {
namespace {

constexpr int kMostDigits = 17;
constexpr std::uint32_t kEightDigits = 100'000'000;
constexpr int kLeastPoint = -3;  // 0.00012 is as short as 1.2e-4, 0.000012 is not

constexpr auto kPowersOfTen = [] {
  std::array<std::uint64_t, kMostDigits + 1> powers{};
  std::uint64_t power = 1;
  for (std::uint64_t& each : powers) each = std::exchange(power, power * 10);
  return powers;
}();

/// Of a number that is not 0 and below 10^17.
int CountDigits(std::uint64_t number) {
  const int about = static_cast<int>(std::bit_width(number)) * 1233 >> 12;  // by log10(2); too small by one, or right
  return about + (number >= kPowersOfTen[static_cast<std::size_t>(about)] ? 1 : 0);
}

/// Writes 8 digits of a number below 10^8, halving it three times: all parts of a word at once.
void WriteEightDigits(std::uint32_t number, char* out) {
  const std::uint64_t fours = number / 10000 + (static_cast<std::uint64_t>(number % 10000) << 32);
  const std::uint64_t hundreds = ((fours * 10486) >> 20) & 0x7F0000007F;  // of each four digits, / 100
  const std::uint64_t twos = hundreds + ((fours - 100 * hundreds) << 16);
  const std::uint64_t tens = ((twos * 103) >> 10) & 0x000F000F000F000F;  // of each two, / 10
  std::uint64_t digits = (tens + ((twos - 10 * tens) << 8)) | 0x3030303030303030;
  if constexpr (std::endian::native == std::endian::big) digits = __builtin_bswap64(digits);
  std::memcpy(out, &digits, sizeof digits);
}

char* WriteByLibrary(double value, char* out) { return std::to_chars(out, out + kShortestDoubleRoom, value).ptr; }

}  // namespace

// Always writes as many digits as there can be: those that are too many are zeros behind the end.
char* WriteShortestDouble(double value, char* out) {
  if (value == 0 || !std::isfinite(value)) return WriteByLibrary(value, out);
  const auto decimal = jkj::dragonbox::to_decimal(value);
  const int count = CountDigits(decimal.significand);
  const int point = count + decimal.exponent;  // it is before this digit
  const bool has_fraction = decimal.exponent < 0 && count > 1;
  if (!has_fraction || point < kLeastPoint || point > 1) return WriteByLibrary(value, out);

  *out = '-';
  out += decimal.is_negative ? 1 : 0;  // no branch: signs cannot be predicted
  const std::uint64_t digits = decimal.significand * kPowersOfTen[static_cast<std::size_t>(kMostDigits - count)];
  const std::uint64_t upper = digits / kEightDigits;
  const auto first = static_cast<char>('0' + upper / kEightDigits);
  const auto next = static_cast<std::uint32_t>(upper % kEightDigits);
  const auto last = static_cast<std::uint32_t>(digits % kEightDigits);
  if (point == 1) {
    out[0] = first;
    out[1] = '.';
    WriteEightDigits(next, out + 2);
    WriteEightDigits(last, out + 10);
    return out + 1 + count;
  }
  std::memcpy(out, "0.000", 5);
  out += 2 - point;
  out[0] = first;
  WriteEightDigits(next, out + 1);
  WriteEightDigits(last, out + 9);
  return out + count;
}

}  // namespace valence
