// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/config.h"

namespace valence::internal {

/// A field's range in words: the description's own, else "one of a, b" or "between 0 and 1", else "".
std::string RangeInWords(const FieldInfo& info, const Bounds& bounds);
std::string RangeInWords(const FieldInfo& info, const std::vector<std::string_view>& choices);

inline bool IsWithin(double value, const Bounds& bounds) { return value >= bounds.low && value <= bounds.high; }

}  // namespace valence::internal
