// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/curves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "scored_samples.h"

namespace valence::evaluation {
namespace {

using testing::ElementsAre;

constexpr double kInf = std::numeric_limits<double>::infinity();

Curve Named(const std::vector<Curve>& curves, std::string_view name) {
  for (const Curve& curve : curves) {
    if (curve.name == name) return curve;
  }
  ADD_FAILURE() << "no curve " << name;
  return {};
}

TEST(Curves, RocStepsThroughFallingScores) {
  const Curve roc = Named(ComputeCurves(FourDocuments()), "roc");
  EXPECT_THAT(roc.columns, ElementsAre("fpr", "tpr", "threshold"));
  EXPECT_THAT(roc.rows, ElementsAre(ElementsAre(0.0, 0.0, kInf), ElementsAre(0.0, 0.5, 0.8), ElementsAre(0.5, 0.5, 0.4),
                                    ElementsAre(0.5, 1.0, 0.35), ElementsAre(1.0, 1.0, 0.1)));
}

TEST(Curves, PrecisionRecallEndsAtPrecisionOne) {
  const Curve curve = Named(ComputeCurves(FourDocuments()), "precision_recall");
  EXPECT_THAT(curve.columns, ElementsAre("precision", "recall", "threshold"));
  EXPECT_THAT(curve.rows,
              ElementsAre(ElementsAre(0.5, 1.0, 0.1), ElementsAre(2.0 / 3.0, 1.0, 0.35), ElementsAre(0.5, 0.5, 0.4),
                          ElementsAre(1.0, 0.5, 0.8), ElementsAre(1.0, 0.0, kInf)));
}

TEST(Curves, CalibrationAveragesWithinBinsAndSkipsEmptyOnes) {
  Scored scored = FourDocuments();
  scored.probabilities = {0.99, 0.01, 0.97, 0.03, 0.45, 0.55, 0.0, 1.0};  // positive: 0.01 0.03 | 0.55 | 1
  const Curve curve = Named(ComputeCurves(scored), "calibration");
  ASSERT_EQ(curve.rows.size(), 3u);
  EXPECT_THAT(curve.rows[0], ElementsAre(0.0, 1.0 / 15.0, 0.02, 0.0, 2.0));
  EXPECT_THAT(curve.rows[1], ElementsAre(8.0 / 15.0, 9.0 / 15.0, 0.55, 1.0, 1.0));
  EXPECT_THAT(curve.rows[2], ElementsAre(14.0 / 15.0, 1.0, 1.0, 1.0, 1.0));
}

TEST(Curves, ThresholdSweepCountsScoresAtTheThresholdAsPositive) {
  const Curve curve = Named(ComputeCurves(FourDocuments()), "thresholds");
  ASSERT_EQ(curve.rows.size(), 101u);
  EXPECT_THAT(curve.columns, ElementsAre("threshold", "precision", "recall", "f1", "accuracy"));
  EXPECT_THAT(curve.rows[0], ElementsAre(0.0, 0.5, 1.0, 2.0 / 3.0, 0.5));    // everything positive
  EXPECT_THAT(curve.rows[80], ElementsAre(0.8, 1.0, 0.5, 2.0 / 3.0, 0.75));  // 0.8 itself counts
  EXPECT_THAT(curve.rows[81], ElementsAre(0.81, 0.0, 0.0, 0.0, 0.5));        // nothing positive
  EXPECT_THAT(curve.rows[36], ElementsAre(0.36, 0.5, 0.5, 0.5, 0.5));        // 0.4 (wrong) and 0.8 (right)
}

TEST(Curves, ThinToAThousandPointsAndKeepTheEnds) {
  Scored scored = ManyDocuments(5000);
  for (std::size_t i = 0; i < scored.size(); ++i) {  // all scores different
    scored.probabilities[2 * i + 1] = (static_cast<double>(i) + 0.5) / 5000.0;
    scored.probabilities[2 * i] = 1.0 - scored.probabilities[2 * i + 1];
  }
  for (const char* name : {"roc", "precision_recall"}) {
    const Curve curve = Named(ComputeCurves(scored), name);
    EXPECT_EQ(curve.rows.size(), 1000u) << name;
  }
  const Curve roc = Named(ComputeCurves(scored), "roc");
  EXPECT_THAT(roc.rows.front(), ElementsAre(0.0, 0.0, kInf));
  EXPECT_THAT(roc.rows.back(), ElementsAre(1.0, 1.0, 0.5 / 5000.0));
}

TEST(Curves, OfMoreClassesAreOneAgainstTheRest) {
  const Scored scored{.labels = {"a", "b", "c"},
                      .truth = {0, 1, 2},
                      .predicted = {0, 1, 1},
                      .probabilities = {0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3},
                      .text_bytes = {}};
  const std::vector<Curve> curves = ComputeCurves(scored);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_THAT(curves[0].columns, ElementsAre("fpr", "tpr", "threshold", "class"));
  EXPECT_THAT(curves[0].rows[1], ElementsAre(0.0, 1.0, 0.8, 0.0));
  EXPECT_EQ(curves[0].rows.back()[3], 2.0);
  EXPECT_EQ(curves[1].name, "calibration");
  EXPECT_THAT(curves[1].rows[0], ElementsAre(8.0 / 15.0, 9.0 / 15.0, 0.6, 0.0, 1.0));  // the wrong one
}

TEST(Curves, WriteCsv) {
  const Curve curve{"roc", {"fpr", "tpr"}, {{0.0, 0.5}, {1.0, kInf}}};
  EXPECT_EQ(curve.ToCsv(), "fpr,tpr\n0.0,0.5\n1.0,inf\n");
}

}  // namespace
}  // namespace valence::evaluation
