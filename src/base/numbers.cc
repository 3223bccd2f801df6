// SPDX-License-Identifier: Apache-2.0
// Only std::to_chars, std::from_chars and fmt: none of them looks at the locale.
#include "valence/base/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace valence {
namespace {

// std::from_chars takes no leading '+', people write one.
std::string_view WithoutPlus(std::string_view text) {
  const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+';
  return plus ? text.substr(1) : text;
}

}  // namespace

std::string FormatDouble(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // The thresholds of Python's repr: outside of [1e-4, 1e16) with an exponent.
  const double magnitude = std::abs(value);
  const bool fixed = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 fixed ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  std::string text(digits.data(), end);
  if (fixed && text.find('.') == std::string::npos) text += ".0";
  return text;
}

Result<double> ParseDouble(std::string_view text) {
  const std::string_view digits = WithoutPlus(text);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc::invalid_argument || stop != end) {
    return InvalidArgument(fmt::format("expected a number, got '{}'", text));
  }
  // libstdc++ 12 gives infinity for 1e999 without an error; only a spelt-out "inf" may be one.
  const bool spelt_out = digits.find_first_of("nN") != std::string_view::npos;
  if (error == std::errc::result_out_of_range || (std::isinf(value) && !spelt_out)) {
    return InvalidArgument(fmt::format("number out of range: '{}'", text));
  }
  return value;
}

Result<std::int64_t> ParseInt(std::string_view text) {
  const std::string_view digits = WithoutPlus(text);
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error == std::errc::result_out_of_range) {
    return InvalidArgument(fmt::format("whole number out of range: '{}'", text));
  }
  if (error != std::errc() || stop != end) {
    return InvalidArgument(fmt::format("expected a whole number, got '{}'", text));
  }
  return value;
}

std::string WithThousands(std::int64_t value) {
  const std::string plain = fmt::format("{}", value);
  const std::size_t first_digit = value < 0 ? 1 : 0;
  std::string text;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::size_t digits_left = plain.size() - i;
    if (i > first_digit && digits_left % 3 == 0) text.push_back(',');
    text.push_back(plain[i]);
  }
  return text;
}

std::string HumanBytes(double bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  // 999.95 would be printed as 1000.0, so it already belongs to the next unit; whole bytes round at 999.5.
  while (unit + 1 < kUnits.size() && std::abs(bytes) >= (unit == 0 ? 999.5 : 999.95)) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace valence
