// SPDX-License-Identifier: Apache-2.0
#include "split.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace valence::data::internal {
namespace {

std::size_t Count(const std::vector<bool>& is_test) {
  std::size_t count = 0;
  for (const bool b : is_test) count += b ? 1 : 0;
  return count;
}

TEST(ChooseTest, TakesTheShareOfEachLabel) {
  Dataset documents;
  for (int i = 0; i < 70; ++i) documents.push_back({"", "text " + std::to_string(i), i < 50 ? "a" : "b"});
  const std::vector<bool> is_test = ChooseTest(documents, 0.3, 1);
  std::map<std::string, int> test;
  for (std::size_t i = 0; i < documents.size(); ++i) test[documents[i].label] += is_test[i] ? 1 : 0;
  EXPECT_EQ(test["a"], 15);  // round(50 * 0.3)
  EXPECT_EQ(test["b"], 6);   // round(20 * 0.3)
}

TEST(ChooseTest, GivesEveryLabelOfTwoATestDocumentAndNeverAll) {
  const Dataset documents = {{"", "p", "a"}, {"", "q", "a"}, {"", "r", "b"}, {"", "s", "b"}, {"", "t", "c"}};
  const std::vector<bool> small = ChooseTest(documents, 0.01, 7);
  EXPECT_NE(small[0], small[1]);
  EXPECT_NE(small[2], small[3]);
  EXPECT_FALSE(small[4]);
  const std::vector<bool> large = ChooseTest(documents, 0.9, 7);
  EXPECT_NE(large[0], large[1]);
}

TEST(ChooseTest, KeepsAlikeTextsTogether) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    Dataset documents;
    for (int i = 0; i < 10; ++i) {
      const std::string n = std::to_string(i);
      documents.push_back({"", "Good Film " + n, "a"});
      documents.push_back({"", " good\n\tfilm  " + n + " ", "a"});
      documents.push_back({"", "GOOD film " + n, "b"});  // alike, though labelled otherwise
      documents.push_back({"", "other " + n, "b"});
    }
    const std::vector<bool> is_test = ChooseTest(documents, 0.3, seed);
    for (std::size_t i = 0; i < documents.size(); i += 4) {
      EXPECT_EQ(is_test[i], is_test[i + 1]) << seed;
      EXPECT_EQ(is_test[i], is_test[i + 2]) << seed;
    }
    EXPECT_GT(Count(is_test), 0u);
  }
}

TEST(ChooseTest, WhiteSpaceDividesWords) {
  // "ab" and "a b" are not alike: of two groups one is drawn.
  const std::vector<bool> is_test = ChooseTest({{"", "ab", "x"}, {"", "a b", "x"}}, 0.5, 3);
  EXPECT_NE(is_test[0], is_test[1]);
}

TEST(ChooseTest, ALabelWhoseTextsAreAllAlikeStaysInTrain) {
  EXPECT_EQ(Count(ChooseTest({{"", "a", "x"}, {"", "A", "x"}, {"", " a", "x"}}, 0.5, 3)), 0u);
}

}  // namespace
}  // namespace valence::data::internal
