// SPDX-License-Identifier: Apache-2.0
#include "data_profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/matchers.h"

namespace valence::data::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Texts of 1 to 11 bytes.
Dataset ElevenTexts() {
  Dataset documents;
  for (std::size_t i = 1; i <= 11; ++i) documents.push_back({"", std::string(i, 'a'), i % 2 == 0 ? "even" : "odd"});
  return documents;
}

TEST(DataProfile, CountsLengthsInTenths) {
  const DataProfile profile = MakeProfile(ElevenTexts());
  // numpy.percentile(1..11, 10 t) = 1 + t; a length on an edge is below it.
  EXPECT_THAT(profile.length_edges, ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(profile.length_counts, ElementsAre(2, 1, 1, 1, 1, 1, 1, 1, 1, 1));
  EXPECT_EQ(profile.median_bytes, 6);
  EXPECT_THAT(profile.labels, ElementsAre(Pair("even", 5), Pair("odd", 6)));
  EXPECT_EQ(profile.vocabulary.size(), 11u);
}

TEST(DataProfile, EqualEdgesAreOne) {
  const DataProfile profile = MakeProfile({{"", "ab", "x"}, {"", "cd", "x"}, {"", "ef", "y"}});
  EXPECT_THAT(profile.length_edges, ElementsAre(2));
  EXPECT_THAT(profile.length_counts, ElementsAre(3, 0));
}

TEST(DataProfile, KnowsItsOwnWords) {
  const Dataset documents = {{"", "Good film, GOOD", "x"}, {"", "bad", "y"}};
  const std::vector<WordId> vocabulary = MakeProfile(documents).vocabulary;
  EXPECT_EQ(vocabulary.size(), 3u);
  EXPECT_TRUE(std::is_sorted(vocabulary.begin(), vocabulary.end()));
  EXPECT_THAT(UnseenWordShares(documents, vocabulary), ElementsAre(0, 0));
  EXPECT_THAT(UnseenWordShares({{"", "good new good words", ""}, {"", "!", ""}}, vocabulary), ElementsAre(0.5, 0));
}

TEST(DataProfile, ReadsBackWhatItWrites) {
  DataProfile profile = MakeProfile(ElevenTexts());
  profile.source = "a.csv";
  profile.source_sha256 = "00ff";
  const std::string text = profile.ToText();
  const auto read = ParseProfile(text, "data_profile.json");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->ToText(), text);
  EXPECT_EQ(read->vocabulary, profile.vocabulary);
  EXPECT_EQ(read->length_counts, profile.length_counts);
}

TEST(DataProfile, IsNotTrusted) {
  const std::string good = MakeProfile(ElevenTexts()).ToText();
  const auto broken = [&good](const std::string& what, const std::string& with) {
    std::string text = good;
    text.replace(text.find(what), what.size(), with);
    return ParseProfile(text, "p.json");
  };
  const auto says = [](const std::string& words) {
    return IsError(ErrorCode::kDataCorrupt, HasSubstr("p.json: " + words));
  };
  EXPECT_THAT(ParseProfile("{", "p.json"), says(""));
  EXPECT_THAT(ParseProfile("[]", "p.json"), says("'format' should be text"));
  EXPECT_THAT(broken("profile/1", "profile/9"), says("the format is not valence-data-profile/1"));
  EXPECT_THAT(broken("\"documents\": 11", "\"documents\": 12"), says("counts 12 documents, 11 by label, 11 by length"));
  EXPECT_THAT(broken("\"documents\": 11", "\"documents\": -1"), says("'documents' should hold counts"));
  EXPECT_THAT(broken("\"even\": 5", "\"even\": 5.5"), says("'labels' should hold counts"));
  EXPECT_THAT(broken("2.0,", "200.0,"), says("'length_edges' should ascend"));
  EXPECT_THAT(broken("2.0,", ""), says("'length_counts' should have one count more"));
  EXPECT_THAT(broken("\"vocabulary\": \"", "\"vocabulary\": \"0"), says("'vocabulary' is cut short"));
  EXPECT_THAT(broken("\"vocabulary\": \"", "\"vocabulary\": \"zzzzzzzz"), says("'vocabulary' is not hexadecimal"));
  EXPECT_THAT(broken("\"vocabulary\": \"", "\"vocabulary\": \"ffffffff"), says("'vocabulary' is not in order"));
}

}  // namespace
}  // namespace valence::data::internal
