// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "valence/data/document.h"

namespace valence::data::internal {

/// Chooses the test documents: for each label, in ascending order, whole groups of alike texts are drawn with NumPy's
/// RandomState(seed) until round(n * test_share) documents are reached; at least one where a label has two or more, and
/// never all. Alike are texts that are equal after folding white space and lower-casing ASCII letters: they stay on one
/// side, so a label whose texts are all alike stays in train. (Exact duplicates are gone before.) Deterministic.
std::vector<bool> ChooseTest(const Dataset& documents, double test_share, std::uint32_t seed);

}  // namespace valence::data::internal
