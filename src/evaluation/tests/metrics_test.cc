// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scored_samples.h"

namespace valence::evaluation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kTolerance = 1e-15;

TEST(Metrics, CountsTruthByRowAndPredictionByColumn) {
  const Metrics m = ComputeMetrics(FourDocuments()).value();
  EXPECT_EQ(m.documents, 4u);
  EXPECT_THAT(m.confusion_matrix, ElementsAre(ElementsAre(2u, 0u), ElementsAre(1u, 1u)));
  EXPECT_EQ(m.accuracy, 0.75);
}

TEST(Metrics, GivesPrecisionRecallAndF1PerClass) {
  const Metrics m = ComputeMetrics(FourDocuments()).value();
  ASSERT_EQ(m.per_class.size(), 2u);
  EXPECT_DOUBLE_EQ(m.per_class[0].precision, 2.0 / 3.0);  // 2 of the 3 called negative
  EXPECT_DOUBLE_EQ(m.per_class[0].recall, 1.0);
  EXPECT_DOUBLE_EQ(m.per_class[0].f1, 0.8);  // 2*2 / (2 true + 3 predicted)
  EXPECT_DOUBLE_EQ(m.per_class[1].precision, 1.0);
  EXPECT_DOUBLE_EQ(m.per_class[1].recall, 0.5);
  EXPECT_DOUBLE_EQ(m.per_class[1].f1, 2.0 / 3.0);
  EXPECT_EQ(m.per_class[1].support, 2u);
  EXPECT_DOUBLE_EQ(m.f1_macro, (0.8 + 2.0 / 3.0) / 2);
}

TEST(Metrics, WeightsClassesBySupport) {
  Scored scored = FourDocuments();
  scored.truth = {0, 1, 1, 1};  // predicted 0 0 0 1: precision 1/3 and 1, recall 1 and 1/3
  const Metrics m = ComputeMetrics(scored).value();
  EXPECT_NEAR(m.precision_macro, 2.0 / 3.0, kTolerance);
  EXPECT_NEAR(m.precision_weighted, (1.0 / 3.0 + 3 * 1.0) / 4, kTolerance);
  EXPECT_NEAR(m.recall_weighted, (1.0 + 3 * (1.0 / 3.0)) / 4, kTolerance);
  EXPECT_NEAR(m.f1_weighted, 0.5, kTolerance);  // both classes: 2 / (1 + 3)
}

TEST(Metrics, GivesAreasUnderRocAndPrecisionRecall) {
  const Metrics m = ComputeMetrics(FourDocuments()).value();
  EXPECT_DOUBLE_EQ(m.roc_auc, 0.75);  // 3 of the 4 pairs in order: 0.35 is below 0.4
  // Falling score 0.8+ 0.4- 0.35+ 0.1-: half of the recall at precision 1, half at 2/3.
  EXPECT_DOUBLE_EQ(m.pr_auc, 0.5 + 0.5 * 2.0 / 3.0);
}

TEST(Metrics, CountsTiedScoresAsHalfAPair) {
  Scored scored = FourDocuments();
  scored.probabilities = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  const Metrics m = ComputeMetrics(scored).value();
  EXPECT_DOUBLE_EQ(m.roc_auc, 0.5);
  EXPECT_DOUBLE_EQ(m.pr_auc, 0.5);  // one threshold, precision 2/4
}

TEST(Metrics, JudgesProbabilities) {
  const Metrics m = ComputeMetrics(FourDocuments()).value();
  EXPECT_NEAR(m.log_loss, -(std::log(0.9) + std::log(0.6) + std::log(0.35) + std::log(0.8)) / 4, kTolerance);
  EXPECT_NEAR(m.brier, (0.01 + 0.16 + 0.65 * 0.65 + 0.04) / 4, kTolerance);
  // Winning probabilities 0.9 0.6 0.65 0.8, all in bins of their own; the third is wrong.
  EXPECT_NEAR(m.ece, (0.1 + 0.4 + 0.65 + 0.2) / 4, kTolerance);
}

TEST(Metrics, LetsErrorsCancelWithinACalibrationBin) {
  Scored scored = FourDocuments();
  scored.truth = {0, 1, 0, 1};
  scored.predicted = {0, 0, 0, 0};
  scored.probabilities = {0.95, 0.05, 0.95, 0.05, 0.95, 0.05, 0.95, 0.05};
  EXPECT_NEAR(ComputeMetrics(scored).value().ece, 0.45, kTolerance);  // says 0.95, is right in half of the cases
}

TEST(Metrics, ClipsImpossibleProbabilitiesInTheLogLoss) {
  Scored scored = FourDocuments();
  scored.probabilities = {0, 1, 1, 0, 0, 1, 0, 1};                                      // the first: certain and wrong
  EXPECT_NEAR(ComputeMetrics(scored).value().log_loss, 52 * std::log(2.0) / 4, 1e-12);  // eps is 2^-52
}

TEST(Metrics, AveragesOneAgainstTheRestForMoreClasses) {
  const Scored scored{.labels = {"a", "b", "c"},
                      .truth = {0, 1, 2, 2},
                      .predicted = {0, 1, 2, 0},
                      .probabilities = {0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.2, 0.7, 0.5, 0.3, 0.2},
                      .text_bytes = {}};
  const Metrics m = ComputeMetrics(scored).value();
  EXPECT_DOUBLE_EQ(m.roc_auc, 1.0);  // each class's documents have its highest probabilities
  EXPECT_DOUBLE_EQ(m.pr_auc, 1.0);
  EXPECT_DOUBLE_EQ(m.accuracy, 0.75);
  // Sums over classes: 0.04+0.01+0.01, 0.04+0.09+0.01, 0.01+0.04+0.09, 0.25+0.09+0.64.
  EXPECT_NEAR(m.brier, (0.06 + 0.14 + 0.14 + 0.98) / 4, kTolerance);
}

TEST(Metrics, HasNoAreaWithoutBothClasses) {
  Scored scored = FourDocuments();
  scored.truth = {1, 1, 1, 1};
  const Metrics m = ComputeMetrics(scored).value();
  EXPECT_TRUE(std::isnan(m.roc_auc));
  EXPECT_TRUE(std::isnan(m.pr_auc));
  EXPECT_EQ(m.per_class[0].recall, 0.0);  // zero_division=0
}

TEST(Metrics, RefusesWhatCannotBeJudged) {
  const auto message = [](Scored scored) { return ComputeMetrics(scored).error().message; };
  Scored scored;
  scored.labels = {"a", "b"};
  EXPECT_THAT(message(scored), HasSubstr("no documents"));
  scored = FourDocuments();
  scored.predicted.pop_back();
  EXPECT_THAT(message(scored), HasSubstr("4 documents, but 3 predictions"));
  scored = FourDocuments();
  scored.truth[2] = 2;
  EXPECT_THAT(message(scored), HasSubstr("document 2 has class 2, expected 0 to 1"));
  scored = FourDocuments();
  scored.probabilities[5] = std::nan("");
  EXPECT_THAT(message(scored), HasSubstr("document 2 has probability nan"));
  scored = FourDocuments();
  scored.labels.pop_back();
  EXPECT_THAT(message(scored), HasSubstr("at least 2 labels"));
}

TEST(Metrics, FindsScalarsByName) {
  const Metrics m = ComputeMetrics(FourDocuments()).value();
  EXPECT_EQ(m.Find("accuracy").value(), 0.75);
  EXPECT_EQ(m.Find("brier").value(), m.brier);
  EXPECT_THAT(m.Find("acuracy").error().message, HasSubstr("unknown metric 'acuracy'; expected one of accuracy, "));
  EXPECT_EQ(MetricNames().size(), 12u);
}

TEST(MetricsJson, CarriesEveryFigure) {
  Metrics m = ComputeMetrics(FourDocuments()).value();
  m.intervals["accuracy"] = {0.25, 1.0};
  const Json json = ToJson(m, {"negative", "positive"});
  EXPECT_EQ(json.Find("documents")->integer(), 4);
  for (const std::string_view name : MetricNames()) EXPECT_TRUE(json.Find(name)->is_number()) << name;
  EXPECT_EQ(json.Find("per_class")->Find("positive")->Find("recall")->number(), 0.5);
  EXPECT_EQ(json.Find("confusion_matrix")->Dump(), "[[2,0],[1,1]]");
  EXPECT_EQ(json.Find("intervals")->Find("accuracy")->Dump(), R"({"low":0.25,"high":1.0})");
  EXPECT_EQ(json.Find("labels")->Dump(), R"(["negative","positive"])");
}

}  // namespace
}  // namespace valence::evaluation
