// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace valence::model {

/// Solves a . x = b for a small symmetric positive definite matrix a [n, n] (row-major; only the lower triangle is
/// read). Directions in which a is not positive to working precision get x = 0.
class Cholesky {
 public:
  Cholesky() = default;
  Cholesky(std::vector<double> a, std::size_t n);

  /// Replaces b by x.
  void Solve(std::span<double> b) const;

 private:
  std::vector<double> factor_;  // lower triangle; a zero pivot marks a skipped direction
  std::size_t n_ = 0;
};

}  // namespace valence::model
