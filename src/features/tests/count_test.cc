// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fit.h"
#include "support/matchers.h"

namespace valence::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Row = std::vector<double>;

TEST(Count, GivesTheUserGuidesMatrix) {
  const auto fit = Fit(CountWords(), GuideCorpus());
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary),
              ElementsAre("and", "document", "first", "is", "one", "second", "the", "third", "this"));
  EXPECT_THAT(Dense(fit->matrix), ElementsAre(Row{0, 1, 1, 1, 0, 0, 1, 0, 1}, Row{0, 2, 0, 1, 0, 1, 1, 0, 1},
                                              Row{1, 0, 0, 1, 1, 0, 1, 1, 1}, Row{0, 1, 1, 1, 0, 0, 1, 0, 1}));
  EXPECT_THAT(fit->matrix.Validate(), IsOk());
}

TEST(Count, OrdersWordsAndTheirNgramsByTheJoinedText) {
  // "ab" < "ab c" < "ab d" < "abc" < "c": the space sorts below every letter.
  const auto fit = Fit(CountNgrams("word", 1, 2), {"ab cc abc", "ab dd"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("ab", "ab cc", "ab dd", "abc", "cc", "cc abc", "dd"));
}

TEST(Count, OrdersTokensWithControlCharactersByTheJoinedText) {
  // \x01 sorts below the space: "a\x01" comes before "a b", though the token "a" comes before "a\x01".
  VectorizerConfig config = CountNgrams("word", 1, 2);
  config.token_pattern = R"(\S+)";
  const auto fit = Fit(config, {"a b", "a\x01 b"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("a", "a\x01", "a\x01 b", "a b", "b"));
}

TEST(Count, TakesOnlyNgramsOfTheRange) {
  const auto fit = Fit(CountNgrams("word", 2, 3), {"aa bb cc", "aa bb"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("aa bb", "aa bb cc", "bb cc"));
  EXPECT_THAT(Dense(fit->matrix), ElementsAre(Row{1, 1, 1}, Row{1, 0, 0}));
}

TEST(Count, TakesCharactersAcrossWords) {
  const auto fit = Fit(CountNgrams("char", 5, 5), {"jumpy fox"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("jumpy", "mpy f", "py fo", "umpy ", "y fox"));
}

TEST(Count, TakesCharactersWithinPaddedWords) {
  const auto fit = Fit(CountNgrams("char_wb", 5, 5), {"jumpy fox"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre(" fox ", " jump", "jumpy", "umpy "));
}

TEST(Count, TakesAPaddedWordShorterThanTheRangeWholeAndOnce) {
  // " a " has 3 characters; scikit-learn's loop emits it for n = 5 and stops before n = 6.
  const auto fit = Fit(CountNgrams("char_wb", 5, 6), {"a abcd a"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre(" a ", " abcd", " abcd ", "abcd "));
  EXPECT_THAT(Dense(fit->matrix), ElementsAre(Row{2, 1, 1, 1}));
}

TEST(Count, FoldsRunsOfWhiteSpaceButKeepsASingleOne) {
  // re.sub(r"\s\s+", " ", "a\n\nb\nc") == "a b\nc"
  const auto fit = Fit(CountNgrams("char", 3, 3), {"a\n\nb\nc"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre(" b\n", "a b", "b\nc"));
}

TEST(Count, CountsCodePointsNotBytes) {
  const auto fit = Fit(CountNgrams("char", 2, 2), {"\u00e9\u4e2d\U0001f600"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("\u00e9\u4e2d", "\u4e2d\U0001f600"));
}

TEST(Count, LowerCasesAsPythonUnlessTold) {
  // A capital sigma at a word's end becomes a final sigma, as in str.lower().
  VectorizerConfig config = CountWords();
  EXPECT_THAT(Terms(Fit(config, {"\u039f\u03a3"})->fitted.vocabulary), ElementsAre("\u03bf\u03c2"));
  config.lowercase = false;
  EXPECT_THAT(Terms(Fit(config, {"\u039f\u03a3"})->fitted.vocabulary), ElementsAre("\u039f\u03a3"));
}

TEST(Count, BinaryCountsATermOnce) {
  VectorizerConfig config = CountWords();
  config.binary = true;
  EXPECT_THAT(Dense(Fit(config, {"aa aa bb"})->matrix), ElementsAre(Row{1, 1}));
}

TEST(Count, PrunesByNumberOrShareOfDocuments) {
  // Document frequencies: aa 4, bb 3, cc 1.
  const std::vector<std::string_view> documents = {"aa bb", "aa bb", "aa bb cc", "aa"};
  VectorizerConfig config = CountWords();
  config.min_df = {false, 2};
  EXPECT_THAT(Terms(Fit(config, documents)->fitted.vocabulary), ElementsAre("aa", "bb"));
  config.max_df = {true, 0.75};  // 0.75 * 4 = 3 documents
  EXPECT_THAT(Terms(Fit(config, documents)->fitted.vocabulary), ElementsAre("bb"));
  config.min_df = {true, 0.26};  // 1.04 documents
  config.max_df = {false, 4};
  EXPECT_THAT(Terms(Fit(config, documents)->fitted.vocabulary), ElementsAre("aa", "bb"));
}

TEST(Count, KeepsAFrequentNgramWhosePrefixIsTooFrequent) {
  VectorizerConfig config = CountNgrams("word", 1, 2);
  config.max_df = {false, 1};
  const auto fit = Fit(config, {"aa bb", "aa cc"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("aa bb", "aa cc", "bb", "cc"));
}

TEST(Count, KeepsTheMostFrequentTermsAndOfEqualsTheFirst) {
  // Occurrences: aa 1, bb 3, cc 2, dd 2.
  VectorizerConfig config = CountWords();
  config.max_features = 2;
  const auto fit = Fit(config, {"bb dd bb cc", "dd cc bb aa"});
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Terms(fit->fitted.vocabulary), ElementsAre("bb", "cc"));
  EXPECT_THAT(Dense(fit->matrix), ElementsAre(Row{2, 1}, Row{1, 1}));
}

TEST(Count, RefusesWhatScikitLearnRefuses) {
  const auto invalid = [](const char* what) { return IsError(ErrorCode::kInvalidArgument, HasSubstr(what)); };
  EXPECT_THAT(Fit(CountWords(), {"a b c", ""}), invalid("empty vocabulary"));
  EXPECT_THAT(Fit(CountNgrams("word", 2, 2), {"aa", "bb"}), invalid("empty vocabulary"));
  EXPECT_THAT(Fit(CountNgrams("word", 2, 1), {"aa"}), invalid("ngram_range"));
  EXPECT_THAT(Fit(CountWords(), {}), invalid("no documents"));

  VectorizerConfig config = CountWords();
  config.min_df = {false, 3};
  config.max_df = {false, 2};
  EXPECT_THAT(Fit(config, {"aa", "aa", "aa"}), invalid("2 documents are fewer than min_df's 3"));
  config.max_df = {true, 1.0};
  EXPECT_THAT(Fit(config, {"aa", "bb", "cc"}), invalid("no terms remain"));
  config.min_df = {true, 1.5};
  EXPECT_THAT(Fit(config, {"aa"}), invalid("featurize.min_df: got 1.5"));
}

}  // namespace
}  // namespace valence::features
