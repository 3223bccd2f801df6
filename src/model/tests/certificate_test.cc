// SPDX-License-Identifier: Apache-2.0
// The certificate's claims, checked against sums written out here.
#include <gtest/gtest.h>

#include <cmath>

#include "objective.h"
#include "problems.h"
#include "vectors.h"

namespace valence::model {
namespace {

// One point of an objective: weights (by rank), the best intercepts there, value and gradient.
struct Point {
  std::vector<double> w;
  std::vector<double> intercepts;
  std::vector<double> scores = {};
  std::vector<double> gradient = {};
  double value = 0;
};

Point At(Objective* f, std::vector<double> w) {
  Point point{.w = std::move(w), .intercepts = std::vector<double>(f->rows(), 0.0), .scores = {}, .gradient = {}};
  point.scores.resize(f->documents() * f->rows());
  point.gradient.resize(f->size());
  f->ComputeScores(point.w, point.scores);
  point.value = Dot(point.w, point.w) / 2 + f->MinimizeLoss(point.scores, point.intercepts);
  f->SetPoint(point.scores, point.intercepts);
  f->Gradient(point.w, point.gradient);
  return point;
}

std::vector<double> RandomWeights(std::size_t n, double scale, std::uint32_t seed) {
  linalg::RandomState random(seed);
  std::vector<double> w(n);
  for (double& v : w) v = scale * (2 * random.NextDouble() - 1);
  return w;
}

double XLogX(double x) { return x > 0 ? x * std::log(x) : 0; }

// The dual value of the point's probabilities p: D = -1/2 |X' a|^2 + sum of weight * entropy(p), a = weight * (y - p).
double DualValue(const Problem& problem, const Point& point, std::size_t classes, double c) {
  const std::size_t rows = classes == 2 ? 1 : classes;
  std::vector<double> u(static_cast<std::size_t>(problem.x.cols) * classes, 0.0);
  double entropy = 0;
  for (std::size_t i = 0; i < problem.y.size(); ++i) {
    std::vector<double> scores(rows);
    for (std::size_t k = 0; k < rows; ++k) scores[k] = point.scores[i * rows + k] + point.intercepts[k];
    std::vector<double> p(classes);
    Probabilities(scores, p);
    for (std::size_t k = 0; k < classes; ++k) {
      entropy -= c * XLogX(p[k]);
      // Binary: one row, of class 1.
      if (rows == 1 && k == 0) continue;
      const double a = c * ((static_cast<std::size_t>(problem.y[i]) == k ? 1.0 : 0.0) - p[k]);
      const auto columns = problem.x.RowIndices(static_cast<std::int64_t>(i));
      const auto values = problem.x.RowValues(static_cast<std::int64_t>(i));
      for (std::size_t e = 0; e < columns.size(); ++e) {
        u[static_cast<std::size_t>(columns[e]) * classes + k] += a * values[e];
      }
    }
  }
  return entropy - Dot(u, u) / 2;
}

struct Case {
  int classes;
  bool intercept;
};

class CertificateTest : public ::testing::TestWithParam<Case> {
 protected:
  CertificateTest()
      : problem_(RandomProblem(80, 12, GetParam().classes, 31)),
        weights_(static_cast<std::size_t>(GetParam().classes), kC),
        objective_(problem_.x, problem_.y, weights_, GetParam().intercept) {}

  static constexpr double kC = 2.5;
  Problem problem_;
  std::vector<double> weights_;
  Objective objective_;
};

TEST_P(CertificateTest, GradientIsTheSlopeByFiniteDifferences) {
  const std::vector<double> w = RandomWeights(objective_.size(), 1, 1);
  const Point point = At(&objective_, w);
  const double h = 1e-5;
  for (std::size_t j = 0; j < w.size(); ++j) {
    std::vector<double> up = w;
    std::vector<double> down = w;
    up[j] += h;
    down[j] -= h;
    const double slope = (At(&objective_, up).value - At(&objective_, down).value) / (2 * h);
    EXPECT_NEAR(point.gradient[j], slope, 1e-6 * (1 + std::abs(slope)));
  }
}

TEST_P(CertificateTest, HessianProductIsTheGradientsSlope) {
  const std::vector<double> w = RandomWeights(objective_.size(), 1, 2);
  const std::vector<double> v = RandomWeights(objective_.size(), 1, 3);
  const double h = 1e-5;
  std::vector<double> up = w;
  std::vector<double> down = w;
  AddScaled(h, v, up);
  AddScaled(-h, v, down);
  const Point above = At(&objective_, up);
  const Point below = At(&objective_, down);
  At(&objective_, w);
  std::vector<double> scratch(objective_.documents() * objective_.rows());
  std::vector<double> product(objective_.size());
  objective_.LossHessianProduct(v, scratch, product);
  for (std::size_t j = 0; j < v.size(); ++j) {
    const double slope = (above.gradient[j] - below.gradient[j]) / (2 * h);
    EXPECT_NEAR(product[j] + v[j], slope, 1e-6 * (1 + std::abs(slope)));
  }
}

TEST_P(CertificateTest, HalfTheSquaredGradientIsTheDualityGap) {
  const Point point = At(&objective_, RandomWeights(objective_.size(), 0.7, 4));
  const double dual = DualValue(problem_, point, static_cast<std::size_t>(GetParam().classes), kC);
  const double gap = Dot(point.gradient, point.gradient) / 2;
  EXPECT_NEAR(point.value - dual, gap, 1e-9 * point.value);
  EXPECT_GT(gap, 1);  // a point well off the optimum
}

TEST_P(CertificateTest, TheGapBoundsTheDistanceToTheOptimum) {
  const FitResult fit = Fit(problem_, {.c = kC, .fit_intercept = GetParam().intercept});
  const double optimum = fit.certificate.objective;
  std::vector<double> best(objective_.size());
  const std::size_t features = static_cast<std::size_t>(problem_.x.cols);
  for (std::size_t j = 0; j < features; ++j) {
    const auto rank = static_cast<std::size_t>(objective_.column_rank()[j]);
    for (std::size_t k = 0; k < objective_.rows(); ++k) {
      best[rank * objective_.rows() + k] = fit.model.weights[k * features + j];
    }
  }
  EXPECT_NEAR(At(&objective_, best).value, optimum, 1e-10 * optimum);
  for (const double scale : {1.0, 1e-2, 1e-4}) {
    std::vector<double> w = best;
    AddScaled(1, RandomWeights(w.size(), scale, 5), w);
    const Point point = At(&objective_, w);
    const double gap = Dot(point.gradient, point.gradient) / 2;
    EXPECT_GE(point.value, optimum - 1e-10 * optimum);
    EXPECT_LE(point.value - optimum, gap + 1e-10 * optimum) << scale;
    AddScaled(-1, best, w);
    EXPECT_LE(Dot(w, w), 2 * gap + 1e-10) << scale;
  }
}

INSTANTIATE_TEST_SUITE_P(BinaryAndSoftmax, CertificateTest,
                         ::testing::Values(Case{2, true}, Case{2, false}, Case{3, true}, Case{3, false}),
                         [](const auto& test) {
                           return std::string(test.param.classes == 2 ? "Binary" : "Softmax") +
                                  (test.param.intercept ? "" : "NoIntercept");
                         });

}  // namespace
}  // namespace valence::model
