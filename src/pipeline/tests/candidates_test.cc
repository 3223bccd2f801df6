// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/candidates.h"

#include <gmock/gmock.h>

#include <set>

#include "support/matchers.h"

namespace valence::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Params With(const std::vector<std::string>& overrides) {
  auto params = LoadParams("no such file", true, overrides);
  EXPECT_THAT(params, IsOk());
  return params ? *params : Params();
}

std::vector<std::string> Names(const std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) names.push_back(candidate.name);
  return names;
}

TEST(GridCandidates, AreEveryCombinationInTheOrderOfTheGrid) {
  const auto candidates =
      GridCandidates(With({"tune.grid={train.C: [1, 10], featurize.ngram_range: [[1, 1], [1, 2]]}"}));
  ASSERT_THAT(candidates, IsOk());
  EXPECT_THAT(Names(*candidates), ElementsAre("C=1 ngram_range=[1, 1]", "C=1 ngram_range=[1, 2]",
                                              "C=10 ngram_range=[1, 1]", "C=10 ngram_range=[1, 2]"));
  EXPECT_EQ((*candidates)[0].params.train.c, 1);
  EXPECT_EQ((*candidates)[0].params.featurize.ngram_range.second, 1);
  EXPECT_TRUE((*candidates)[3].in_force);  // the defaults
  EXPECT_FALSE((*candidates)[0].in_force);
}

TEST(GridCandidates, BeginWithTheParametersInForceIfTheGridHasThemNot) {
  const auto candidates = GridCandidates(With({"tune.grid={train.C: [1]}", "train.C=2"}));
  ASSERT_THAT(candidates, IsOk());
  EXPECT_THAT(Names(*candidates), ElementsAre("in force", "C=1"));
  EXPECT_EQ((*candidates)[0].params.train.c, 2);
  EXPECT_TRUE((*candidates)[0].in_force);
}

TEST(GridCandidates, AreDrawnWithoutRepetitionIfTrialsAreFewer) {
  const auto candidates = GridCandidates(
      With({"tune.grid={train.C: [1, 2, 3, 4, 5], featurize.min_df: [2, 3, 4, 5]}", "tune.trials=7", "train.C=9"}));
  ASSERT_THAT(candidates, IsOk());
  const std::vector<std::string> names = Names(*candidates);
  EXPECT_EQ(names.size(), 8u);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 8u);
}

TEST(GridCandidates, OfAnEmptyGridAreTheParametersInForce) {
  EXPECT_EQ(GridCandidates(With({"tune.grid={}"}))->size(), 1u);
}

TEST(GridCandidates, RefuseWhatIsNoParameterOfAModel) {
  const auto error = [](const std::string& grid) {
    const auto candidates = GridCandidates(With({"tune.grid=" + grid}));
    return candidates ? std::string("accepted") : candidates.error().message;
  };
  EXPECT_EQ(error("{train.C: 3}"), "tune.grid: train.C: expected a list of values, such as [1, 10]");
  EXPECT_EQ(error("{train.C: []}"), "tune.grid: train.C: expected a list of values, such as [1, 10]");
  EXPECT_EQ(error("{train.C: [1, -1]}"), "tune.grid: train.C: expected a number > 0, got '-1'");
  EXPECT_THAT(error("{train.Z: [1]}"), HasSubstr("tune.grid: train.Z: unknown key; known are: C,"));
  EXPECT_THAT(error("{ingest.seed: [1]}"), HasSubstr("unknown section 'ingest'"));
  EXPECT_EQ(error("{C: [1]}"), "tune.grid: C: expected section.key, such as train.C, got 'C'");
  std::string values = "1";
  for (int i = 2; i <= 101; ++i) values += ", " + std::to_string(i);
  EXPECT_THAT(error("{train.C: [" + values + "], featurize.min_df: [" + values + "]}"), HasSubstr("more than 10000"));
}

TEST(NamedCandidates, ApplyTheirOverridesToTheParametersInForce) {
  const auto candidates = NamedCandidates(With(
      {"compare.candidates={bow: {featurize.vectorizer: count}, same: {}, low: {train.C: 0.5}}", "train.tol=1e-6"}));
  ASSERT_THAT(candidates, IsOk());
  EXPECT_THAT(Names(*candidates), ElementsAre("bow", "same", "low"));
  EXPECT_EQ((*candidates)[0].params.featurize.vectorizer, "count");
  EXPECT_EQ((*candidates)[2].params.train.tol, 1e-6);
  EXPECT_TRUE((*candidates)[1].in_force);
}

TEST(NamedCandidates, RefuseWhatIsNoSetting) {
  EXPECT_THAT(NamedCandidates(With({"compare.candidates={bow: 3}"})),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("compare.candidates: bow: expected a map")));
  EXPECT_THAT(NamedCandidates(With({"compare.candidates={bow: {featurize.vectorizer: bag}}"})),
              IsError(ErrorCode::kInvalidArgument,
                      HasSubstr("compare.candidates: bow: featurize.vectorizer: expected one of count, tfidf")));
}

}  // namespace
}  // namespace valence::pipeline
