// SPDX-License-Identifier: Apache-2.0
#include "valence/model/logistic_regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "problems.h"
#include "valence/linalg/parallel.h"

namespace valence::model {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

TEST(LogisticRegression, OneFeatureFulfilsItsStationaryEquation) {
  // x = +1 with class 1, x = -1 with class 0, C = 1: f(w) = w^2/2 + 2 ln(1 + e^-w), so w = 2 / (1 + e^w), whose root is
  // 0.67483...: 2 / (1 + e^0.674832) = 2 / 2.963704 = 0.674831.
  const Problem problem{Dense({{1}, {-1}}, 1), {1, 0}, Labels(2)};
  const FitResult fit = Fit(problem, {.c = 1});
  const double w = fit.model.weights[0];
  EXPECT_NEAR(w, 0.67483, 1e-5);
  EXPECT_NEAR(w, 2 / (1 + std::exp(w)), 1e-9);
  EXPECT_NEAR(fit.model.intercepts[0], 0, 1e-12);  // by symmetry
  EXPECT_NEAR(fit.certificate.objective, w * w / 2 + 2 * std::log1p(std::exp(-w)), 1e-12);
}

TEST(LogisticRegression, WithoutFeaturesTheInterceptIsTheLogOdds) {
  const Problem problem{Dense({{}, {}, {}, {}}, 0), {1, 1, 1, 0}, Labels(2)};
  const FitResult fit = Fit(problem, {});
  EXPECT_NEAR(fit.model.intercepts[0], std::log(3.0), 1e-12);
  EXPECT_TRUE(fit.model.weights.empty());
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(LogisticRegression, WithoutFeaturesSeveralClassesGetTheirShares) {
  const Problem problem{Dense({{}, {}, {}, {}, {}, {}}, 0), {0, 1, 1, 2, 2, 2}, Labels(3)};
  const FitResult fit = Fit(problem, {});
  std::vector<double> p(3);
  Probabilities(fit.model.intercepts, p);
  EXPECT_THAT(p, Pointwise(DoubleNear(1e-12), {1.0 / 6, 2.0 / 6, 3.0 / 6}));
  EXPECT_NEAR(fit.model.intercepts[0] + fit.model.intercepts[1] + fit.model.intercepts[2], 0, 1e-12);
}

TEST(LogisticRegression, AFeatureThatIsAlwaysZeroGetsNoWeight) {
  const Problem problem{Dense({{0, 1, 0}, {0, 0, 0}, {0, -1, 0}}, 3), {1, 1, 0}, Labels(2)};
  const FitResult fit = Fit(problem, {});
  EXPECT_EQ(fit.model.weights[0], 0);
  EXPECT_GT(fit.model.weights[1], 0);
  EXPECT_EQ(fit.model.weights[2], 0);
}

TEST(LogisticRegression, EqualColumnsShareTheirWeight) {
  // w1 = w2 = u with penalty u^2 acts as one weight v = 2u with penalty v^2/4: C is doubled for the merged column.
  const Problem twice{Dense({{1, 1}, {-1, -1}, {1, 1}}, 2), {1, 0, 0}, Labels(2)};
  const Problem once{Dense({{1}, {-1}, {1}}, 1), {1, 0, 0}, Labels(2)};
  const FitResult a = Fit(twice, {.c = 1});
  const FitResult b = Fit(once, {.c = 2});
  EXPECT_NEAR(a.model.weights[0], a.model.weights[1], 1e-12);
  EXPECT_NEAR(a.model.weights[0] + a.model.weights[1], b.model.weights[0], 1e-8);
}

TEST(LogisticRegression, AWeightOfTwoIsTheRowTwice) {
  Problem problem = RandomProblem(60, 8, 2, 3);
  TrainConfig config{.class_weight = "custom"};
  config.class_weights = {{"label1", 2.0}};
  const FitResult weighted = Fit(problem, config);

  std::vector<std::vector<double>> rows;
  std::vector<std::int32_t> y;
  for (std::size_t i = 0; i < problem.y.size(); ++i) {
    for (int copy = 0; copy <= problem.y[i]; ++copy) {
      std::vector<double> row(8, 0.0);
      const auto columns = problem.x.RowIndices(static_cast<std::int64_t>(i));
      for (std::size_t e = 0; e < columns.size(); ++e) {
        row[static_cast<std::size_t>(columns[e])] = problem.x.RowValues(static_cast<std::int64_t>(i))[e];
      }
      rows.push_back(row);
      y.push_back(problem.y[i]);
    }
  }
  const FitResult repeated = Fit({Dense(rows, 8), y, problem.labels}, {});
  EXPECT_LT(LargestDifference(weighted.model.weights, repeated.model.weights), 1e-8);
  EXPECT_NEAR(weighted.model.intercepts[0], repeated.model.intercepts[0], 1e-8);
  EXPECT_NEAR(weighted.certificate.objective, repeated.certificate.objective, 1e-9);
}

TEST(LogisticRegression, BalancedWeightsMakeTheInterceptOfNoFeaturesZero) {
  // 3 : 1 documents weigh 4/(2*3) and 4/(2*1): both labels weigh 2 in all.
  const Problem problem{Dense({{}, {}, {}, {}}, 0), {1, 1, 1, 0}, Labels(2)};
  const FitResult fit = Fit(problem, {.c = 1, .class_weight = "balanced"});
  EXPECT_NEAR(fit.model.intercepts[0], 0, 1e-12);
  EXPECT_NEAR(fit.certificate.objective, 4 * std::log(2.0), 1e-12);
}

TEST(LogisticRegression, SoftmaxWithARareThirdLabelNearlyEqualsBinary) {
  // Softmax of two rows w, -w is the sigmoid of 2w. With weights w0 = -w1 the penalty is |2w1|^2 / 4, so softmax at C
  // equals the binary fit at 2C. A third label of weight 1e-12 turns the same documents into a softmax problem.
  Problem problem = RandomProblem(200, 6, 2, 5);
  const FitResult binary = Fit(problem, {.c = 2});
  problem.labels = Labels(3);
  problem.y[0] = 2;
  Problem reference = problem;
  TrainConfig config{.c = 1, .class_weight = "custom"};
  config.class_weights = {{"label2", 1e-12}};
  const FitResult softmax = Fit(problem, config);

  // The same without document 0 in the binary problem.
  reference = RandomProblem(200, 6, 2, 5);
  reference.x.indptr.erase(reference.x.indptr.begin());
  const auto skipped = reference.x.indptr.front();
  for (auto& p : reference.x.indptr) p -= skipped;
  reference.x.indices.erase(reference.x.indices.begin(), reference.x.indices.begin() + skipped);
  reference.x.values.erase(reference.x.values.begin(), reference.x.values.begin() + skipped);
  reference.y.erase(reference.y.begin());
  --reference.x.rows;
  const FitResult expected = Fit(reference, {.c = 2});
  for (std::size_t j = 0; j < 6; ++j) {
    EXPECT_NEAR(softmax.model.weights[6 + j] - softmax.model.weights[j], expected.model.weights[j], 1e-6);
  }
  EXPECT_NE(binary.model.weights, expected.model.weights);
}

TEST(LogisticRegression, SoftmaxWeightsAndInterceptsSumToZeroOverTheLabels) {
  const Problem problem = RandomProblem(150, 10, 4, 9);
  const FitResult fit = Fit(problem, {.c = 5});
  for (std::size_t j = 0; j < 10; ++j) {
    double sum = 0;
    for (std::size_t k = 0; k < 4; ++k) sum += fit.model.weights[k * 10 + j];
    EXPECT_NEAR(sum, 0, 1e-8);
  }
}

class Determinism : public ::testing::TestWithParam<int> {
 protected:
  ~Determinism() override { linalg::SetThreads(0); }
};

TEST_P(Determinism, TheSameBytesAtAnyThreadCount) {
  const Problem problem = RandomProblem(1500, 200, GetParam(), 17);
  linalg::SetThreads(1);
  const FitResult serial = Fit(problem, {.c = 3});
  const std::vector<double> scores = Scores(serial.model, problem.x);
  for (const int threads : {2, 5}) {
    linalg::SetThreads(threads);
    const FitResult parallel = Fit(problem, {.c = 3});
    EXPECT_EQ(parallel.model.weights, serial.model.weights);
    EXPECT_EQ(parallel.model.intercepts, serial.model.intercepts);
    EXPECT_EQ(parallel.certificate.loss_by_iteration, serial.certificate.loss_by_iteration);
    EXPECT_EQ(Scores(parallel.model, problem.x), scores);
  }
}

INSTANTIATE_TEST_SUITE_P(BinaryAndSoftmax, Determinism, ::testing::Values(2, 3));

struct Extreme {
  const char* name;
  double c;
  int classes;
  bool intercept;
};

class ExtremeC : public ::testing::TestWithParam<Extreme> {};

TEST_P(ExtremeC, ConvergesWithItsCertificate) {
  const Problem problem = RandomProblem(300, 20, GetParam().classes, 21);
  const FitResult fit = Fit(problem, {.c = GetParam().c, .fit_intercept = GetParam().intercept});
  EXPECT_TRUE(fit.certificate.converged);
  EXPECT_LE(fit.certificate.gradient_max, 1e-10);
  EXPECT_LE(fit.certificate.relative_gap, 1e-9);
  EXPECT_LT(fit.certificate.iterations, 60);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ExtremeC,
                         ::testing::Values(Extreme{"Tiny", 1e-6, 2, true}, Extreme{"TinySoftmax", 1e-6, 3, true},
                                           Extreme{"Large", 1e6, 2, true}, Extreme{"LargeSoftmax", 1e6, 3, true},
                                           Extreme{"LargeNoIntercept", 1e6, 2, false},
                                           Extreme{"LargeSoftmaxNoIntercept", 1e6, 3, false}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(LogisticRegression, SeparableDataConvergesAndClassifiesAll) {
  const Problem problem{Dense({{1, 0}, {2, 1}, {-1, 0}, {-3, 1}}, 2), {1, 1, 0, 0}, Labels(2)};
  for (const double c : {1.0, 1e3, 1e6}) {
    const FitResult fit = Fit(problem, {.c = c});
    EXPECT_TRUE(fit.certificate.converged) << c;
    const std::vector<double> scores = Scores(fit.model, problem.x);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(scores[i] > 0, problem.y[i] == 1) << c;
  }
}

TEST(LogisticRegression, BadlyScaledColumnsConverge) {
  Problem problem = RandomProblem(300, 20, 2, 23);
  const double scales[] = {1e-3, 1, 1e2, 1e4};
  for (std::size_t e = 0; e < problem.x.values.size(); ++e) {
    problem.x.values[e] *= scales[static_cast<std::size_t>(problem.x.indices[e]) % 4];
  }
  const FitResult fit = Fit(problem, {.c = 10});
  EXPECT_TRUE(fit.certificate.converged);
  EXPECT_LT(fit.certificate.hessian_products, 3000);
}

TEST(LogisticRegression, HugeFeatureValuesDoNotOverflow) {
  const Problem problem{Dense({{1e8, 1}, {-1e8, 1}, {2e8, 0}, {1e8, -1}}, 2), {1, 0, 0, 1}, Labels(2)};
  const FitResult fit = Fit(problem, {});
  for (const double p : ProbabilitiesOf(fit.model, problem.x)) EXPECT_TRUE(p >= 0 && p <= 1);
}

TEST(Probabilities, AreExactAtTheEnds) {
  std::vector<double> p(2);
  Probabilities(std::vector<double>{0.0}, p);
  EXPECT_THAT(p, ElementsAre(0.5, 0.5));
  Probabilities(std::vector<double>{-745.0}, p);
  EXPECT_EQ(p[0], 1);
  EXPECT_GT(p[1], 0);
  Probabilities(std::vector<double>{1e300}, p);
  EXPECT_THAT(p, ElementsAre(0.0, 1.0));
  std::vector<double> q(3);
  Probabilities(std::vector<double>{1000, 1000, -1000}, q);
  EXPECT_THAT(q, ElementsAre(0.5, 0.5, 0.0));
  Probabilities(std::vector<double>{std::log(1.0), std::log(2.0), std::log(5.0)}, q);
  EXPECT_THAT(q, Pointwise(DoubleNear(1e-15), {0.125, 0.25, 0.625}));
}

TEST(Scores, AddTheInterceptToTheDotProduct) {
  const LinearModel binary{.features = 2, .classes = 2, .weights = {2, -1}, .intercepts = {0.5}};
  EXPECT_THAT(Scores(binary, Dense({{1, 3}, {}}, 2)), ElementsAre(-0.5, 0.5));
  const LinearModel three{.features = 2, .classes = 3, .weights = {1, 2, 3, 4, 5, 6}, .intercepts = {0, 10, 20}};
  EXPECT_THAT(Scores(three, Dense({{1, 1}}, 2)), ElementsAre(3, 17, 31));
}

}  // namespace
}  // namespace valence::model
