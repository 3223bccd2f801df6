// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/stages.h"

#include <gmock/gmock.h>

#include "small_model.h"
#include "support/matchers.h"
#include "support/temp_dir.h"

namespace valence::pipeline {
namespace {

using testing::HasSubstr;

std::string Bytes(const std::filesystem::path& path) { return ReadFile(path).value(); }

TEST(Stages, EachReadsBackWhatTheOneBeforeWroteAndGivesTheSameBytes) {
  const TempDir dir;
  const Params params = SmallParams(dir.path());
  const Layout memory = LayoutIn(dir.path() / "memory"), disk = LayoutIn(dir.path() / "disk");
  Progress& quiet = Progress::None();

  const auto ingested = Ingest(params, memory, quiet);
  ASSERT_THAT(ingested, IsOk());
  const auto preprocessed = Preprocess(params, memory, ingested->get(), quiet);
  ASSERT_THAT(preprocessed, IsOk());
  const auto featurized = Featurize(params, memory, preprocessed->get(), quiet);
  ASSERT_THAT(featurized, IsOk());
  const auto trained = Train(params, memory, ingested->get(), featurized->get(), quiet);
  ASSERT_THAT(trained, IsOk());
  const auto evaluated = Evaluate(params, memory, ingested->get(), &*trained, quiet);
  ASSERT_THAT(evaluated, IsOk());

  ASSERT_THAT(Ingest(params, disk, quiet), IsOk());
  ASSERT_THAT(Preprocess(params, disk, nullptr, quiet), IsOk());
  ASSERT_THAT(Featurize(params, disk, nullptr, quiet), IsOk());
  ASSERT_THAT(Train(params, disk, nullptr, nullptr, quiet), IsOk());
  ASSERT_THAT(Evaluate(params, disk, nullptr, nullptr, quiet), IsOk());

  EXPECT_EQ(Bytes(memory.model), Bytes(disk.model));
  for (const char* report : {"metrics.json", "report.html", "model_card.md", "data.json"}) {
    EXPECT_EQ(Bytes(memory.reports / report), Bytes(disk.reports / report)) << report;
  }
  EXPECT_GE(evaluated->metrics.accuracy, 0.9);
  EXPECT_TRUE(trained->certificate.converged);
}

TEST(Stages, SayWhichStageIsMissing) {
  const TempDir dir;
  const Params params = SmallParams(dir.path());
  const Layout layout = LayoutIn(dir.path());
  EXPECT_THAT(Preprocess(params, layout, nullptr, Progress::None()),
              IsError(ErrorCode::kNotFound, HasSubstr("valence ingest")));
  EXPECT_THAT(Featurize(params, layout, nullptr, Progress::None()),
              IsError(ErrorCode::kNotFound, HasSubstr("valence preprocess")));
  EXPECT_THAT(Train(params, layout, nullptr, nullptr, Progress::None()),
              IsError(ErrorCode::kNotFound, HasSubstr("valence featurize")));
  EXPECT_THAT(Evaluate(params, layout, nullptr, nullptr, Progress::None()),
              IsError(ErrorCode::kNotFound, HasSubstr("valence train")));
}

}  // namespace
}  // namespace valence::pipeline
