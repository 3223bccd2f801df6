// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "valence/model/logistic_regression.h"

namespace valence::model {

/// C times the class weight of each class, as sklearn.utils.class_weight.compute_class_weight: none is 1, balanced is
/// documents / (classes * documents of the class), custom is class_weights with 1 for labels it does not name.
/// Errors (kInvalidArgument): a label without documents, a weight for an unknown label or not above 0, class_weights
/// without `custom`.
Result<std::vector<double>> ClassWeights(std::span<const std::int32_t> y, const std::vector<std::string>& labels,
                                         const TrainConfig& config);

}  // namespace valence::model
