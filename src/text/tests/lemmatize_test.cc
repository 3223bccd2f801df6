// SPDX-License-Identifier: Apache-2.0
#include "valence/text/lemmatize.h"

#include <gtest/gtest.h>

#include <ostream>

#include "valence/text/token_hash.h"

namespace valence::text {
namespace {

struct Case {
  PartOfSpeech pos;
  std::string_view word;
  std::string_view lemma;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.word; }

class Lemmatizer : public ::testing::TestWithParam<Case> {};

// Each expected lemma is what NLTK 3.10.4 answers; its reason stands beside it.
TEST_P(Lemmatizer, AnswersAsNltk) {
  std::string scratch;
  EXPECT_EQ(Lemmatize(GetParam().word, GetParam().pos, &scratch), GetParam().lemma);
}

constexpr auto kNoun = PartOfSpeech::kNoun;
constexpr auto kVerb = PartOfSpeech::kVerb;
INSTANTIATE_TEST_SUITE_P(Nouns, Lemmatizer,
                         ::testing::Values(Case{kNoun, "dogs", "dog"}, Case{kNoun, "churches", "church"},
                                           Case{kNoun, "aardwolves", "aardwolf"},  // noun.exc
                                           Case{kNoun, "was", "wa"},     // s -> '' finds Washington's abbreviation
                                           Case{kNoun, "us", "u"},       // "us" is known too, but longer
                                           Case{kNoun, "less", "less"},  // "les" is not known
                                           Case{kNoun, "women", "woman"}, Case{kNoun, "Dogs", "Dogs"},  // case matters
                                           Case{kNoun, "", ""}, Case{kNoun, "s", "s"},
                                           Case{kNoun, "éclairs", "éclairs"}));
INSTANTIATE_TEST_SUITE_P(Others, Lemmatizer,
                         ::testing::Values(Case{kVerb, "running", "run"},  // verb.exc
                                           Case{kVerb, "hoping", "hop"},   // "hop" is shorter than "hope"
                                           Case{PartOfSpeech::kAdjective, "larger", "large"},
                                           Case{PartOfSpeech::kAdverb, "better", "well"},  // adv.exc
                                           Case{PartOfSpeech::kAdverb, "quickly", "quickly"}));

TEST(Lemmatizer, IgnoresWordsLongerThanAnyLemma) {
  std::string scratch;
  const std::string word(1000, 's');
  EXPECT_EQ(Lemmatize(word, kNoun, &scratch), word);
}

TEST(TokenHash, IsTheSameWithAndWithoutSlack) {
  const std::string text = "the quick brown fox jumps over the lazy dog, and back again to where it was";
  for (std::size_t n = 0; n + 16 <= text.size(); ++n) {
    EXPECT_EQ(internal::HashPadded(text.data(), n), internal::HashBytes(text.substr(0, n))) << n;
  }
}

TEST(TokenHash, IsFrozenBecauseFilesHoldIt) {
  EXPECT_NE(internal::HashBytes("a"), internal::HashBytes(std::string_view("a\0", 2)));
  EXPECT_EQ(internal::HashBytes("movie"), 0x4D727DB5F8935499u);
}

}  // namespace
}  // namespace valence::text
