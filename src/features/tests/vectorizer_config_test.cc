// SPDX-License-Identifier: Apache-2.0
#include "valence/features/vectorizer_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace valence::features {
namespace {

using ::testing::HasSubstr;

ConfigSection Section(VectorizerConfig* config) {
  return {"featurize", "", [config](FieldVisitor& v) { config->Describe(v); }};
}

TEST(VectorizerConfig, TellsACountFromAShare) {
  VectorizerConfig config;
  ASSERT_THAT(ApplyOverride({Section(&config)}, "featurize.max_df=1"), IsOk());
  EXPECT_EQ(config.max_df, (CountOrShare{false, 1}));
  ASSERT_THAT(ApplyOverride({Section(&config)}, "featurize.max_df=1.0"), IsOk());
  EXPECT_EQ(config.max_df, (CountOrShare{true, 1.0}));
}

TEST(VectorizerConfig, ReadsBackWhatToYamlWrites) {
  VectorizerConfig config;
  config.vectorizer = "nb";
  config.ngram_range = {2, 4};
  config.min_df = {true, 0.25};
  config.token_pattern = R"(\S+)";
  config.nb_alpha = 0.1;
  VectorizerConfig read;
  ASSERT_THAT(ApplyYamlFile({Section(&read)}, ToYaml({Section(&config)}), "params.yaml"), IsOk());
  EXPECT_EQ(read, config);
}

TEST(VectorizerConfig, RefusesUnknownChoices) {
  VectorizerConfig config;
  EXPECT_THAT(ApplyOverride({Section(&config)}, "featurize.norm=max"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("l1")));
  EXPECT_THAT(ApplyOverride({Section(&config)}, "featurize.ngram_range=[0, 1]"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("ngram_range")));
}

}  // namespace
}  // namespace valence::features
