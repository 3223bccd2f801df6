// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "problems.h"

namespace valence::model {
namespace {

using ::testing::HasSubstr;

Problem Good() { return {Dense({{1, 2}, {0, 3}, {4, 0}}, 2), {0, 1, 1}, {"neg", "pos"}}; }

void ExpectError(const Problem& problem, const TrainConfig& config, ErrorCode code, const char* what) {
  const auto fit = FitLogisticRegression(problem.x, problem.y, problem.labels, config, Progress::None());
  ASSERT_FALSE(fit.has_value()) << what;
  EXPECT_EQ(fit.error().code, code) << fit.error().message;
  EXPECT_THAT(fit.error().message, HasSubstr(what));
}

void ExpectInvalid(const Problem& problem, const TrainConfig& config, const char* what) {
  ExpectError(problem, config, ErrorCode::kInvalidArgument, what);
}

TEST(BadInput, ValuesThatAreNotFiniteNameTheirRow) {
  Problem problem = Good();
  problem.x.values[2] = std::numeric_limits<double>::quiet_NaN();
  ExpectInvalid(problem, {}, "row 1 holds nan");
  problem.x.values[2] = -std::numeric_limits<double>::infinity();
  ExpectInvalid(problem, {}, "row 1 holds -inf");
}

TEST(BadInput, ClassesMustExistAndOccur) {
  Problem problem = Good();
  problem.y = {0, 2, 1};
  ExpectInvalid(problem, {}, "row 1 has class 2, expected 0 to 1");
  problem.y = {0, -1, 1};
  ExpectInvalid(problem, {}, "row 1 has class -1");
  problem.y = {1, 1, 1};
  ExpectInvalid(problem, {}, "label 'neg' has no documents");
  problem.labels = {"only"};
  ExpectInvalid(problem, {}, "1 label(s), expected at least two");
}

TEST(BadInput, SizesMustAgree) {
  Problem problem = Good();
  problem.y.pop_back();
  ExpectInvalid(problem, {}, "3 rows of features but 2 labels");
  ExpectInvalid({Dense({}, 2), {}, {"neg", "pos"}}, {}, "no documents");
  problem = Good();
  problem.x.indices[0] = 7;
  ExpectError(problem, {}, ErrorCode::kDataCorrupt, "row 0");
}

TEST(BadInput, ClassWeightsMustBeForKnownLabelsAndAboveZero) {
  TrainConfig config{.class_weight = "custom"};
  config.class_weights = {{"good", 1.0}};
  ExpectInvalid(Good(), config, "no label 'good' in the data; its labels are neg, pos");
  config.class_weights = {{"pos", 0.0}};
  ExpectInvalid(Good(), config, "weight 0 of label 'pos'");
  config.class_weights = {{"pos", 2.0}};
  config.class_weight = "balanced";
  ExpectInvalid(Good(), config, "expected 'custom'");
  config = {.class_weight = "fair"};
  ExpectInvalid(Good(), config, "'fair', expected none, balanced or custom");
}

TEST(BadInput, ParametersMustBeInRange) {
  ExpectInvalid(Good(), {.c = 0}, "train.C: 0");
  ExpectInvalid(Good(), {.c = std::numeric_limits<double>::infinity()}, "train.C: inf");
  ExpectInvalid(Good(), {.tol = -1}, "train.tol: -1");
  ExpectInvalid(Good(), {.max_iter = 0}, "train.max_iter: 0");
  ExpectInvalid(Good(), {.on_no_convergence = "ignore"}, "'ignore', expected error or warn");
}

TEST(NoConvergence, IsAnErrorWithTheFigureReached) {
  const Problem problem = RandomProblem(200, 20, 2, 1);
  ExpectError(problem, {.c = 100, .max_iter = 1}, ErrorCode::kFailedPrecondition,
              "did not converge in 1 Newton steps: largest slope of the mean loss");
}

TEST(NoConvergence, IsAWarningWithTheModelIfAsked) {
  const Problem problem = RandomProblem(200, 20, 2, 1);
  const FitResult fit = Fit(problem, {.c = 100, .max_iter = 2, .on_no_convergence = "warn"});
  EXPECT_FALSE(fit.certificate.converged);
  EXPECT_THAT(fit.warning, HasSubstr("did not converge in 2 Newton steps"));
  EXPECT_EQ(fit.model.weights.size(), 20U);
  EXPECT_EQ(fit.certificate.loss_by_iteration.size(), 3U);
  EXPECT_GT(fit.certificate.gradient_max, 1e-10);
}

TEST(NoConvergence, ATolOfZeroEndsAtRoundingWithoutSpinning) {
  const Problem problem = RandomProblem(200, 20, 2, 1);
  const FitResult fit = Fit(problem, {.tol = 0, .on_no_convergence = "warn"});
  EXPECT_LT(fit.certificate.iterations, 30);
  EXPECT_LT(fit.certificate.gradient_max, 1e-14);
}

TEST(TrainConfig, ReadsAndWritesItsSection) {
  TrainConfig config;
  const ConfigSection section{"train", "Logistic regression.", [&](FieldVisitor& v) { config.Describe(v); }};
  ASSERT_TRUE(ApplyOverride({section}, "train.C=2.5").has_value());
  ASSERT_TRUE(ApplyOverride({section}, "train.class_weight=balanced").has_value());
  EXPECT_EQ(config.c, 2.5);
  EXPECT_EQ(config.class_weight, "balanced");
  EXPECT_FALSE(ApplyOverride({section}, "train.C=-1").has_value());
  EXPECT_FALSE(ApplyOverride({section}, "train.max_iter=0").has_value());
}

}  // namespace
}  // namespace valence::model
