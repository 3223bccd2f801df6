// SPDX-License-Identifier: Apache-2.0
#include "newton.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "conjugate_gradient.h"
#include "vectors.h"

namespace valence::model {
namespace {

constexpr double kArmijo = 1e-4;
constexpr double kRounding = 1e-14;  // of the objective: changes below it are noise
constexpr double kMinReduction = 1e-3;
constexpr double kMaxReduction = 0.3;
constexpr int kMaxHalvings = 40;
constexpr std::int64_t kMaxProductsPerStep = 1000;

class Newton {
 public:
  Newton(Objective& objective, const NewtonOptions& options)
      : f_(objective),
        options_(options),
        solver_(objective),
        w_(f_.size(), 0.0),
        gradient_(f_.size()),
        step_(f_.size()),
        scores_(f_.documents() * f_.rows(), 0.0),
        step_scores_(scores_.size()),
        trial_scores_(scores_.size()),
        intercepts_(f_.rows(), 0.0) {}

  NewtonResult Run(Progress& progress) {
    value_ = f_.MinimizeLoss(scores_, intercepts_);
    Measure();
    first_gap_ = certificate_.duality_gap;
    tol_ = options_.tol * std::max(1.0, certificate_.gradient_max);
    Judge();
    progress.Start("train", 0, "iterations");
    while (!certificate_.converged && certificate_.iterations < options_.max_iter) {
      const double objective_before = certificate_.objective;
      const double gap_before = certificate_.duality_gap;
      ++certificate_.iterations;
      certificate_.hessian_products += solver_.Solve(gradient_, Stop(), step_);
      if (!Move()) break;
      Measure();
      Judge();
      progress.Advance(1);
      if (AtRounding(objective_before, gap_before)) break;
    }
    progress.Done();
    return {std::move(w_), std::move(intercepts_), std::move(certificate_)};
  }

 private:
  // Since f is 1-strongly convex, 1/2 |gradient|^2 is the duality gap: the dual point taken from the residuals
  // (feasible, as they sum to 0 at the best intercepts) has exactly that distance to f (tests/certificate_test.cc).
  void Measure() {
    f_.SetPoint(scores_, intercepts_);
    f_.Gradient(w_, gradient_);
    certificate_.objective = value_;
    certificate_.duality_gap = Dot(gradient_, gradient_) / 2;
    certificate_.relative_gap = value_ > 0 ? certificate_.duality_gap / value_ : 0;
    certificate_.gradient_max = std::max(MaxAbs(gradient_), f_.InterceptSlope()) / f_.total_weight();
    certificate_.loss_by_iteration.push_back(value_);
  }

  void Judge() {
    certificate_.converged = certificate_.gradient_max <= tol_ && certificate_.relative_gap <= options_.relative_gap;
  }

  // Neither the objective nor the gradient moved by more than noise.
  bool AtRounding(double objective_before, double gap_before) const {
    return std::abs(objective_before - value_) <= kRounding * value_ && certificate_.duality_gap > gap_before / 4;
  }

  // Loose far away, tighter near the end (superlinear convergence), but not far below what is asked for.
  InnerStop Stop() const {
    const double progress = std::sqrt(certificate_.duality_gap / first_gap_);
    const double wanted = std::min(tol_ * f_.total_weight(), std::sqrt(2 * options_.relative_gap * value_));
    return {.reduction = std::clamp(std::sqrt(progress), kMinReduction, kMaxReduction),
            .residual_norm = wanted / 2,
            .max_products = kMaxProductsPerStep};
  }

  // Goes along step_ as far as the objective falls; false if it does not.
  bool Move() {
    AddScaled(1, step_, w_);
    f_.ComputeScores(w_, trial_scores_);
    for (std::size_t i = 0; i < scores_.size(); ++i) step_scores_[i] = trial_scores_[i] - scores_[i];
    const double slope = Dot(gradient_, step_);
    double length = 1;
    for (int halving = 0; halving < kMaxHalvings; ++halving) {
      std::vector<double> intercepts = intercepts_;
      const double value = Dot(w_, w_) / 2 + f_.MinimizeLoss(trial_scores_, intercepts);
      if (value <= value_ + kArmijo * length * slope + kRounding * value_) {
        value_ = value;
        intercepts_ = std::move(intercepts);
        scores_.swap(trial_scores_);
        return true;
      }
      length /= 2;
      AddScaled(-length, step_, w_);
      for (std::size_t i = 0; i < scores_.size(); ++i) trial_scores_[i] = scores_[i] + length * step_scores_[i];
    }
    AddScaled(-length, step_, w_);
    return false;
  }

  Objective& f_;
  NewtonOptions options_;
  ConjugateGradient solver_;
  std::vector<double> w_;
  std::vector<double> gradient_;
  std::vector<double> step_;
  std::vector<double> scores_;        // X w
  std::vector<double> step_scores_;   // X step
  std::vector<double> trial_scores_;  // X (w + length * step)
  std::vector<double> intercepts_;
  double value_ = 0;
  double first_gap_ = 0;
  double tol_ = 0;
  Certificate certificate_;
};

}  // namespace

NewtonResult MinimizeByNewton(Objective& objective, const NewtonOptions& options, Progress& progress) {
  return Newton(objective, options).Run(progress);
}

}  // namespace valence::model
