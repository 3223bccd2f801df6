// SPDX-License-Identifier: Apache-2.0
#include "variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "valence/base/numbers.h"

namespace valence::tracking::internal {

Result<bool> Variables::Boolean(const char* name, bool unset) const {
  const std::string text = Text(name);
  if (text.empty()) return unset;
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "1" || lower == "true") return true;
  if (lower == "0" || lower == "false") return false;
  return InvalidArgument(fmt::format("{}='{}': expected true, false, 1 or 0", name, text));
}

Result<double> Variables::Number(const char* name, double unset, double least, double most) const {
  const std::string text = Text(name);
  if (text.empty()) return unset;
  const Result<double> number = ParseDouble(text);
  if (number.has_value() && *number >= least && *number <= most) return number;
  return InvalidArgument(fmt::format("{}='{}': expected a number from {} to {}", name, text, least, most));
}

Result<std::int64_t> Variables::Whole(const char* name, std::int64_t unset, std::int64_t least,
                                      std::int64_t most) const {
  const std::string text = Text(name);
  if (text.empty()) return unset;
  const Result<std::int64_t> number = ParseInt(text);
  if (number.has_value() && *number >= least && *number <= most) return number;
  return InvalidArgument(fmt::format("{}='{}': expected a whole number from {} to {}", name, text, least, most));
}

Result<std::uint64_t> Variables::Bytes(const char* name, std::uint64_t unset, std::uint64_t least) const {
  constexpr double kMost = 1e15;
  VALENCE_TRY(const double number, Number(name, static_cast<double>(unset), static_cast<double>(least), kMost));
  return static_cast<std::uint64_t>(number);
}

}  // namespace valence::tracking::internal
