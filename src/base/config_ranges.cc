// SPDX-License-Identifier: Apache-2.0
#include "config_ranges.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace valence::internal {

std::string RangeInWords(const FieldInfo& info, const Bounds& bounds) {
  if (!info.range.empty()) return std::string(info.range);
  const bool has_low = std::isfinite(bounds.low);
  const bool has_high = std::isfinite(bounds.high);
  if (has_low && has_high) return fmt::format("between {} and {}", bounds.low, bounds.high);
  if (has_low) return fmt::format(">= {}", bounds.low);
  if (has_high) return fmt::format("<= {}", bounds.high);
  return "";
}

std::string RangeInWords(const FieldInfo& info, const std::vector<std::string_view>& choices) {
  if (!info.range.empty()) return std::string(info.range);
  return choices.empty() ? "" : fmt::format("one of {}", fmt::join(choices, ", "));
}

}  // namespace valence::internal
