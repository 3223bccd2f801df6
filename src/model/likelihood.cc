// SPDX-License-Identifier: Apache-2.0
#include "likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "link.h"
#include "valence/linalg/parallel.h"

namespace valence::model {
namespace {

constexpr std::size_t kChunks = 64;
constexpr int kInterceptSteps = 100;
// Of the total weight; a sum over documents cannot be told from 0 much below it.
constexpr double kInterceptTolerance = 1e-15;

// Sums vectors of `size` entries over documents [0, n): `add(i, sum)` adds document i.
template <class Add>
std::vector<double> SumOverDocuments(std::size_t n, std::size_t size, const Add& add) {
  std::vector<std::vector<double>> partial(kChunks);
  linalg::ParallelFor(n, kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    partial[chunk].assign(size, 0.0);
    add(begin, end, std::span(partial[chunk]));
  });
  std::vector<double> total(size, 0.0);
  for (const auto& sum : partial) {
    for (std::size_t k = 0; k < sum.size(); ++k) total[k] += sum[k];
  }
  return total;
}

double MaxMagnitude(std::span<const double> a) {
  double largest = 0;
  for (const double v : a) largest = std::max(largest, std::abs(v));
  return largest;
}

// Softmax's curvature is singular along (1, ..., 1), where gradients are 0: lifting that direction makes the solve
// regular without changing its result.
void LiftCommonDirection(std::size_t rows, std::span<double> curvature) {
  if (rows == 1) return;
  double trace = 0;
  for (std::size_t k = 0; k < rows; ++k) trace += curvature[k * rows + k];
  const double lift = trace / static_cast<double>(rows * rows);
  for (double& entry : curvature) entry += lift;
}

}  // namespace

struct Likelihood::Derivatives {
  double loss = 0;
  std::vector<double> gradient;   // [rows]
  std::vector<double> curvature;  // [rows, rows]
};

Likelihood::Likelihood(std::span<const std::int32_t> y, std::span<const double> class_weights)
    : y_(y),
      class_weights_(class_weights.begin(), class_weights.end()),
      rows_(class_weights.size() == 2 ? 1 : class_weights.size()),
      probabilities_(y.size() * rows_),
      residuals_(y.size() * rows_) {
  for (std::size_t i = 0; i < y.size(); ++i) total_weight_ += Weight(i);
}

// Probabilities and (probability - target) of one document; returns its log-loss. All without the weight.
double Likelihood::Document(std::size_t i, std::span<const double> z, std::span<const double> intercepts,
                            std::span<double> p, std::span<double> residual) const {
  const auto target = static_cast<std::size_t>(y_[i]);
  if (rows_ == 1) {
    const double sign = target == 1 ? 1 : -1;
    const double against = -sign * (z[i] + intercepts[0]);
    // From the probability of the other class, so that a tiny residual keeps its digits.
    const double miss = Sigmoid(against);
    residual[0] = -sign * miss;
    p[0] = target == 1 ? 1 - miss : miss;
    return Softplus(against);
  }
  for (std::size_t k = 0; k < rows_; ++k) residual[k] = z[i * rows_ + k] + intercepts[k];
  const double own = residual[target];
  const double loss = Softmax(residual, p) - own;
  double miss = 0;
  for (std::size_t k = 0; k < rows_; ++k) {
    residual[k] = p[k];
    if (k != target) miss += p[k];
  }
  residual[target] = -miss;
  return std::max(loss, 0.0);
}

void Likelihood::AddCurvature(double weight, std::span<const double> p, std::span<double> sum) const {
  if (rows_ == 1) {
    sum[0] += weight * p[0] * (1 - p[0]);
    return;
  }
  for (std::size_t a = 0; a < rows_; ++a) {
    for (std::size_t b = 0; b < rows_; ++b) sum[a * rows_ + b] += weight * p[a] * ((a == b ? 1.0 : 0.0) - p[b]);
  }
}

double Likelihood::Loss(std::span<const double> z, std::span<const double> intercepts) const {
  return linalg::ParallelSum(documents(), [&](std::size_t begin, std::size_t end) {
    std::vector<double> p(rows_);
    std::vector<double> residual(rows_);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += Weight(i) * Document(i, z, intercepts, p, residual);
    return sum;
  });
}

Likelihood::Derivatives Likelihood::InterceptDerivatives(std::span<const double> z,
                                                         std::span<const double> intercepts) const {
  const auto add = [&](std::size_t begin, std::size_t end, std::span<double> sum) {
    std::vector<double> p(rows_);
    std::vector<double> residual(rows_);
    for (std::size_t i = begin; i < end; ++i) {
      const double weight = Weight(i);
      sum[0] += weight * Document(i, z, intercepts, p, residual);
      for (std::size_t k = 0; k < rows_; ++k) sum[1 + k] += weight * residual[k];
      AddCurvature(weight, p, sum.subspan(1 + rows_));
    }
  };
  const std::vector<double> sums = SumOverDocuments(documents(), 1 + rows_ + rows_ * rows_, add);
  const auto curvature = sums.begin() + 1 + static_cast<std::ptrdiff_t>(rows_);
  return {sums[0], {sums.begin() + 1, curvature}, {curvature, sums.end()}};
}

double Likelihood::MinimizeIntercepts(std::span<const double> z, std::span<double> intercepts) const {
  Derivatives now = InterceptDerivatives(z, intercepts);
  double damping = 0;
  std::vector<double> trial(rows_);
  for (int step = 0; step < kInterceptSteps; ++step) {
    const double slope = MaxMagnitude(now.gradient);
    if (slope <= kInterceptTolerance * total_weight_) break;

    std::vector<double> curvature = now.curvature;
    LiftCommonDirection(rows_, curvature);
    for (std::size_t k = 0; k < rows_; ++k) curvature[k * rows_ + k] += damping;
    std::vector<double> move = now.gradient;
    Cholesky(std::move(curvature), rows_).Solve(move);
    for (std::size_t k = 0; k < rows_; ++k) trial[k] = intercepts[k] - move[k];

    Derivatives next = InterceptDerivatives(z, trial);
    // Where rounding hides a lower loss, a smaller slope shows the progress.
    const bool same_loss = std::abs(next.loss - now.loss) <= 1e-13 * now.loss;
    if (MaxMagnitude(move) > 0 && (same_loss ? MaxMagnitude(next.gradient) < slope : next.loss < now.loss)) {
      std::copy(trial.begin(), trial.end(), intercepts.begin());
      now = std::move(next);
      damping /= 10;
      continue;
    }
    if (same_loss && damping == 0 && MaxMagnitude(move) > 0) break;
    // Flat tails: fall back to ever shorter gradient steps. Curvature is at most weight / 4 a document.
    if (damping > total_weight_) break;
    damping = std::max(damping * 10, 1e-9 * total_weight_);
  }
  return now.loss;
}

void Likelihood::SetPoint(std::span<const double> z, std::span<const double> intercepts) {
  const auto add = [&](std::size_t begin, std::size_t end, std::span<double> sum) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto p = std::span(probabilities_).subspan(i * rows_, rows_);
      const auto residual = std::span(residuals_).subspan(i * rows_, rows_);
      Document(i, z, intercepts, p, residual);
      for (double& r : residual) r *= Weight(i);
      AddCurvature(Weight(i), p, sum);
    }
  };
  std::vector<double> curvature = SumOverDocuments(documents(), rows_ * rows_, add);
  LiftCommonDirection(rows_, curvature);
  intercept_curvature_ = Cholesky(std::move(curvature), rows_);
}

// Where the intercepts go, to first order, when the scores move by t: -(sum of curvature)^-1 (sum of curvature . t).
std::vector<double> Likelihood::InterceptShift(std::span<const double> t) const {
  const auto add = [&](std::size_t begin, std::size_t end, std::span<double> sum) {
    for (std::size_t i = begin; i < end; ++i) {
      const double* const p = &probabilities_[i * rows_];
      const double* const move = &t[i * rows_];
      if (rows_ == 1) {
        sum[0] -= Weight(i) * p[0] * (1 - p[0]) * move[0];
        continue;
      }
      double mean = 0;
      for (std::size_t k = 0; k < rows_; ++k) mean += p[k] * move[k];
      for (std::size_t k = 0; k < rows_; ++k) sum[k] -= Weight(i) * p[k] * (move[k] - mean);
    }
  };
  std::vector<double> shift = SumOverDocuments(documents(), rows_, add);
  intercept_curvature_.Solve(shift);
  return shift;
}

void Likelihood::ApplyCurvature(bool free_intercepts, std::span<double> t) const {
  const std::vector<double> shift = free_intercepts ? InterceptShift(t) : std::vector<double>(rows_, 0.0);
  linalg::ParallelFor(documents(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const double* const p = &probabilities_[i * rows_];
      double* const move = &t[i * rows_];
      if (rows_ == 1) {
        move[0] = Weight(i) * p[0] * (1 - p[0]) * (move[0] + shift[0]);
        continue;
      }
      double mean = 0;
      for (std::size_t k = 0; k < rows_; ++k) mean += p[k] * (move[k] + shift[k]);
      for (std::size_t k = 0; k < rows_; ++k) move[k] = Weight(i) * p[k] * (move[k] + shift[k] - mean);
    }
  });
}

void Likelihood::CurvatureDiagonal(std::span<double> diagonal) const {
  linalg::ParallelFor(documents(), kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t k = 0; k < rows_; ++k) {
        const double p = probabilities_[i * rows_ + k];
        diagonal[i * rows_ + k] = Weight(i) * p * (1 - p);
      }
    }
  });
}

}  // namespace valence::model
