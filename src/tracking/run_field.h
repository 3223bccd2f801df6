// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "run_filter.h"

namespace valence::tracking {

/// Whether the field holds numbers.
bool IsNumber(const RunField& field);

/// The values that a run has for a field: none, one, or for data sets several. Views into `run` and literals.
std::optional<double> NumberOf(const Run& run, const RunField& field);
std::vector<std::string_view> TextsOf(const Run& run, const RunField& field);

}  // namespace valence::tracking
