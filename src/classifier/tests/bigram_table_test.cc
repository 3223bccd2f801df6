// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"
#include "bigram_search.h"

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

std::vector<Node> RandomNodes(std::size_t count, Node tokens, std::mt19937* random) {
  std::vector<Node> nodes(count);
  for (Node& node : nodes) node = (*random)() % 9 == 0 ? kUnknown : static_cast<Node>((*random)()) % tokens;
  return nodes;
}

/// The places and begins of a text's bigrams, found one by one.
struct Found {
  std::vector<std::uint32_t> places, begins;
};

Found FindOneByOne(const BigramTable& table, const std::vector<Node>& nodes, std::uint32_t flag) {
  Found found;
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    const auto search = table.Find(nodes[i], nodes[i + 1]);
    if (!search.found) continue;
    found.places.push_back(search.place | flag);
    found.begins.push_back(static_cast<std::uint32_t>(i));
  }
  return found;
}

TEST(BigramTable, SeeksAndTakesPortablyAsItDoesByVectors) {
  constexpr std::size_t kBlock = BigramTable::kBlock;
  const Node tokens = 400;
  const BigramTable table = Filled(RandomBigrams(20000, tokens));
  std::mt19937 random(6);
  for (std::size_t pairs = 1; pairs <= kBlock; ++pairs) {
    const std::vector<Node> nodes = RandomNodes(pairs + 1, tokens, &random);
    BigramTable::KeyBlock keys, portable_keys;
    table.Seek(nodes, &keys);
    table.SeekPortably(nodes, &portable_keys);
    for (std::size_t i = 0; i < pairs; ++i) {
      ASSERT_EQ(keys.lines[i], portable_keys.lines[i]);
      ASSERT_EQ(keys.checks[i], portable_keys.checks[i]);
    }
    const Found expected = FindOneByOne(table, nodes, 8);
    for (const auto take : {&BigramTable::Take, &BigramTable::TakePortably}) {
      Found found{std::vector<std::uint32_t>(pairs + 1), std::vector<std::uint32_t>(pairs + 1)};
      const auto count = (table.*take)(&keys, {0, pairs}, 8, found.places.data(), found.begins.data());
      ASSERT_EQ((table.*take)(&keys, {0, pairs}, 8, found.places.data(), nullptr), count);
      found.places.resize(count);
      found.begins.resize(count);
      ASSERT_EQ(found.places, expected.places);
      ASSERT_EQ(found.begins, expected.begins);
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

// However much of the text is known before the end, and in whatever steps.
TEST(BigramSearch, FindsAllNeighboursOfAText) {
  const Node tokens = 400;
  const BigramTable table = Filled(RandomBigrams(20000, tokens));
  std::mt19937 random(5);
  BigramSearch search;  // used again and again, as a thread does
  for (std::size_t count = 0; count < 700; ++count) {
    const std::vector<Node> nodes = RandomNodes(count, tokens, &random);
    search.Begin(table, nodes);
    const std::size_t step = 1 + random() % 100;
    const std::size_t known = count == 0 ? 0 : random() % (2 * count);  // half of the time all
    for (std::size_t k = 0; k < std::min(known, count); k += step) search.Advance(k);
    if (known >= count) search.Advance(count);
    std::vector<std::uint32_t> places(count + 1), begins(count + 1);
    const std::size_t found = search.Finish(0x80000000, places.data(), begins.data());
    places.resize(found);
    begins.resize(found);
    const Found expected = FindOneByOne(table, nodes, 0x80000000);
    ASSERT_EQ(places, expected.places);
    ASSERT_EQ(begins, expected.begins);
  }
}

// What a token is that is not known yet must not matter.
TEST(BigramSearch, DoesNotLookAtNodesThatAreNotKnown) {
  const BigramTable table = Filled(RandomBigrams(2000, 50));
  std::mt19937 random(7);
  const std::vector<Node> text = RandomNodes(100, 50, &random);
  std::vector<Node> nodes(text.size(), kUnknown);
  BigramSearch search;
  search.Begin(table, nodes);
  for (std::size_t known = 0; known <= text.size(); ++known) {
    search.Advance(known);
    if (known < text.size()) nodes[known] = text[known];
  }
  std::vector<std::uint32_t> places(text.size() + 1);
  places.resize(search.Finish(0, places.data(), nullptr));
  EXPECT_EQ(places, FindOneByOne(table, text, 0).places);
}

}  // namespace
}  // namespace valence::classifier
