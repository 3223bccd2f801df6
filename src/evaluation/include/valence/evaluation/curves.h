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

/// roc_curve, precision_recall_curve, calibration (15 bins: mean probability, observed share, count) and a threshold
/// sweep (0.00..1.00: precision, recall, f1, accuracy) of a binary task; for more classes, calibration of the winning
/// probability and one-vs-rest roc with a class column. At most about 1,000 points each, end points kept.
std::vector<Curve> ComputeCurves(const Scored& scored);

}  // namespace valence::evaluation
