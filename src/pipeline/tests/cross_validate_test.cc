// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/cross_validate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "small_model.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/linalg/parallel.h"

namespace valence::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// 64 training documents that are easy to learn.
class CrossValidateTest : public testing::Test {
 protected:
  CrossValidateTest() : params_(SmallParams(dir_.path())), layout_(LayoutIn(dir_.path())) {
    EXPECT_THAT(Ingest(params_, layout_, Progress::None()), IsOk());
  }

  Result<CrossValidation> Judge(std::vector<Candidate> candidates) {
    return CrossValidate(params_.cross_validation, std::move(candidates), layout_, Progress::None());
  }

  Candidate Named(const std::string& name, const std::string& section, const std::string& value) {
    Candidate candidate{name, params_, false};
    EXPECT_THAT(ApplyOverride(candidate.params.Sections(), section + "=" + value), IsOk());
    return candidate;
  }

  TempDir dir_;
  Params params_;
  Layout layout_;
};

TEST_F(CrossValidateTest, JudgesEveryDocumentOnceAndRanksTheCandidates) {
  const auto validation = Judge({Named("blind", "featurize.token_pattern", R"('(?u)\b\w\w+\b')"),
                                 Named("deaf", "featurize.ngram_range", "[6, 6]"), Named("good", "train.C", "10")});
  ASSERT_THAT(validation, IsOk());
  const CandidateResult& good = validation->results[2];
  ASSERT_EQ(good.folds.size(), 5u);
  std::uint64_t judged = 0;
  for (const auto& fold : good.folds) judged += fold.documents;
  EXPECT_EQ(judged, validation->documents);
  EXPECT_GE(good.Spread("accuracy").mean, 0.9);
  EXPECT_EQ(std::count(good.predicted.begin(), good.predicted.end(), -1), 0);
  EXPECT_EQ(validation->results[validation->best()].p_value, 1);
}

TEST_F(CrossValidateTest, KeepsTheFailureOfACandidateAndGoesOn) {
  const auto validation =
      Judge({Named("none", "featurize.min_df", "1000"), Named("good", "train.C", "10"),
             Named("unfit", "train.max_iter", "1"), Named("unstepped", "preprocess.preset", "custom")});
  ASSERT_THAT(validation, IsOk());
  EXPECT_THAT(validation->ranking, ElementsAre(1u));
  for (const std::size_t failed : {0u, 2u, 3u}) {
    EXPECT_TRUE(validation->results[failed].failed()) << failed;
    EXPECT_TRUE(validation->results[failed].folds.empty()) << failed;
    EXPECT_GT(validation->results[failed].start_time, 0) << failed;
  }
  EXPECT_THAT(validation->ToJson().Dump(), HasSubstr(R"("error":)"));
}

TEST_F(CrossValidateTest, FailsIfEveryCandidateDoes) {
  EXPECT_THAT(Judge({Named("none", "featurize.min_df", "1000")}),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("none of 1 candidates could be trained")));
}

TEST_F(CrossValidateTest, RanksByTheLeastLossWhereLessIsBetter) {
  params_.cross_validation.metric = "log_loss";
  const auto validation = Judge({Named("weak", "train.C", "0.01"), Named("strong", "train.C", "100")});
  ASSERT_THAT(validation, IsOk());
  EXPECT_THAT(validation->ranking, ElementsAre(1u, 0u));
}

TEST_F(CrossValidateTest, GivesTheSameFiguresWhateverTheGroupsAndThreads) {
  const Candidate first = Named("first", "train.C", "3"), second = Named("second", "featurize.ngram_range", "[1, 1]"),
                  third = Named("third", "preprocess.preset", "seed");
  const auto all = Judge({first, second, third, first});
  linalg::SetThreads(1);
  const auto alone = Judge({third, first});
  linalg::SetThreads(0);
  ASSERT_TRUE(all && alone);
  EXPECT_EQ(all->results[2].predicted, alone->results[0].predicted);
  EXPECT_EQ(all->results[0].Spread("log_loss").mean, alone->results[1].Spread("log_loss").mean);
  EXPECT_EQ(all->results[0].Spread("log_loss").mean, all->results[3].Spread("log_loss").mean);
}

TEST_F(CrossValidateTest, SaysWhichStageIsMissing) {
  layout_.raw = dir_.path() / "nowhere";
  EXPECT_THAT(Judge({Named("good", "train.C", "10")}), IsError(ErrorCode::kNotFound, HasSubstr("valence ingest")));
}

TEST(CandidateResult, SpreadsAreNumpysMeanAndStandardDeviation) {
  CandidateResult result;
  for (const double accuracy : {0.5, 0.7, 0.9}) {
    evaluation::Metrics fold;
    fold.accuracy = accuracy;
    result.folds.push_back(fold);
  }
  EXPECT_NEAR(result.Spread("accuracy").mean, 0.7, 1e-15);
  EXPECT_NEAR(result.Spread("accuracy").deviation, std::sqrt(0.08 / 3), 1e-15);
}

}  // namespace
}  // namespace valence::pipeline
