// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/significance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "scored_samples.h"

namespace valence::evaluation {
namespace {

TEST(McNemarPValue, IsTheBinomialTail) {
  EXPECT_NEAR(McNemarPValue(0, 3), 2.0 / 8, 1e-14);             // both tails of 3 fair coins
  EXPECT_NEAR(McNemarPValue(1, 5), 2.0 * (1 + 6) / 64, 1e-14);  // C(6,0) + C(6,1)
  EXPECT_DOUBLE_EQ(McNemarPValue(5, 1), McNemarPValue(1, 5));   // two-sided
}

TEST(McNemarPValue, IsOneWithoutADifference) {
  EXPECT_EQ(McNemarPValue(0, 0), 1);
  EXPECT_EQ(McNemarPValue(7, 7), 1);
  EXPECT_DOUBLE_EQ(McNemarPValue(1, 2), 1);  // 2 * (1 + 3) / 8
}

TEST(McNemarPValue, HoldsForManyDocuments) {
  // scipy.stats.binomtest(1150, 2500, 0.5).pvalue and (49000, 100000, 0.5).pvalue
  EXPECT_NEAR(McNemarPValue(1150, 1350) / 6.834544740258857e-05, 1, 1e-10);
  EXPECT_NEAR(McNemarPValue(51000, 49000) / 2.5887160383468943e-10, 1, 1e-9);
  EXPECT_EQ(McNemarPValue(0, 100000), 0);  // far below the smallest double
}

TEST(McNemarTest, CountsTheDocumentsThatOnlyOneGetsRight) {
  Scored first = FourDocuments();
  Scored second = first;
  first.truth = second.truth = {0, 0, 1, 1};
  first.predicted = {0, 1, 1, 0};
  second.predicted = {1, 1, 1, 1};
  const McNemar test = McNemarTest(first, second).value();
  EXPECT_EQ(test.only_first, 1u);
  EXPECT_EQ(test.only_second, 1u);
  EXPECT_EQ(test.p_value, 1);
}

TEST(McNemarTest, RefusesOtherDocumentsAndOtherLabels) {
  const Scored first = FourDocuments();
  Scored other_truth = first, other_labels = first;
  other_truth.truth[0] = 1 - other_truth.truth[0];
  other_labels.labels[0] += "x";
  EXPECT_FALSE(McNemarTest(first, other_truth).has_value());
  EXPECT_FALSE(McNemarTest(first, other_labels).has_value());
}

}  // namespace
}  // namespace valence::evaluation
