// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace valence::classifier {
namespace {

using Words = std::map<std::string, Node>;

// Of 1 to 40 bytes, many of which begin alike, and some of which end with NUL, unless told otherwise: those have hashes
// that others have too.
Words RandomWords(std::size_t count, bool with_nul = true) {
  std::mt19937 random(2);
  Words words;
  while (words.size() < count) {
    std::string word(1 + random() % (random() % 8 == 0 ? 40 : 12), 'a');
    for (int changes = 0; changes < 3; ++changes) word[random() % word.size()] = static_cast<char>('a' + random() % 26);
    if (with_nul && random() % 16 == 0) word.back() = 0;
    words.emplace(word, static_cast<Node>(words.size()));
  }
  return words;
}

TokenTable TableOf(const Words& words) {
  std::vector<TokenTable::Entry> entries;
  for (const auto& [word, node] : words) entries.push_back({word, text::HashToken(word), node});
  return TokenTable(entries);
}

// As a FusedTokenizer leaves them.
text::TokenBuffer BufferOf(const std::vector<std::string>& words) {
  text::TokenBuffer buffer;
  for (const std::string& word : words) {
    const auto offset = static_cast<std::uint32_t>(buffer.bytes.size());
    const auto length = static_cast<std::uint32_t>(word.size());
    buffer.room.push_back({offset, length, offset, offset + length});
    buffer.bytes += word + ".";
  }
  buffer.count = words.size();
  buffer.bytes.append(16, '#');
  return buffer;
}

void ExpectNodes(const TokenTable& table, const std::vector<std::string>& words, const std::vector<Node>& expected) {
  const text::TokenBuffer buffer = BufferOf(words);
  for (const auto find_all : {&TokenTable::FindAll, &TokenTable::FindAllPortably}) {
    std::vector<Node> nodes(words.size());
    std::size_t told = 0;
    (table.*find_all)(buffer, nodes.data(), [&](std::size_t known) {
      ASSERT_GT(known, told);
      ASSERT_LE(known - told, TokenTable::kBlock);
      ASSERT_TRUE(std::equal(nodes.data() + told, nodes.data() + known, expected.data() + told));
      told = known;
    });
    ASSERT_EQ(told, words.size());
    ASSERT_EQ(nodes, expected);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    ASSERT_EQ(table.Find(words[i], text::HashToken(words[i])), expected[i]);
  }
}

TEST(TokenTable, FindsItsWordsAndNoOthers) {
  const Words words = RandomWords(5000);
  const TokenTable table = TableOf(words);
  std::mt19937 random(3);
  std::vector<std::string> text;
  std::vector<Node> expected;
  for (const auto& [word, node] : words) {
    text.push_back(word);
    expected.push_back(node);
    std::string other = word;  // a neighbour: longer, shorter, or another byte
    if (random() % 3 == 0) {
      other += static_cast<char>(random() % 2 == 0 ? 0 : 'a');
    } else if (random() % 2 == 0 && other.size() > 1) {
      other.pop_back();
    } else {
      other[random() % other.size()] ^= 1;
    }
    const auto found = words.find(other);
    text.push_back(other);
    expected.push_back(found == words.end() ? kUnknown : found->second);
  }
  ExpectNodes(table, text, expected);
}

TEST(TokenTable, LooksUpTextsOfAnyLength) {
  const TokenTable table = TableOf({{"film", 3}, {"good", 7}});
  std::vector<std::string> text;
  std::vector<Node> expected;
  for (int length = 0; length < 100; ++length) {
    ExpectNodes(table, text, expected);
    text.emplace_back(length % 3 == 0 ? "film" : length % 3 == 1 ? "bad" : "good");
    expected.push_back(length % 3 == 0 ? 3 : length % 3 == 1 ? kUnknown : 7);
  }
}

TEST(TokenTable, OfEqualTokensTheFirstCounts) {
  const std::string longer = "supercalifragilisticexpialidocious";
  std::vector<TokenTable::Entry> entries;
  for (Node node = 1; node < 20; ++node) entries.push_back({longer, text::HashToken(longer), node});
  const TokenTable table(entries);
  EXPECT_EQ(table.Find(longer, text::HashToken(longer)), 1u);
  EXPECT_EQ(table.homeless(), 0u);
}

TEST(TokenTable, HoldsTokensWhoseHashesWereMadeToCollide) {
  const Words words = RandomWords(300);
  std::vector<TokenTable::Entry> entries;
  for (const auto& [word, node] : words) entries.push_back({word, 42, node});
  const TokenTable table(entries);
  EXPECT_EQ(table.homeless(), words.size() - 1);
  for (const auto& [word, node] : words) ASSERT_EQ(table.Find(word, 42), node);
  EXPECT_EQ(table.Find("another", 42), kUnknown);
  const TokenTable remapped = table.Remapped([](std::string_view) { return Node{9}; });
  EXPECT_EQ(remapped.Find(words.begin()->first, 42), 9u);
}

class TokenTableOfSize : public testing::TestWithParam<std::size_t> {};

TEST_P(TokenTableOfSize, HasAPlaceForEveryToken) {
  const Words words = RandomWords(GetParam(), false);
  const TokenTable table = TableOf(words);
  EXPECT_EQ(table.homeless(), 0u);
  for (const auto& [word, node] : words) ASSERT_EQ(table.Find(word, text::HashToken(word)), node);
}

// Also the last before one more bit of the index, and the first after.
INSTANTIATE_TEST_SUITE_P(From1To200000, TokenTableOfSize, testing::Values(1, 2, 3, 4, 100, 2662, 2663, 42598, 200000));

TEST(TokenTable, AnEmptyOneKnowsNothing) {
  EXPECT_EQ(TokenTable().Find("film", text::HashToken("film")), kUnknown);
  EXPECT_EQ(TokenTable(std::span<const TokenTable::Entry>()).Find("film", text::HashToken("film")), kUnknown);
}

TEST(TokenTable, RemappedGivesEachTokenItsOwnNode) {
  const Words words = RandomWords(1000);
  const TokenTable remapped =
      TableOf(words).Remapped([](std::string_view token) { return static_cast<Node>(token.size()); });
  for (const auto& [word, node] : words) {
    EXPECT_EQ(remapped.Find(word, text::HashToken(word)), word.size()) << node;
  }
}

}  // namespace
}  // namespace valence::classifier
