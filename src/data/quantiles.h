// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "valence/data/document.h"

namespace valence::data::internal {

/// numpy.percentile(sorted, q), linear between neighbours. Requires a non-empty, ascending vector and 0 <= q <= 100.
double Percentile(const std::vector<double>& sorted, double q);

/// The texts' lengths in bytes, ascending.
std::vector<double> SortedLengths(const Dataset& documents);

}  // namespace valence::data::internal
