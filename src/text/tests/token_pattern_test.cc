// SPDX-License-Identifier: Apache-2.0
#include "valence/text/token_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace valence::text {
namespace {

using ::testing::ElementsAre;

std::vector<std::string_view> Find(std::string_view pattern, std::string_view text) {
  std::vector<std::string_view> tokens;
  TokenPattern::Parse(pattern).value().FindAll(text, &tokens);
  return tokens;
}

TEST(TokenPattern, Words2DropsSingleCharacters) {
  EXPECT_THAT(Find("(?u)\\b\\w\\w+\\b", "I don't_x é éé 42"), ElementsAre("don", "t_x", "éé", "42"));
}

TEST(TokenPattern, Words1KeepsThem) {
  EXPECT_THAT(Find("\\w+", "I don't é"), ElementsAre("I", "don", "t", "é"));
  EXPECT_THAT(Find("\\b\\w+\\b", "e\u0301x"), ElementsAre("e", "x"));  // a combining mark is no word character
}

TEST(TokenPattern, WhitespaceKeepsPunctuation) {
  EXPECT_THAT(Find("\\S+", " so-so,\u00A0ok\x1Cgo "), ElementsAre("so-so,", "ok", "go"));
}

TEST(TokenPattern, RefusesOtherPatternsAndSaysWhichItHas) {
  const auto result = TokenPattern::Parse("[a-z]+");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kUnimplemented);
  EXPECT_THAT(result.error().message, ::testing::HasSubstr("\\S+"));
}

TEST(TokenPattern, RemembersItsCanonicalForm) {
  EXPECT_EQ(TokenPattern::Parse("\\b\\w\\w+\\b").value().pattern(), "(?u)\\b\\w\\w+\\b");
}

}  // namespace
}  // namespace valence::text
