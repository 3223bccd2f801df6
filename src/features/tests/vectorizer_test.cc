// SPDX-License-Identifier: Apache-2.0
#include "valence/features/vectorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fit.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/linalg/parallel.h"

namespace valence::features {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Row = std::vector<double>;

Vectorizer Fitted(const VectorizerConfig& config, const std::vector<std::string_view>& documents) {
  return *Vectorizer::Make(Fit(config, documents)->fitted);
}

Vectorizer WithTerms(VectorizerConfig config, const std::vector<std::string>& terms) {
  return *Vectorizer::Make({std::move(config), *Vocabulary::FromTerms(terms), {}});
}

std::vector<std::vector<double>> Transform(const Vectorizer& vectorizer, std::vector<std::string_view> documents) {
  return Dense(vectorizer.Transform(documents));
}

// Each as "term@text".
std::vector<std::string> Found(const Vectorizer& vectorizer, std::string_view document) {
  std::vector<std::string> found;
  for (const auto& o : vectorizer.FindOccurrences(document)) {
    found.push_back(std::string(vectorizer.fitted().vocabulary.Term(o.column)) + "@" +
                    std::string(document.substr(o.begin, o.end - o.begin)));
  }
  return found;
}

TEST(Vectorizer, TransformsTheTrainingDocumentsAsFitTransformDoes) {
  for (const char* analyzer : {"word", "char", "char_wb"}) {
    VectorizerConfig config = CountNgrams(analyzer, 1, 3);
    config.vectorizer = "tfidf";
    config.min_df = {false, 2};
    const auto fit = Fit(config, GuideCorpus());
    ASSERT_THAT(fit, IsOk());
    EXPECT_EQ(Fitted(config, GuideCorpus()).Transform(GuideCorpus()), fit->matrix) << analyzer;
  }
}

TEST(Vectorizer, IgnoresUnknownTerms) {
  const Vectorizer vectorizer = Fitted(CountNgrams("word", 1, 2), {"aa bb cc"});  // aa, aa bb, bb, bb cc, cc
  EXPECT_THAT(Transform(vectorizer, {"aa cc xx bb bb cc", ""}), ElementsAre(Row{1, 0, 2, 1, 2}, Row{0, 0, 0, 0, 0}));
}

TEST(Vectorizer, FindsNgramsWhosePrefixIsNoTerm) {
  const Vectorizer vectorizer = WithTerms(CountNgrams("word", 1, 3), {"aa bb cc", "bb"});
  EXPECT_THAT(Transform(vectorizer, {"aa bb cc"}), ElementsAre(Row{1, 1}));
}

TEST(Vectorizer, LeavesOutTermsThatTheAnalyzerNeverMakes) {
  // Two words or a double space are no feature of (1, 1).
  const Vectorizer words = WithTerms(CountWords(), {"aa bb", "aa  bb", "", "bb"});
  EXPECT_THAT(Transform(words, {"aa bb"}), ElementsAre(Row{0, 0, 0, 1}));
  // With (4, 4) "ab" is none, but the short padded word " a " is one.
  const Vectorizer characters = WithTerms(CountNgrams("char_wb", 4, 4), {"ab", " a ", "a b", " abc"});
  EXPECT_THAT(Transform(characters, {"a abc"}), ElementsAre(Row{0, 1, 0, 1}));
}

TEST(Vectorizer, RefusesWeightingThatDoesNotFit) {
  VectorizerConfig config = CountWords();
  config.vectorizer = "tfidf";
  const auto made = Vectorizer::Make({config, *Vocabulary::FromTerms({"aa"}), {1, 2}});
  EXPECT_THAT(made, IsError(ErrorCode::kDataCorrupt, HasSubstr("expected 1 weighting factors")));
}

TEST(Vectorizer, UsesAGivenVocabularyInItsOwnOrder) {
  const TempDir folder;
  VectorizerConfig config = CountWords();
  config.min_df = {false, 5};  // does not matter: nothing is learnt
  config.vocabulary = (folder.path() / "terms.txt").string();
  ASSERT_THAT(WriteFile(config.vocabulary, "this\r\nabsent\n\ndocument"), IsOk());
  const auto fit = Fit(config, GuideCorpus());
  ASSERT_THAT(fit, IsOk());
  EXPECT_THAT(Dense(fit->matrix), ElementsAre(Row{1, 0, 1}, Row{1, 0, 2}, Row{1, 0, 0}, Row{1, 0, 1}));

  config.vocabulary = (folder.path() / "vocabulary.json").string();
  ASSERT_THAT(WriteFile(config.vocabulary, R"({"document": 2, "this": 0, "absent": 1})"), IsOk());
  EXPECT_EQ(Fit(config, GuideCorpus())->matrix, fit->matrix);
}

TEST(Vectorizer, SaysWhatIsWrongWithAGivenVocabulary) {
  const TempDir folder;
  VectorizerConfig config = CountWords();
  config.vocabulary = (folder.path() / "terms.txt").string();
  EXPECT_THAT(Fit(config, {"aa"}), IsError(ErrorCode::kNotFound, HasSubstr("terms.txt")));
  ASSERT_THAT(WriteFile(config.vocabulary, "\n"), IsOk());
  EXPECT_THAT(Fit(config, {"aa"}), IsError(ErrorCode::kInvalidArgument, HasSubstr("at least one term")));
  ASSERT_THAT(WriteFile(config.vocabulary, "ok\n\xff"), IsOk());
  EXPECT_THAT(Fit(config, {"aa"}), IsError(ErrorCode::kDataCorrupt, HasSubstr("byte 3 is not UTF-8")));
}

TEST(Vectorizer, FindsWhereTermsOccur) {
  const Vectorizer vectorizer = Fitted(CountNgrams("word", 1, 2), {"good film"});
  EXPECT_THAT(Found(vectorizer, "Good, GOOD film!"),
              ElementsAre("good@Good", "good@GOOD", "good film@GOOD film", "film@film"));
}

TEST(Vectorizer, FindsTermsInTextThatLowerCasingMakesLonger) {
  // U+0130 (2 bytes) becomes "i" and U+0307 (3 bytes), which is no word character.
  const Vectorizer vectorizer = WithTerms(CountWords(), {"x\u00e9", "yy"});
  EXPECT_THAT(Found(vectorizer, "\u0130\u0130 X\u00c9 YY"), ElementsAre("x\u00e9@X\u00c9", "yy@YY"));
}

TEST(Vectorizer, FindsCharactersAndTheWhiteSpaceTheyStandFor) {
  const Vectorizer across = WithTerms(CountNgrams("char", 1, 3), {"a b", " "});
  EXPECT_THAT(Found(across, "a \n b"), ElementsAre("a b@a \n b", " @ \n "));
  const Vectorizer within = WithTerms(CountNgrams("char_wb", 1, 3), {" a ", "b "});
  EXPECT_THAT(Found(within, " a  cb"), ElementsAre(" a @a", "b @b"));
}

TEST(Vectorizer, FindsHashedTerms) {
  VectorizerConfig config = CountWords();
  config.vectorizer = "hashing";
  config.n_features = 8;
  const auto occurrences = Fitted(config, {"foo"}).FindOccurrences("a foo");
  ASSERT_EQ(occurrences.size(), 1u);
  EXPECT_EQ(occurrences[0].column, 0);  // 156908512 % 8
  EXPECT_EQ(occurrences[0].begin, 2u);
  EXPECT_EQ(occurrences[0].end, 5u);
}

// Documents of words whose frequencies fall off as in natural text.
std::vector<std::string> RandomDocuments(std::size_t count) {
  std::mt19937 random(7);
  std::geometric_distribution<int> word(0.02);
  std::vector<std::string> documents(count);
  for (std::string& document : documents) {
    for (int i = 0; i < 40; ++i) document += "w" + std::to_string(word(random)) + (i % 7 == 0 ? ". " : " ");
  }
  return documents;
}

class AnyThreadCount : public ::testing::TestWithParam<const char*> {};

TEST_P(AnyThreadCount, GivesTheSameBytes) {
  const std::vector<std::string> texts = RandomDocuments(300);
  const std::vector<std::string_view> documents(texts.begin(), texts.end());
  std::vector<std::int32_t> labels(documents.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = i % 3 == 0 ? 1 : 0;
  VectorizerConfig config = CountNgrams("word", 1, 3);
  config.vectorizer = GetParam();
  config.min_df = {false, 2};
  config.max_features = 1000;

  const int threads_before = linalg::Threads();
  linalg::SetThreads(1);
  const auto expected = Fit(config, documents, labels);
  ASSERT_THAT(expected, IsOk());
  for (const int threads : {2, 5}) {
    linalg::SetThreads(threads);
    const auto fit = Fit(config, documents, labels);
    ASSERT_THAT(fit, IsOk());
    EXPECT_EQ(fit->fitted.vocabulary, expected->fitted.vocabulary) << threads;
    EXPECT_EQ(fit->fitted.weighting, expected->fitted.weighting) << threads;
    EXPECT_EQ(fit->matrix, expected->matrix) << threads;
    EXPECT_EQ(Vectorizer::Make(fit->fitted)->Transform(documents), expected->matrix) << threads;
  }
  linalg::SetThreads(threads_before);
}

INSTANTIATE_TEST_SUITE_P(Vectorizers, AnyThreadCount, ::testing::Values("count", "tfidf", "hashing", "nb"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace valence::features
