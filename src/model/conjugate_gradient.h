// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "objective.h"

namespace valence::model {

/// When the inner solve of a Newton step may stop.
struct InnerStop {
  double reduction = 0.1;         ///< |residual| <= reduction * |gradient|, both in the preconditioner's norm, or
  double residual_norm = 0;       ///< |residual| <= this, or
  std::int64_t max_products = 0;  ///< so many Hessian products
};

/// Solves (Hessian) step = -gradient at the objective's point by conjugate gradients with the
/// objective's preconditioner, taken at the first point: it is there for the columns' scales, which do not change.
/// Buffers live as long as the object, so that a fit allocates once.
class ConjugateGradient {
 public:
  explicit ConjugateGradient(const Objective& objective);

  /// Fills `step` and returns the number of Hessian products.
  std::int64_t Solve(std::span<const double> gradient, const InnerStop& stop, std::span<double> step);

 private:
  struct Norms {
    double preconditioned = 0;  // residual' M^-1 residual
    double plain = 0;           // residual' residual
  };
  double CompleteProduct();
  Norms Advance(double length, std::span<double> step);
  void NextDirection(double beta);

  const Objective& objective_;
  std::vector<double> preconditioner_;  // empty before the first solve
  std::vector<double> residual_;
  std::vector<double> direction_;
  std::vector<double> product_;
  std::vector<double> scratch_;
};

}  // namespace valence::model
