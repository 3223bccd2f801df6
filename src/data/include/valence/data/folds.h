// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "valence/base/result.h"
#include "valence/data/document.h"

namespace valence::data {

/// The fold, 0 to `folds` - 1, that each document is judged in: those of scikit-learn's StratifiedKFold(folds,
/// shuffle=True, random_state=seed), but that texts alike after folding white space and ASCII case stay with the first
/// of them, so that no document is judged by a model that has seen it. Deterministic. Error: kInvalidArgument if a
/// label has fewer documents than there are folds, or only alike ones.
Result<std::vector<std::int32_t>> StratifiedFolds(const Dataset& documents, std::int64_t folds, std::uint32_t seed);

}  // namespace valence::data
