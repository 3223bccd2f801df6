// SPDX-License-Identifier: Apache-2.0
#include "validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_id.h"
#include "support/matchers.h"

namespace valence::tracking {
namespace {

using testing::HasSubstr;

auto Refuses(const std::string& why) { return IsError(ErrorCode::kInvalidArgument, HasSubstr(why)); }

TEST(CheckKey, TakesWhatMlflowTakes) {
  for (const char* key : {"accuracy", "train/loss", "a b", "a:b", "a-b.c_d", ".a"})
    EXPECT_THAT(CheckKey("metric", key), IsOk()) << key;
  EXPECT_THAT(CheckKey("metric", "größe/日本"), IsOk());  // \w is Unicode's
  EXPECT_THAT(CheckKey("metric", std::string(250, 'k')), IsOk());
}

TEST(CheckKey, RefusesWithTheReason) {
  EXPECT_THAT(CheckKey("metric", ""), Refuses("metric key is empty"));
  EXPECT_THAT(CheckKey("metric", "a@b"), Refuses("metric 'a@b' has a character"));
  EXPECT_THAT(CheckKey("metric", "a\u2192b"), Refuses("has a character"));
  EXPECT_THAT(CheckKey("param", std::string(251, 'k')), Refuses("251 characters; MLflow takes at most 250"));
  EXPECT_THAT(CheckKey("param", "a\xff"), Refuses("not UTF-8"));
  for (const char* path : {"/a", "a/", "a//b", "../a", "a/../b", "./a", ".", "..", "...", "..a"})
    EXPECT_THAT(CheckKey("tag", path), Refuses("plain path")) << path;
}

TEST(CheckParams, RefusesTwoValuesForOneKey) {
  const std::vector<Param> same{{"c", "1"}, {"c", "1"}};
  EXPECT_THAT(CheckParams(same), IsOk());
  const std::vector<Param> different{{"c", "1"}, {"c", "2"}};
  EXPECT_THAT(CheckParams(different), Refuses("param 'c' is given twice, as '1' and '2'"));
}

TEST(CheckMetrics, RefusesATimeBefore1970) {
  const std::vector<Metric> metrics{{"loss", 1.0, -5, 0}};
  EXPECT_THAT(CheckMetrics(metrics), Refuses("metric 'loss' has the timestamp -5"));
}

TEST(CutTo, CountsCodePoints) {
  EXPECT_EQ(CutTo("äöü", 2), "äö");
  EXPECT_EQ(CutTo("äöü", 3), "äöü");
  EXPECT_EQ(CutTo("abc", 0), "");
  EXPECT_EQ(CutParamValue(std::string(6001, 'x')).size(), 6000u);
  EXPECT_EQ(CutTagValue(std::string(8001, 'x')).size(), 8000u);
}

TEST(CheckDataset, WantsNameDigestAndSourceType) {
  const DatasetInput good{"imdb", "0123abcd", "local", R"({"uri":"a.csv"})", "", "", "training"};
  EXPECT_THAT(CheckDataset(good), IsOk());
  DatasetInput bad = good;
  bad.digest = std::string(64, 'f');
  EXPECT_THAT(CheckDataset(bad), Refuses("at most 36"));
  bad = good;
  bad.source_type.clear();
  EXPECT_THAT(CheckDataset(bad), Refuses("data set source type is empty"));
}

TEST(CheckAlias, RefusesWhatMlflowReserves) {
  for (const char* alias : {"champion", "v", "v1a", "latest2", "a-b_c"})
    EXPECT_THAT(CheckAlias(alias), IsOk()) << alias;
  for (const char* alias : {"latest", "LATEST", "v1", "V23"})
    EXPECT_THAT(CheckAlias(alias), Refuses("reserved")) << alias;
  EXPECT_THAT(CheckAlias("a b"), Refuses("has a character"));
  EXPECT_THAT(CheckAlias(std::string(256, 'a')), Refuses("at most 255"));
}

TEST(CheckNames, RefuseWhatCannotBeAddressed) {
  EXPECT_THAT(CheckRegisteredModelName("sentiment v.2"), IsOk());
  EXPECT_THAT(CheckRegisteredModelName("a/b"), Refuses("'/' or ':'"));
  EXPECT_THAT(CheckRegisteredModelName(".."), Refuses("folder"));
  EXPECT_THAT(CheckRegisteredModelName("  "), Refuses("folder"));
  EXPECT_THAT(CheckLoggedModelName("a.b"), Refuses("one of"));
  EXPECT_THAT(CheckRunId("0123456789abcdef0123456789abcdef"), IsOk());
  EXPECT_THAT(CheckRunId("../etc"), Refuses("is not one"));
  EXPECT_THAT(CheckExperimentName(""), Refuses("empty"));
}

TEST(NewUuidHex, IsAVersion4UuidAndNeverTheSame) {
  const std::string id = NewUuidHex();
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]*"));
  ASSERT_EQ(id.size(), 32u);
  EXPECT_EQ(id[12], '4');
  EXPECT_THAT(std::string("89ab"), HasSubstr(std::string(1, id[16])));
  EXPECT_NE(id, NewUuidHex());
}

}  // namespace
}  // namespace valence::tracking
