// SPDX-License-Identifier: Apache-2.0
#include "valence/text/fused_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace valence::text {
namespace {

using ::testing::ElementsAre;
using Kind = TokenPattern::Kind;

struct Found {
  std::string bytes;
  std::uint32_t begin;
  std::uint32_t end;
  bool operator==(const Found&) const = default;
};
void PrintTo(const Found& f, std::ostream* os) { *os << f.bytes << " [" << f.begin << ", " << f.end << ")"; }

std::vector<Found> Tokens(const std::vector<std::string>& steps, Kind kind, std::string_view text) {
  const auto tokenizer = FusedTokenizer::Compile(steps, TokenPattern(kind)).value();
  TokenBuffer buffer;
  tokenizer.Run(text, &buffer);
  std::vector<Found> found;
  for (const SurfaceToken& t : buffer.tokens()) {
    EXPECT_EQ(buffer.Hash(t), HashToken(buffer.Bytes(t)));
    found.push_back({std::string(buffer.Bytes(t)), t.begin, t.end});
  }
  return found;
}

TEST(FusedTokenizer, LowersAndCutsWords) {
  EXPECT_THAT(Tokens({"lowercase"}, Kind::kWords2, "A Good-Film!"),
              ElementsAre(Found{"good", 2, 6}, Found{"film", 7, 11}));
}

TEST(FusedTokenizer, KeepsOneLetterWordsIfThePatternDoes) {
  EXPECT_THAT(Tokens({}, Kind::kWords1, "I é"), ElementsAre(Found{"I", 0, 1}, Found{"é", 2, 4}));
  EXPECT_THAT(Tokens({}, Kind::kWords2, "I é éa"), ElementsAre(Found{"éa", 5, 8}));
}

TEST(FusedTokenizer, JoinsWhatARemovedDigitStoodBetween) {
  EXPECT_THAT(Tokens({"remove_digits"}, Kind::kWords2, "1ab2cd34 e"), ElementsAre(Found{"abcd", 1, 6}));
}

TEST(FusedTokenizer, CutsAtHtmlBreaksButNotAtOtherBrackets) {
  EXPECT_THAT(Tokens({"remove_html_breaks"}, Kind::kWhitespace, "a<br />b<i>"),
              ElementsAre(Found{"a", 0, 1}, Found{"b<i>", 7, 11}));
}

TEST(FusedTokenizer, StopsATokenWhereAUrlStarts) {
  EXPECT_THAT(Tokens({"remove_urls", "lowercase"}, Kind::kWords1, "Seehttp://x.y/z now"),
              ElementsAre(Found{"see", 0, 3}, Found{"now", 16, 19}));
}

TEST(FusedTokenizer, KeepsSplitMarksAsTokens) {
  EXPECT_THAT(Tokens({"split_punctuation"}, Kind::kWhitespace, "so-so, ok."),
              ElementsAre(Found{"so-so", 0, 5}, Found{",", 5, 6}, Found{"ok", 7, 9}, Found{".", 9, 10}));
}

TEST(FusedTokenizer, SeesNeighboursOfACapitalSigma) {
  EXPECT_THAT(Tokens({"lowercase"}, Kind::kWords1, "ΑΣ Σ"), ElementsAre(Found{"ας", 0, 4}, Found{"σ", 5, 7}));
}

TEST(FusedTokenizer, CutsTheDottedIApartFromItsDot) {
  EXPECT_THAT(Tokens({"lowercase"}, Kind::kWords1, "İX"), ElementsAre(Found{"i", 0, 2}, Found{"x", 2, 3}));
}

TEST(FusedTokenizer, FollowsTokensAcrossBlocks) {
  const std::string word(200, 'W');
  const std::string text = std::string(60, ' ') + word + "12" + std::string(30, ' ') + "x";
  EXPECT_THAT(Tokens({"remove_digits", "lowercase"}, Kind::kWords1, text),
              ElementsAre(Found{std::string(200, 'w'), 60, 260}, Found{"x", 292, 293}));
}

TEST(FusedTokenizer, MapsTokensByTheWordSteps) {
  const auto tokenizer =
      FusedTokenizer::Compile({"lowercase", "remove_stop_words", "lemmatize", "lowercase"}, TokenPattern(Kind::kWords2))
          .value();
  EXPECT_FALSE(tokenizer.maps_identically());
  std::string scratch;
  std::vector<std::string_view> mapped;
  tokenizer.MapToken("the", &scratch, &mapped);
  EXPECT_THAT(mapped, ElementsAre());
  tokenizer.MapToken("movies", &scratch, &mapped);
  EXPECT_THAT(mapped, ElementsAre("movie"));
  mapped.clear();
  tokenizer.MapToken("so-called", &scratch, &mapped);
  EXPECT_THAT(mapped, ElementsAre("so", "called"));
}

TEST(FusedTokenizer, DeclinesStepsThatNeedTheWholeText) {
  const TokenPattern pattern(Kind::kWords2);
  EXPECT_FALSE(FusedTokenizer::Compile({"word_tokenize"}, pattern).has_value());
  EXPECT_FALSE(FusedTokenizer::Compile({"lowercase", "remove_urls"}, pattern).has_value());
  EXPECT_FALSE(FusedTokenizer::Compile({"lemmatize", "remove_html_breaks"}, pattern).has_value());
  EXPECT_FALSE(FusedTokenizer::Compile({"no_such_step"}, pattern).has_value());
}

TEST(FusedTokenizer, ReusesItsBuffer) {
  const auto tokenizer = FusedTokenizer::Compile({"lowercase"}, TokenPattern(Kind::kWords2)).value();
  TokenBuffer buffer;
  tokenizer.Run("some longer text", &buffer);
  const char* bytes = buffer.bytes.data();
  tokenizer.Run("short one", &buffer);
  EXPECT_EQ(buffer.bytes.data(), bytes);
  EXPECT_EQ(buffer.tokens().size(), 2u);
}

}  // namespace
}  // namespace valence::text
