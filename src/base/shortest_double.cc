// SPDX-License-Identifier: Apache-2.0
#include "valence/base/shortest_double.h"

#include <dragonbox/dragonbox.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>

#include "valence/base/eight_digits.h"

namespace valence {
namespace {

constexpr int kMostDigits = 17;
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

/// Zeros that end two words of digits.
int ZerosBehind(std::uint64_t digits, std::uint64_t last_digits) {
  const int of_last = std::countl_zero(last_digits) / 8;
  return of_last + (last_digits == 0 ? std::countl_zero(digits) / 8 : 0);
}

char* WriteByLibrary(double value, char* out) { return std::to_chars(out, out + kShortestDoubleRoom, value).ptr; }

}  // namespace

// Always writes as many digits as there can be: those that are too many are zeros behind the end. How many there are is
// seen from the digits; to have the library take the zeros off costs as much as all the rest, in branches that cannot
// be predicted.
char* WriteShortestDouble(double value, char* out) {
  if (value == 0 || !std::isfinite(value)) return WriteByLibrary(value, out);
  const auto decimal = jkj::dragonbox::to_decimal(value, jkj::dragonbox::policy::trailing_zero::ignore);
  const int count = CountDigits(decimal.significand);
  const int point = count + decimal.exponent;  // it is before this digit
  const std::uint64_t digits = decimal.significand * kPowersOfTen[static_cast<std::size_t>(kMostDigits - count)];
  const std::uint64_t upper = digits / kEightDigits;
  const std::uint64_t middle_word = DigitsOf(static_cast<std::uint32_t>(upper % kEightDigits));
  const std::uint64_t last_word = DigitsOf(static_cast<std::uint32_t>(digits % kEightDigits));
  const int significant = kMostDigits - ZerosBehind(middle_word, last_word);
  const bool has_fraction = significant > std::max(point, 1);
  if (!has_fraction || point < kLeastPoint || point > 1) return WriteByLibrary(value, out);

  // No branches: neither signs nor sizes can be predicted.
  *out = '-';
  out += decimal.is_negative ? 1 : 0;
  std::memcpy(out, "0.000", 5);
  const int after_first = point == 1 ? 1 : 0;  // the point is there, and not before the digits
  out += after_first == 1 ? 0 : 2 - point;
  out[0] = static_cast<char>('0' + upper / kEightDigits);
  out[1] = '.';  // or else the next digit
  WriteDigits(middle_word, out + 1 + after_first);
  WriteDigits(last_word, out + 9 + after_first);
  return out + significant + after_first;
}

}  // namespace valence
