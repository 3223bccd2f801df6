// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "likelihood.h"
#include "sparse_kernel.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::model {

/// f(w) = 1/2 |w|^2 + min over b of the loss at X w + b: L2 logistic regression with its intercepts minimised out, so
/// that the solver sees one smooth, 1-strongly convex function. (Without intercepts b is 0.) Weights are
/// [features, rows], row-major, with the features in the order of column_rank(). Keeps references to x and y.
class Objective {
 public:
  Objective(const linalg::CsrMatrix& x, std::span<const std::int32_t> y, std::span<const double> class_weights,
            bool fit_intercept);

  /// Position of each of x's columns in w: the most frequent come first, so that most of what a product with a
  /// document reads lies in little memory.
  std::span<const std::int32_t> column_rank() const { return column_rank_; }

  std::size_t documents() const { return likelihood_.documents(); }
  std::size_t rows() const { return likelihood_.rows(); }
  /// Entries of w.
  std::size_t size() const { return static_cast<std::size_t>(x_.cols) * rows(); }
  double total_weight() const { return likelihood_.total_weight(); }

  /// scores [n, rows] = X w.
  void ComputeScores(std::span<const double> w, std::span<double> scores) const;
  /// The loss at these scores, with `intercepts` moved to its minimum.
  double MinimizeLoss(std::span<const double> scores, std::span<double> intercepts) const;

  /// Sets the point of Gradient, LossHessianProduct and Preconditioner.
  void SetPoint(std::span<const double> scores, std::span<const double> intercepts);
  void Gradient(std::span<const double> w, std::span<double> gradient) const;
  /// The largest slope along an intercept; 0 but for rounding.
  double InterceptSlope() const;
  /// product = X' C X v, the Hessian of f without its identity, times v. `scratch` is [n, rows].
  void LossHessianProduct(std::span<const double> v, std::span<double> scratch, std::span<double> product) const;
  /// A diagonal matrix that evens out badly scaled columns: the Hessian's identity plus a part of the loss's diagonal.
  void Preconditioner(std::span<double> scratch, std::span<double> diagonal) const;

 private:
  const linalg::CsrMatrix& x_;
  std::vector<std::int32_t> column_rank_;
  std::vector<std::int32_t> ranked_indices_;  // x's column indices, ranked
  linalg::CsrMatrix transposed_;
  SparseKernel by_document_;
  SparseKernel by_feature_;
  Likelihood likelihood_;
  bool fit_intercept_;
};

}  // namespace valence::model
