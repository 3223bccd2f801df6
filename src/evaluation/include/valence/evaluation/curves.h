// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "valence/evaluation/metrics.h"

namespace valence::evaluation {

/// A table of numbers with named columns, written as CSV and drawn in the report.
struct Curve {
  std::string name;  ///< file stem: roc, precision_recall, calibration, thresholds
  std::vector<std::string> columns;
  std::vector<std::vector<double>> rows;

  std::string ToCsv() const;
};

/// Of a binary task: roc (sklearn roc_curve), precision_recall (precision_recall_curve), calibration (15 bins of the
/// positive probability, empty ones left out) and thresholds (0.00 to 1.00). Of more classes: roc, one against the
/// rest, with a class column, and calibration of the winning probability. At most 1,000 points each (per class), both
/// end points kept. Empty for input that ComputeMetrics refuses.
std::vector<Curve> ComputeCurves(const Scored& scored);

}  // namespace valence::evaluation
