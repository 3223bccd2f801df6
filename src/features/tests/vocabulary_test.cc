// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fit.h"
#include "support/matchers.h"

namespace valence::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

auto Corrupt(const char* what) { return IsError(ErrorCode::kDataCorrupt, HasSubstr(what)); }

TEST(Vocabulary, KeepsTermsByColumn) {
  const auto vocabulary = Vocabulary::Make("abbc", {0, 1, 3, 4});
  ASSERT_THAT(vocabulary, IsOk());
  EXPECT_EQ(vocabulary->size(), 3);
  EXPECT_THAT(Terms(*vocabulary), ElementsAre("a", "bb", "c"));
}

TEST(Vocabulary, MayBeInAnyOrderButNotRepeatATerm) {
  EXPECT_THAT(Terms(*Vocabulary::FromTerms({"b", "a"})), ElementsAre("b", "a"));
  EXPECT_THAT(Vocabulary::FromTerms({"b", "a", "b"}), Corrupt("term 'b' is there twice, again at column 2"));
}

TEST(Vocabulary, RefusesOffsetsThatDoNotFitTheBytes) {
  EXPECT_THAT(Vocabulary::Make("ab", {}), Corrupt("offsets"));
  EXPECT_THAT(Vocabulary::Make("ab", {1, 2}), Corrupt("offsets"));
  EXPECT_THAT(Vocabulary::Make("ab", {0, 1}), Corrupt("offsets"));
  EXPECT_THAT(Vocabulary::Make("ab", {0, 2, 1, 2}), Corrupt("descend at column 1"));
}

TEST(Vocabulary, WritesJsonInColumnOrder) {
  EXPECT_EQ(Vocabulary::FromTerms({"b", "a \"\n"})->ToJson(), "{\"b\": 0, \"a \\\"\\n\": 1}\n");
  EXPECT_EQ(Vocabulary().ToJson(), "{}\n");
}

TEST(Vocabulary, ReadsWhatItWrites) {
  const auto vocabulary = Vocabulary::FromTerms({"", " ", "\x01", "\"quoted\"", "caf\u00e9 \U0001f600"});
  ASSERT_THAT(vocabulary, IsOk());
  EXPECT_THAT(Vocabulary::FromJson(vocabulary->ToJson()), IsOkAndHolds(*vocabulary));
}

TEST(Vocabulary, ReadsColumnsInAnyOrder) {
  EXPECT_THAT(Terms(*Vocabulary::FromJson(R"({"b": 1, "a": 0})")), ElementsAre("a", "b"));
  EXPECT_THAT(Terms(*Vocabulary::FromJson("{}")), IsEmpty());
}

TEST(Vocabulary, RefusesJsonThatIsNoVocabulary) {
  EXPECT_THAT(Vocabulary::FromJson(""), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson("[]"), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": 0} x)"), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": "0"})"), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": -1})"), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": 0.5})"), Corrupt("expected a JSON object"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": 0, "b": 2})"), Corrupt("column 2 is out of range"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": 0, "b": 0})"), Corrupt("two terms have column 0"));
  EXPECT_THAT(Vocabulary::FromJson(R"({"a": 0, "a": 1})"), Corrupt("term 'a' is there twice"));
}

}  // namespace
}  // namespace valence::features
