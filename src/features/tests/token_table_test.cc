// SPDX-License-Identifier: Apache-2.0
#include "token_table.h"

#include <gtest/gtest.h>

namespace valence::features::internal {
namespace {

TEST(TokenTable, NumbersTokensInOrderOfFirstSight) {
  TokenTable table;
  EXPECT_EQ(table.Intern("b"), 0u);
  EXPECT_EQ(table.Intern("a"), 1u);
  EXPECT_EQ(table.Intern("b"), 0u);
  EXPECT_EQ(table.Find("a"), 1u);
  EXPECT_EQ(table.Find("c"), kNoId);
  EXPECT_EQ(table.Token(0), "b");
}

TEST(TokenTable, TellsApartTokensOfEverySizeAndKeepsThemAsItGrows) {
  // Sizes 1 to 40, and for each size tokens that differ in one byte only.
  TokenTable table;
  std::vector<std::string> tokens;
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'b', 'c'}) {
        tokens.emplace_back(size, 'a');
        tokens.back()[at] = c;
      }
    }
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(table.Intern(tokens[i]), i);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(table.Find(tokens[i]), i);
    EXPECT_EQ(table.Token(static_cast<Id>(i)), tokens[i]);
  }
  EXPECT_EQ(table.Find(std::string(20, 'a')), kNoId);
}

}  // namespace
}  // namespace valence::features::internal
