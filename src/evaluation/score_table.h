// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "valence/evaluation/metrics.h"

namespace valence::evaluation {

inline constexpr std::size_t kCalibrationBins = 15;

/// The bin of a probability: (low, high], the first also holds 0, as scikit-learn's calibration_curve and Guo et al.
/// (2017) have it.
std::size_t CalibrationBin(double probability);

/// Documents ordered by falling score of one class, for ROC and precision-recall figures.
struct Ranking {
  std::vector<std::uint32_t> order;       ///< document at each rank
  std::vector<std::uint8_t> is_positive;  ///< [rank]: its truth is the class
  std::vector<std::uint8_t> ends_group;   ///< [rank]: the next document has another score (ties form a group)
};

/// What every metric needs of each document, worked out once, so that a resample of the bootstrap is one pass of
/// weighted sums. Immutable, so any number of threads may read it.
struct ScoreTable {
  std::size_t documents = 0;
  std::size_t classes = 0;
  std::vector<std::uint32_t> cell;     ///< truth * classes + predicted
  std::vector<std::uint8_t> bin;       ///< CalibrationBin of the winning probability
  std::vector<double> confidence_gap;  ///< (predicted == truth) - winning probability
  std::vector<double> log_loss;        ///< -log of the clipped probability of the truth
  std::vector<double> squared_error;   ///< Brier's term
  std::vector<Ranking> rankings;       ///< one of the positive class (binary), else one per class
};

/// Requires a `scored` that Validate() accepts.
ScoreTable MakeScoreTable(const Scored& scored);

/// Error: kInvalidArgument if there are no documents, fewer than two labels, sizes differ or a class is out of range.
Status Validate(const Scored& scored);

/// Fills every figure of Metrics except the intervals, each document counted `weights[i]` times. All weights 1 give
/// the metrics of the data themselves.
Metrics WeightedMetrics(const ScoreTable& table, std::span<const std::uint32_t> weights);

}  // namespace valence::evaluation
