// SPDX-License-Identifier: Apache-2.0
#include "conjugate_gradient.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "valence/linalg/parallel.h"
#include "vectors.h"

namespace valence::model {
namespace {

constexpr std::size_t kChunks = 64;

}  // namespace

ConjugateGradient::ConjugateGradient(const Objective& objective)
    : objective_(objective),
      residual_(objective.size()),
      direction_(objective.size()),
      product_(objective.size()),
      scratch_(objective.documents() * objective.rows()) {}

std::int64_t ConjugateGradient::Solve(std::span<const double> gradient, const InnerStop& stop, std::span<double> step) {
  if (preconditioner_.empty()) {
    preconditioner_.resize(step.size());
    objective_.Preconditioner(scratch_, preconditioner_);
  }
  std::fill(step.begin(), step.end(), 0.0);
  std::fill(direction_.begin(), direction_.end(), 0.0);
  std::fill(product_.begin(), product_.end(), 0.0);
  std::transform(gradient.begin(), gradient.end(), residual_.begin(), [](double g) { return -g; });

  Norms norms = Advance(0, step);
  NextDirection(0);
  const double target = stop.reduction * stop.reduction * norms.preconditioned;
  std::int64_t products = 0;
  while (products < stop.max_products && norms.preconditioned > target &&
         norms.plain > stop.residual_norm * stop.residual_norm) {
    objective_.LossHessianProduct(direction_, scratch_, product_);
    ++products;
    const double curvature = CompleteProduct();
    const Norms next = Advance(norms.preconditioned / curvature, step);
    NextDirection(next.preconditioned / norms.preconditioned);
    norms = next;
  }
  return products;
}

// Adds the Hessian's identity to the product and returns direction . product.
double ConjugateGradient::CompleteProduct() {
  return linalg::ParallelSum(direction_.size(), [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t j = begin; j < end; ++j) {
      product_[j] += direction_[j];
      sum += direction_[j] * product_[j];
    }
    return sum;
  });
}

ConjugateGradient::Norms ConjugateGradient::Advance(double length, std::span<double> step) {
  std::array<Norms, kChunks> partial{};
  linalg::ParallelFor(step.size(), kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    Norms sum;
    for (std::size_t j = begin; j < end; ++j) {
      step[j] += length * direction_[j];
      const double r = residual_[j] - length * product_[j];
      residual_[j] = r;
      sum.preconditioned += r * r / preconditioner_[j];
      sum.plain += r * r;
    }
    partial[chunk] = sum;
  });
  Norms total;
  for (const Norms& sum : partial) {
    total.preconditioned += sum.preconditioned;
    total.plain += sum.plain;
  }
  return total;
}

void ConjugateGradient::NextDirection(double beta) {
  linalg::ParallelFor(direction_.size(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t j = begin; j < end; ++j) {
      direction_[j] = residual_[j] / preconditioner_[j] + beta * direction_[j];
    }
  });
}

}  // namespace valence::model
