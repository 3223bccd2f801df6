// SPDX-License-Identifier: Apache-2.0
#include "drift.h"

#include <gtest/gtest.h>

#include <cmath>

namespace valence::data::internal {
namespace {

TEST(Drift, PsiIsComputedByHand) {
  // Half a count a bin: p = 60.5/101, 40.5/101; q the other way round. Two terms of (20/101) ln(60.5/40.5).
  const double by_hand = 2 * (20.0 / 101) * std::log(60.5 / 40.5);
  EXPECT_NEAR(by_hand, 0.158947, 1e-6);
  EXPECT_DOUBLE_EQ(PopulationStabilityIndex({60, 40}, {40, 60}), by_hand);
  // p = 1/4, 3/4 of 1+3 smoothed: 1.5/5, 3.5/5; q = 30.5/41, 10.5/41.
  EXPECT_NEAR(
      PopulationStabilityIndex({1, 3}, {30, 10}),
      (1.5 / 5 - 30.5 / 41) * std::log(1.5 / 5 / (30.5 / 41)) + (3.5 / 5 - 10.5 / 41) * std::log(3.5 / 5 / (10.5 / 41)),
      1e-15);
}

TEST(Drift, PsiOfEqualSharesIsZero) {
  EXPECT_EQ(PopulationStabilityIndex({5, 5, 5}, {5, 5, 5}), 0);
  EXPECT_EQ(PopulationStabilityIndex({100}, {7}), 0);
  EXPECT_EQ(PopulationStabilityIndex({}, {}), 0);
}

TEST(Drift, PsiOfAnEmptyBinIsFinite) {
  // p = 10.5/11, 0.5/11; q the other way round: 2 (10/11) ln 21.
  EXPECT_NEAR(PopulationStabilityIndex({10, 0}, {0, 10}), 2 * (10.0 / 11) * std::log(21.0), 1e-15);
}

TEST(Drift, LabelsOfEitherSideCount) {
  EXPECT_DOUBLE_EQ(LabelPsi({{"a", 10}}, {{"b", 10}}), PopulationStabilityIndex({10, 0}, {0, 10}));
}

TEST(Drift, LargestChangeIsSigned) {
  // a: 0.5 -> 0.25, b: 0.5 -> 0.55, c: 0 -> 0.2.
  const LabelChange change = LargestChange({{"a", 50}, {"b", 50}}, {{"a", 5}, {"b", 11}, {"c", 4}});
  EXPECT_EQ(change.label, "a");
  EXPECT_DOUBLE_EQ(change.change, -0.25);
}

}  // namespace
}  // namespace valence::data::internal
