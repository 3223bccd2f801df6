// SPDX-License-Identifier: Apache-2.0
#include "valence/features/vectorizer_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "valence/features/vectorizer.h"

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
  ASSERT_THAT(ApplyYamlFile({Section(&read)}, ToYaml({Section(&config)}, {Section(&config)}), "params.yaml"), IsOk());
  EXPECT_EQ(read, config);
}

TEST(VectorizerConfig, RefusesUnknownChoices) {
  VectorizerConfig config;
  EXPECT_THAT(ApplyOverride({Section(&config)}, "featurize.norm=max"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("l1")));
  EXPECT_THAT(ApplyOverride({Section(&config)}, "featurize.ngram_range=[0, 1]"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("ngram_range")));
}

TEST(VectorizerConfig, IsCheckedWhenItDidNotComeFromYaml) {
  const auto make = [](auto change) {
    VectorizerConfig config;
    change(&config);
    return Vectorizer::Make({config, Vocabulary(), {}});
  };
  const auto invalid = [](const char* what) { return IsError(ErrorCode::kInvalidArgument, HasSubstr(what)); };
  EXPECT_THAT(make([](auto*) {}), IsOk());
  EXPECT_THAT(make([](auto* c) { c->vectorizer = "tf"; }), invalid("featurize.vectorizer: got 'tf'"));
  EXPECT_THAT(make([](auto* c) { c->norm = "max"; }), invalid("featurize.norm"));
  EXPECT_THAT(make([](auto* c) { c->analyzer = "line"; }), invalid("featurize.analyzer"));
  EXPECT_THAT(make([](auto* c) { c->n_features = 0; }), invalid("featurize.n_features: got 0"));
  EXPECT_THAT(make([](auto* c) { c->nb_alpha = 0; }), invalid("featurize.nb_alpha"));
  EXPECT_THAT(make([](auto* c) { c->token_pattern = "[a-z]+"; }), IsError(ErrorCode::kUnimplemented, HasSubstr("")));
}

}  // namespace
}  // namespace valence::features
