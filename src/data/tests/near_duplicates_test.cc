// SPDX-License-Identifier: Apache-2.0
#include "near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "shingles.h"
#include "valence/linalg/parallel.h"

namespace valence::data::internal {
namespace {

/// Texts of 5 to 60 words out of 3,000; every third one is an earlier one with some words replaced.
std::vector<std::string> RandomTexts(std::size_t count) {
  std::mt19937 random(42);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::vector<std::vector<std::string>> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> words;
    if (i % 3 == 2) {
      words = texts[below(texts.size())];
      for (std::size_t edits = below(4); edits > 0; --edits)
        words[below(words.size())] = "x" + std::to_string(random());
    } else {
      for (std::size_t n = 5 + below(56); n > 0; --n) words.push_back("w" + std::to_string(below(3000)));
    }
    texts.push_back(std::move(words));
  }
  std::vector<std::string> joined;
  for (const auto& words : texts) {
    std::string& text = joined.emplace_back();
    for (const std::string& word : words) text += word + " ";
  }
  return joined;
}

std::vector<NearDuplicate> BruteForce(const std::vector<std::string_view>& texts, double similarity) {
  const WordCutter cutter;
  text::TokenBuffer buffer;
  std::vector<Shingles> shingles(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) CutShingles(cutter, texts[i], &buffer, &shingles[i]);
  std::vector<NearDuplicate> found;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    for (std::uint32_t j = i + 1; j < texts.size(); ++j) {
      const double value = Jaccard(shingles[i], shingles[j]);
      if (value >= similarity) found.push_back({i, j, value});
    }
  }
  return found;
}

TEST(NearDuplicates, AreThoseOfAllPairs) {
  const std::vector<std::string> owned = RandomTexts(1500);
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  const auto all = BruteForce(texts, 0.7);
  ASSERT_GT(all.size(), 200u);
  EXPECT_EQ(FindNearDuplicates(texts, 0.7), all);
}

TEST(NearDuplicates, AreTheSameAtAnyThreadCount) {
  const std::vector<std::string> owned = RandomTexts(600);
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  linalg::SetThreads(1);
  const auto one = FindNearDuplicates(texts, 0.5);
  linalg::SetThreads(5);
  EXPECT_EQ(FindNearDuplicates(texts, 0.5), one);
  linalg::SetThreads(0);
}

TEST(NearDuplicates, SurviveManyCopiesOfOneText) {
  std::vector<std::string> owned;
  for (int i = 0; i < 3000; ++i) owned.push_back("the same words again and again, number " + std::to_string(i));
  const auto found = FindNearDuplicates({owned.begin(), owned.end()}, 0.7);
  // 7 words and a number: 6 triples, 5 of them the same: 5 / 7 = 0.714. Not all 4.5 million pairs, but every text.
  EXPECT_LT(found.size(), 3000u * 16 * 32);
  std::vector<bool> is_member(owned.size());
  for (const NearDuplicate& pair : found) {
    is_member[pair.first] = is_member[pair.second] = true;
    EXPECT_DOUBLE_EQ(pair.similarity, 5.0 / 7);
  }
  EXPECT_EQ(std::count(is_member.begin(), is_member.end(), true), 3000);
}

TEST(NearDuplicates, TextsWithoutWordsHaveNone) {
  EXPECT_TRUE(FindNearDuplicates({"!!", "??", "", "!!"}, 0.5).empty());
  EXPECT_TRUE(FindNearDuplicates({}, 0.5).empty());
  EXPECT_THAT(FindNearDuplicates({"!!", "so good", "bad", "So good!"}, 0.5),
              testing::ElementsAre(NearDuplicate{1, 3, 1.0}));
}

}  // namespace
}  // namespace valence::data::internal
