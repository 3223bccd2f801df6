// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "objective.h"
#include "valence/base/progress.h"
#include "valence/model/logistic_regression.h"

namespace valence::model {

struct NewtonOptions {
  double tol = 1e-10;          ///< largest slope of the mean loss, in units of its first value if that is above 1
  double relative_gap = 1e-9;  ///< duality gap / objective
  std::int64_t max_iter = 200;
};

struct NewtonResult {
  std::vector<double> weights;  ///< [features, rows]
  std::vector<double> intercepts;
  Certificate certificate;
};

/// Minimises the objective from zero weights by Newton steps, each solved by conjugate gradients and shortened until
/// the objective falls enough (Armijo). Stops when both tolerances hold, after max_iter steps, or when rounding allows
/// no further progress.
NewtonResult MinimizeByNewton(Objective& objective, const NewtonOptions& options, Progress& progress);

}  // namespace valence::model
