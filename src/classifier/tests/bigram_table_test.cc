// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace valence::classifier {
namespace {

using Bigrams = std::vector<BigramTable::Bigram>;

// `count` different pairs of tokens below `tokens`; bigram i has node i and the cell {i, -i}.
Bigrams RandomBigrams(std::size_t count, Node tokens) {
  std::mt19937 random(11);
  std::map<std::pair<Node, Node>, bool> seen;
  Bigrams bigrams;
  while (bigrams.size() < count) {
    const Node prefix = static_cast<Node>(random()) % tokens;
    const Node token = static_cast<Node>(random()) % tokens;
    if (!seen.emplace(std::pair(prefix, token), true).second) continue;
    const auto i = static_cast<double>(bigrams.size());
    bigrams.push_back({prefix, token, static_cast<Node>(bigrams.size()), {i, -i}});
  }
  return bigrams;
}

void ExpectHolds(const BigramTable& table, const Bigrams& bigrams) {
  for (const auto& bigram : bigrams) {
    const auto search = table.Find(bigram.prefix, bigram.token);
    ASSERT_TRUE(search.found) << bigram.prefix << " " << bigram.token;
    ASSERT_EQ(table.NodeAt(search.place), bigram.node);
    ASSERT_EQ(table.CellAt(search.place)[0], bigram.cell[0]);
    ASSERT_EQ(table.CellAt(search.place)[1], bigram.cell[1]);
  }
}

TEST(BigramTable, FindsWhatWasInsertedEvenFromOverflowingLines) {
  const Bigrams bigrams = RandomBigrams(20000, 300);
  BigramTable table(bigrams.size());
  for (const auto& bigram : bigrams) EXPECT_EQ(table.Insert(bigram), bigram.node);
  ExpectHolds(table, bigrams);
  EXPECT_EQ(table.Insert({bigrams[7].prefix, bigrams[7].token, 99999, {}}), 7u);
}

TEST(BigramTable, ALineGoesOnAsLongAsItMust) {
  BigramTable table(10);
  const std::uint32_t line = table.KeyOf(0, 0).line;
  Bigrams bigrams;
  for (Node token = 0; bigrams.size() < 10; ++token) {
    const Node node = static_cast<Node>(bigrams.size());
    if (table.KeyOf(7, token).line == line) bigrams.push_back({7, token, node, {1.0 + node, -1.0}});
  }
  table.Fill(bigrams.size(), [&](std::size_t i) { return bigrams[i]; });
  ExpectHolds(table, bigrams);
  EXPECT_FALSE(table.Find(0, 0).found);
}

TEST(BigramTable, FillEqualsInsertions) {
  const Bigrams bigrams = RandomBigrams(50000, BigramTable::kMaxToken);
  BigramTable table(bigrams.size());
  table.Fill(bigrams.size(), [&](std::size_t i) { return bigrams[i]; });
  ExpectHolds(table, bigrams);
}

TEST(BigramTable, DoesNotFindOtherPairs) {
  const Bigrams bigrams = RandomBigrams(20000, 300);
  BigramTable table(bigrams.size());
  table.Fill(bigrams.size(), [&](std::size_t i) { return bigrams[i]; });
  std::size_t found = 0;
  for (Node prefix = 0; prefix < 300; ++prefix) {
    for (Node token = 0; token < 300; ++token) {
      if (table.Find(prefix, token).found) ++found;
    }
  }
  EXPECT_EQ(found, bigrams.size());
}

TEST(BigramTable, AnUnknownTokenIsInNoBigram) {
  const Node last = BigramTable::kMaxToken - 1;
  BigramTable table(4);
  table.Insert({0, 0, 1, {}});
  table.Insert({last, last, 2, {}});
  for (const Node token : {Node{0}, last, kUnknown}) {
    EXPECT_FALSE(table.Find(kUnknown, token).found);
    EXPECT_FALSE(table.Find(token, kUnknown).found);
  }
}

}  // namespace
}  // namespace valence::classifier
