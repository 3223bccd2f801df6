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
using ::testing::HasSubstr;

const std::vector<std::string_view> kDocuments = {"good good film", "good", "bad film"};
const std::vector<std::int32_t> kLabels = {1, 1, 0};

VectorizerConfig Nb(std::string counts, double alpha = 1.0) {
  VectorizerConfig config = CountWords();
  config.vectorizer = "nb";
  config.norm = "none";
  config.nb_counts = std::move(counts);
  config.nb_alpha = alpha;
  return config;
}

TEST(Nb, WeighsByOccurrencesInTheClasses) {
  // Columns bad, film, good. Occurrences + 1 in class 1: 1, 2, 4 of 7; in class 0: 2, 2, 1 of 5.
  const auto fit = Fit(Nb("occurrences"), kDocuments, kLabels);
  ASSERT_THAT(fit, IsOk());
  const double bad = std::log((1.0 / 7) / (2.0 / 5));
  const double film = std::log((2.0 / 7) / (2.0 / 5));
  const double good = std::log((4.0 / 7) / (1.0 / 5));
  EXPECT_THAT(fit->fitted.weighting, ElementsAre(DoubleEq(bad), DoubleEq(film), DoubleEq(good)));
  // The features only say whether a term occurs: "good good" counts once.
  EXPECT_THAT(Dense(fit->matrix)[0], ElementsAre(0, DoubleEq(film), DoubleEq(good)));
}

TEST(Nb, WeighsByDocumentsOfTheClasses) {
  // (documents with the term + 1) / (documents + 1): class 1: 1/3, 2/3, 3/3; class 0: 2/2, 2/2, 1/2.
  const auto fit = Fit(Nb("documents"), kDocuments, kLabels);
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(fit->fitted.weighting,
              ElementsAre(DoubleEq(std::log(1.0 / 3)), DoubleEq(std::log(2.0 / 3)), DoubleEq(std::log(2.0))));
}

TEST(Nb, SmoothsWithAlpha) {
  // 0.5 + 2 documents over 0.5 + 2 in class 1; 0.5 + 0 over 0.5 + 1 in class 0.
  const auto fit = Fit(Nb("documents", 0.5), kDocuments, kLabels);
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(fit->fitted.weighting[2], DoubleEq(std::log(1.0 / (0.5 / 1.5))));
}

TEST(Nb, NormalisesAfterWeighing) {
  VectorizerConfig config = Nb("documents");
  config.norm = "l2";
  EXPECT_THAT(Dense(Fit(config, kDocuments, kLabels)->matrix)[1], ElementsAre(0, 0, DoubleEq(1)));
}

TEST(Nb, TransformsNewDocumentsAsBinary) {
  auto fit = Fit(Nb("documents"), kDocuments, kLabels);
  ASSERT_THAT(fit, IsOk());
  const double film = fit->fitted.weighting[1];
  const auto vectorizer = Vectorizer::Make(std::move(fit->fitted));
  ASSERT_THAT(vectorizer, IsOk());
  const std::vector<std::string_view> documents = {"film film unknown"};
  EXPECT_THAT(Dense(vectorizer->Transform(documents))[0], ElementsAre(0, DoubleEq(film), 0));
}

TEST(Nb, NeedsTwoClasses) {
  const auto invalid = [](const char* what) { return IsError(ErrorCode::kInvalidArgument, HasSubstr(what)); };
  EXPECT_THAT(Fit(Nb("documents"), kDocuments, {1, 1, 1}), invalid("exactly two classes"));
  EXPECT_THAT(Fit(Nb("documents"), kDocuments, {0, 1, 2}), invalid("exactly two classes"));
  EXPECT_THAT(Fit(Nb("documents"), kDocuments), invalid("label of every document"));
}

}  // namespace
}  // namespace valence::features
