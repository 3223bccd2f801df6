// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fit.h"
#include "support/matchers.h"

namespace valence::features {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::SizeIs;

VectorizerConfig Tfidf() {
  VectorizerConfig config = CountWords();
  config.vectorizer = "tfidf";
  return config;
}

std::vector<double> FirstRow(const VectorizerConfig& config, const std::vector<std::string_view>& documents) {
  return Dense(Fit(config, documents)->matrix).front();
}

TEST(Tfidf, SmoothsAndNormalisesByDefault) {
  // n = 2; aa is in both: idf = ln(3/3) + 1 = 1; bb in one: ln(3/2) + 1.
  const double bb = std::log(1.5) + 1;
  const auto fit = Fit(Tfidf(), {"aa bb bb", "aa"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(fit->fitted.weighting, ElementsAre(DoubleEq(1), DoubleEq(bb)));
  const double length = std::sqrt(1 + 4 * bb * bb);
  EXPECT_THAT(Dense(fit->matrix)[0], ElementsAre(DoubleEq(1 / length), DoubleEq(2 * bb / length)));
  EXPECT_THAT(Dense(fit->matrix)[1], ElementsAre(1, 0));
}

TEST(Tfidf, TakesTheOtherNorms) {
  VectorizerConfig config = Tfidf();
  config.use_idf = false;
  config.norm = "l1";
  EXPECT_THAT(FirstRow(config, {"aa aa aa bb"}), ElementsAre(0.75, 0.25));
  config.norm = "none";
  EXPECT_THAT(FirstRow(config, {"aa aa aa bb"}), ElementsAre(3, 1));
}

TEST(Tfidf, CanLeaveOutSmoothing) {
  VectorizerConfig config = Tfidf();
  config.smooth_idf = false;
  config.norm = "none";
  // ln(2/2) + 1 and ln(2/1) + 1
  EXPECT_THAT(FirstRow(config, {"aa bb", "aa"}), ElementsAre(DoubleEq(1), DoubleEq(std::log(2.0) + 1)));
}

TEST(Tfidf, CanTakeTheLogarithmOfCounts) {
  VectorizerConfig config = Tfidf();
  config.use_idf = false;
  config.sublinear_tf = true;
  config.norm = "none";
  EXPECT_THAT(FirstRow(config, {"aa aa aa bb"}), ElementsAre(DoubleEq(1 + std::log(3.0)), 1));
}

TEST(Tfidf, HasNoWeightingWithoutIdf) {
  VectorizerConfig config = Tfidf();
  config.use_idf = false;
  EXPECT_THAT(Fit(config, {"aa bb"})->fitted.weighting, SizeIs(0));
}

TEST(Tfidf, LeavesADocumentWithoutTermsEmpty) {
  const auto fit = Fit(Tfidf(), {"aa", "", "!"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(fit->matrix.indptr, ElementsAre(0, 1, 1, 1));
}

}  // namespace
}  // namespace valence::features
