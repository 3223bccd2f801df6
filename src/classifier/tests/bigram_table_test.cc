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

BigramTable Filled(const Bigrams& bigrams) {
  BigramTable table;
  EXPECT_TRUE(table.Fill(bigrams.size(), [&](std::size_t i) { return bigrams[i]; }));
  return table;
}

class BigramTableOfSize : public testing::TestWithParam<std::size_t> {};

TEST_P(BigramTableOfSize, FindsWhatItWasFilledWith) {
  for (const Node tokens : {Node{600}, BigramTable::kMaxToken}) {
    const Bigrams bigrams = RandomBigrams(GetParam(), tokens);
    ExpectHolds(Filled(bigrams), bigrams);
  }
}

INSTANTIATE_TEST_SUITE_P(From1To200000, BigramTableOfSize, testing::Values(1, 3, 100, 2457, 2458, 20000, 200000));

TEST(BigramTable, HoldsFrequentTokensAsTextsHaveThem) {
  Bigrams bigrams;  // every pair with one of the first 20 tokens
  for (Node token = 0; token < 5000; ++token) {
    for (Node frequent = 0; frequent < 20; ++frequent) {
      bigrams.push_back({frequent, token, static_cast<Node>(bigrams.size()), {1, 2}});
      if (token >= 20) bigrams.push_back({token, frequent, static_cast<Node>(bigrams.size()), {3, 4}});
    }
  }
  ExpectHolds(Filled(bigrams), bigrams);
}

TEST(BigramTable, RefusesPairsMadeToShareAPart) {
  BigramTable large = Filled(RandomBigrams(100000, BigramTable::kMaxToken));
  const std::uint32_t line = large.KeyOf(0, 0).line;
  Bigrams bigrams;
  for (Node prefix = 0; bigrams.size() < 100000; ++prefix) {
    for (Node token = 0; token < 4000; ++token) {
      if (large.KeyOf(prefix, token).line / 1024 != line / 1024) continue;
      bigrams.push_back({prefix, token, static_cast<Node>(bigrams.size()), {}});
    }
  }
  EXPECT_FALSE(large.Fill(bigrams.size(), [&](std::size_t i) { return bigrams[i]; }));
}

TEST(BigramTable, DoesNotFindOtherPairs) {
  const Bigrams bigrams = RandomBigrams(20000, 300);
  const BigramTable table = Filled(bigrams);
  std::size_t found = 0;
  for (Node prefix = 0; prefix < 300; ++prefix) {
    for (Node token = 0; token < 300; ++token) {
      if (table.Find(prefix, token).found) ++found;
    }
  }
  EXPECT_EQ(found, bigrams.size());
}

TEST(BigramTable, FindsAllNeighboursOfAText) {
  const Node tokens = 400;
  const BigramTable table = Filled(RandomBigrams(20000, tokens));
  std::mt19937 random(5);
  std::vector<Node> nodes;
  for (int round = 0; round < 300; ++round) {
    nodes.resize(static_cast<std::size_t>(round));
    for (Node& node : nodes) node = random() % 9 == 0 ? kUnknown : static_cast<Node>(random()) % tokens;
    std::vector<std::uint32_t> expected_places, expected_begins;
    for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
      const auto search = table.Find(nodes[i], nodes[i + 1]);
      if (!search.found) continue;
      expected_places.push_back(search.place | 0x80000000);
      expected_begins.push_back(static_cast<std::uint32_t>(i));
    }
    for (const auto find_all : {&BigramTable::FindAll, &BigramTable::FindAllPortably}) {
      std::vector<std::uint32_t> places(nodes.size()), begins(nodes.size());
      const std::size_t found = (table.*find_all)(nodes, 0x80000000, places.data(), begins.data());
      ASSERT_EQ((table.*find_all)(nodes, 0x80000000, places.data(), nullptr), found);
      places.resize(found);
      begins.resize(found);
      ASSERT_EQ(places, expected_places);
      ASSERT_EQ(begins, expected_begins);
    }
  }
}

TEST(BigramTable, AnUnknownTokenIsInNoBigram) {
  const Node last = BigramTable::kMaxToken - 1;
  const BigramTable table = Filled({{0, 0, 1, {}}, {last, last, 2, {}}});
  for (const Node token : {Node{0}, last, kUnknown}) {
    EXPECT_FALSE(table.Find(kUnknown, token).found);
    EXPECT_FALSE(table.Find(token, kUnknown).found);
  }
}

}  // namespace
}  // namespace valence::classifier
