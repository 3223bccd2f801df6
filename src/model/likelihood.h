// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "cholesky.h"

namespace valence::model {

/// The data term of the objective as a function of the documents' scores z [n, rows] (row-major): the sum over
/// documents of weight * log-loss at z + intercepts. rows is 1 (binary: class 1's logit) or the number of classes.
/// Sums have a fixed order: same bytes at any thread count.
class Likelihood {
 public:
  /// y: classes [n]; class_weights: C times the weight of each class.
  Likelihood(std::span<const std::int32_t> y, std::span<const double> class_weights);

  std::size_t documents() const { return y_.size(); }
  std::size_t rows() const { return rows_; }
  /// Sum of the documents' weights.
  double total_weight() const { return total_weight_; }

  /// The loss at z + intercepts.
  double Loss(std::span<const double> z, std::span<const double> intercepts) const;
  /// Moves `intercepts` to the minimum of the loss for these z (safeguarded Newton; for several classes their sum stays
  /// as it is, since only differences matter) and returns the loss there.
  double MinimizeIntercepts(std::span<const double> z, std::span<double> intercepts) const;

  /// Sets the point at which Residuals and Curvature are taken.
  void SetPoint(std::span<const double> z, std::span<const double> intercepts);
  /// weight * (probability - target) [n, rows]: the gradient with respect to z.
  std::span<const double> residuals() const { return residuals_; }
  /// u [n, rows] = (second derivative with respect to z) . t; if `free_intercepts`, of the loss minimised over the
  /// intercepts (a Schur complement). t is overwritten by u.
  void ApplyCurvature(bool free_intercepts, std::span<double> t) const;
  /// The second derivative's diagonal [n, rows].
  void CurvatureDiagonal(std::span<double> diagonal) const;

 private:
  struct Derivatives;
  Derivatives InterceptDerivatives(std::span<const double> z, std::span<const double> intercepts) const;
  double Weight(std::size_t i) const { return class_weights_[static_cast<std::size_t>(y_[i])]; }
  double Document(std::size_t i, std::span<const double> z, std::span<const double> intercepts, std::span<double> p,
                  std::span<double> residual) const;
  void AddCurvature(double weight, std::span<const double> p, std::span<double> sum) const;
  std::vector<double> InterceptShift(std::span<const double> t) const;

  std::span<const std::int32_t> y_;
  std::vector<double> class_weights_;
  std::size_t rows_;
  double total_weight_ = 0;
  std::vector<double> probabilities_;  // [n, rows] at the point
  std::vector<double> residuals_;      // [n, rows]
  Cholesky intercept_curvature_;       // of the curvature summed over documents
};

}  // namespace valence::model
