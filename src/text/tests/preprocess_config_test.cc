// SPDX-License-Identifier: Apache-2.0
#include "valence/text/preprocess_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "valence/text/preprocessor.h"

namespace valence::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PreprocessConfig Config(std::string preset, std::vector<std::string> steps = {}) {
  return {.preset = std::move(preset), .steps = std::move(steps)};
}

TEST(PreprocessConfig, SeedIsTheSeedPipeline) {
  const Preprocessor seed = Preprocessor::Make(ResolveSteps(Config("seed")).value()).value();
  EXPECT_EQ(seed.Apply("The 2 movies at http://x.y/z were GREAT; isn't it?\u061B"), "movie great");
}

TEST(PreprocessConfig, NoneHasNoSteps) { EXPECT_THAT(ResolveSteps(Config("none")).value(), ElementsAre()); }

TEST(PreprocessConfig, CustomKeepsTheGivenOrder) {
  EXPECT_THAT(ResolveSteps(Config("custom", {"lemmatize", "lowercase"})).value(),
              ElementsAre("lemmatize", "lowercase"));
}

TEST(PreprocessConfig, StepsAndPresetMustAgree) {
  EXPECT_THAT(ResolveSteps(Config("custom")).error().message, HasSubstr("empty"));
  EXPECT_THAT(ResolveSteps(Config("seed", {"lowercase"})).error().message, HasSubstr("custom"));
  EXPECT_THAT(ResolveSteps(Config("custom", {"shout"})).error().message, HasSubstr("'shout'"));
}

TEST(PreprocessConfig, EveryListedStepExists) {
  for (const std::string_view name : StepNames()) {
    EXPECT_TRUE(Preprocessor::Make({std::string(name)}).has_value()) << name;
  }
}

}  // namespace
}  // namespace valence::text
