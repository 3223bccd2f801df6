// SPDX-License-Identifier: Apache-2.0
#include "sample_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace valence::model {
namespace {

Result<std::vector<double>> CustomWeights(const std::vector<std::string>& labels, const NumberMap& wanted) {
  std::vector<double> weights(labels.size(), 1.0);
  for (const auto& [label, weight] : wanted) {
    const auto found = std::find(labels.begin(), labels.end(), label);
    if (found == labels.end()) {
      return InvalidArgument(fmt::format("train.class_weights: no label '{}' in the data; its labels are {}", label,
                                         fmt::join(labels, ", ")));
    }
    if (!std::isfinite(weight) || weight <= 0) {
      return InvalidArgument(
          fmt::format("train.class_weights: weight {} of label '{}', expected a number above 0", weight, label));
    }
    weights[static_cast<std::size_t>(found - labels.begin())] = weight;
  }
  return weights;
}

}  // namespace

Result<std::vector<double>> ClassWeights(std::span<const std::int32_t> y, const std::vector<std::string>& labels,
                                         const TrainConfig& config) {
  std::vector<double> counts(labels.size(), 0.0);
  for (const std::int32_t label : y) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] == 0) {
      return InvalidArgument(
          fmt::format("training data: label '{}' has no documents; at least two labels must occur", labels[k]));
    }
  }
  if (!config.class_weights.empty() && config.class_weight != "custom") {
    return InvalidArgument(fmt::format("train.class_weights is set but train.class_weight is '{}', expected 'custom'",
                                       config.class_weight));
  }

  std::vector<double> weights(labels.size(), 1.0);
  if (config.class_weight == "balanced") {
    const double share = static_cast<double>(y.size()) / static_cast<double>(labels.size());
    for (std::size_t k = 0; k < counts.size(); ++k) weights[k] = share / counts[k];
  } else if (config.class_weight == "custom") {
    VALENCE_TRY(weights, CustomWeights(labels, config.class_weights));
  } else if (config.class_weight != "none") {
    return InvalidArgument(
        fmt::format("train.class_weight: '{}', expected none, balanced or custom", config.class_weight));
  }
  for (double& weight : weights) weight *= config.c;
  return weights;
}

}  // namespace valence::model
