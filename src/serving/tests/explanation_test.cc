// SPDX-License-Identifier: Apache-2.0
#include "explanation.h"

#include <gtest/gtest.h>

namespace valence::serving {
namespace {

TEST(WeighWords, ATermOfTwoWordsGivesEachHalf) {
  //                         0   4    9
  const auto words = WeighWords("not good\n bad.", {{0, 8, 7, 1.0}, {0, 3, 1, -0.5}, {10, 13, 2, -2.0}});
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0].contribution, 0.0);
  EXPECT_EQ(words[1].contribution, 0.5);
  EXPECT_EQ(words[2].contribution, -2.0);
  EXPECT_EQ(words[2].begin, 10u);
  EXPECT_EQ(words[2].end, 14u);
}

TEST(WeighWords, TwoTermsInOneWordAddUp) {
  const auto words = WeighWords("well-made", {{0, 4, 0, 1.0}, {5, 9, 1, 0.25}});
  ASSERT_EQ(words.size(), 1u);
  EXPECT_EQ(words[0].contribution, 1.25);
}

TEST(WeighWords, WhiteSpaceAloneHasNoWords) { EXPECT_TRUE(WeighWords(" \n\t", {}).empty()); }

TEST(TopTerms, OccurrencesAreSummedAndSortedBySize) {
  classifier::Prediction prediction;
  prediction.terms = "good bad fine";
  prediction.attributions = {
      {0, 1, 5, 1.0, 0, 4}, {2, 3, 6, -3.0, 5, 3}, {4, 5, 5, 1.0, 0, 4}, {6, 7, 8, 0.5, 9, 4}, {8, 9, 2, 0.5, 5, 3}};
  const auto terms = TopTerms(prediction, 3);
  ASSERT_EQ(terms.size(), 3u);
  EXPECT_EQ(terms[0].term, "bad");
  EXPECT_EQ(terms[1].term, "good");
  EXPECT_EQ(terms[1].times, 2);
  EXPECT_EQ(terms[1].contribution, 2.0);
  EXPECT_EQ(terms[2].term, "bad");  // another feature, and of equal weights the first by its term
  EXPECT_EQ(terms[2].contribution, 0.5);
}

TEST(ShadeLevel, FollowsTheShareOfTheStrongest) {
  EXPECT_EQ(ShadeLevel(10, 10), 5);
  EXPECT_EQ(ShadeLevel(-4.1, 10), 3);
  EXPECT_EQ(ShadeLevel(0.2, 10), 1);
  EXPECT_EQ(ShadeLevel(0.1, 10), 0);
  EXPECT_EQ(ShadeLevel(0, 0), 0);
}

}  // namespace
}  // namespace valence::serving
