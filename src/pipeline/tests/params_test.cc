// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/params.h"

#include <gmock/gmock.h>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"

namespace valence::pipeline {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(LoadParams, WithoutAFileGivesTheDefaults) {
  const auto params = LoadParams("/nonexistent/params.yaml", true, {});
  ASSERT_THAT(params, IsOk());
  EXPECT_EQ(params->train, model::TrainConfig());
  EXPECT_EQ(params->featurize.ngram_range, (std::pair<std::int64_t, std::int64_t>(1, 2)));
}

TEST(LoadParams, RefusesAMissingFileThatWasAskedFor) {
  EXPECT_THAT(LoadParams("/nonexistent/params.yaml", false, {}),
              IsError(ErrorCode::kNotFound, HasSubstr("params.yaml")));
}

TEST(LoadParams, OverridesComeAfterTheFileInOrder) {
  const TempDir dir;
  const auto file = dir.path() / "params.yaml";
  ASSERT_THAT(WriteFile(file, "train: {C: 2.0}\nfeaturize: {ngram_range: [1, 3]}\n"), IsOk());
  const auto params = LoadParams(file, false, {"train.C=3", "train.C=4", "ingest.source=imdb"});
  ASSERT_THAT(params, IsOk());
  EXPECT_EQ(params->train.c, 4.0);
  EXPECT_EQ(params->featurize.ngram_range.second, 3);
  EXPECT_EQ(params->ingest.source, "imdb");
}

TEST(LoadParams, NamesFileLineAndNearestKey) {
  const TempDir dir;
  const auto file = dir.path() / "params.yaml";
  ASSERT_THAT(WriteFile(file, "train:\n  C: 1.0\n  max_itre: 5\n"), IsOk());
  EXPECT_THAT(LoadParams(file, false, {}),
              IsError(ErrorCode::kInvalidArgument, AllOf(HasSubstr("params.yaml:3"), HasSubstr("max_iter"))));
}

TEST(Params, DefaultsWrittenAsYamlReadBackEqual) {
  Params params;
  const TempDir dir;
  const auto file = dir.path() / "params.yaml";
  ASSERT_THAT(WriteFile(file, ParamsYaml(params)), IsOk());
  const auto read = LoadParams(file, false, {});
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ingest, params.ingest);
  EXPECT_EQ(read->preprocess, params.preprocess);
  EXPECT_EQ(read->featurize, params.featurize);
  EXPECT_EQ(read->train, params.train);
  EXPECT_EQ(read->evaluate, params.evaluate);
}

}  // namespace
}  // namespace valence::pipeline
