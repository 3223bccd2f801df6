// SPDX-License-Identifier: Apache-2.0
#include "cholesky.h"

#include <cmath>
#include <utility>

namespace valence::model {
namespace {

constexpr double kSmallestPivot = 1e-14;  // relative to the diagonal entry it came from

}  // namespace

Cholesky::Cholesky(std::vector<double> a, std::size_t n) : factor_(std::move(a)), n_(n) {
  for (std::size_t column = 0; column < n; ++column) {
    const double original = factor_[column * n + column];
    double pivot = original;
    for (std::size_t k = 0; k < column; ++k) pivot -= factor_[column * n + k] * factor_[column * n + k];
    const bool usable = pivot > kSmallestPivot * original && std::isfinite(pivot);
    factor_[column * n + column] = usable ? std::sqrt(pivot) : 0;
    for (std::size_t row = column + 1; row < n; ++row) {
      double value = factor_[row * n + column];
      for (std::size_t k = 0; k < column; ++k) value -= factor_[row * n + k] * factor_[column * n + k];
      factor_[row * n + column] = usable ? value / factor_[column * n + column] : 0;
    }
  }
}

void Cholesky::Solve(std::span<double> b) const {
  for (std::size_t row = 0; row < n_; ++row) {
    for (std::size_t k = 0; k < row; ++k) b[row] -= factor_[row * n_ + k] * b[k];
    const double pivot = factor_[row * n_ + row];
    b[row] = pivot > 0 ? b[row] / pivot : 0;
  }
  for (std::size_t row = n_; row-- > 0;) {
    for (std::size_t k = row + 1; k < n_; ++k) b[row] -= factor_[k * n_ + row] * b[k];
    const double pivot = factor_[row * n_ + row];
    b[row] = pivot > 0 ? b[row] / pivot : 0;
  }
}

}  // namespace valence::model
