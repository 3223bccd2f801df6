// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

/// The logistic and softmax functions for scores of any size: no overflow, and small results keep all their digits.
namespace valence::model {

/// 1 / (1 + exp(-z)).
inline double Sigmoid(double z) {
  if (z >= 0) return 1 / (1 + std::exp(-z));
  const double e = std::exp(z);
  return e / (1 + e);
}

/// ln(1 + exp(z)).
inline double Softplus(double z) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }

/// Fills `out` with softmax(z) and returns ln(sum exp z). Same length, at least one.
inline double Softmax(std::span<const double> z, std::span<double> out) {
  double largest = z[0];
  for (const double value : z) largest = value > largest ? value : largest;
  double sum = 0;
  for (std::size_t k = 0; k < z.size(); ++k) {
    out[k] = std::exp(z[k] - largest);
    sum += out[k];
  }
  for (double& value : out) value /= sum;
  return largest + std::log(sum);
}

}  // namespace valence::model
