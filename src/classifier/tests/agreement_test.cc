// SPDX-License-Identifier: Apache-2.0
// The compiled path against the plain path: the same scores, and attributions that add up to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <tuple>

#include "fitted_bundle.h"
#include "random_texts.h"
#include "valence/classifier/classifier.h"
#include "valence/text/preprocess_config.h"

namespace valence::classifier {
namespace {

using features::VectorizerConfig;

struct Case {
  const char* name;
  std::vector<std::string> steps;
  VectorizerConfig config;
  std::int64_t classes = 2;
  bool compiled = true;
};

VectorizerConfig Tfidf(std::int64_t low, std::int64_t high) {
  VectorizerConfig config;
  config.ngram_range = {low, high};
  return config;
}

template <class Change>
VectorizerConfig With(VectorizerConfig config, Change change) {
  change(config);
  return config;
}

std::vector<std::string> Preset(const char* name) {
  text::PreprocessConfig config;
  config.preset = name;
  return text::ResolveSteps(config).value();
}

std::vector<Case> Cases() {
  const VectorizerConfig tfidf = Tfidf(1, 2);
  return {
      {"Tfidf", {}, tfidf},
      {"UnigramsOnly", {}, Tfidf(1, 1)},
      {"BigramsOnly", {}, Tfidf(2, 2)},
      {"TrigramsOnly", {}, Tfidf(3, 3)},
      {"UpToFour", {}, Tfidf(1, 4)},
      {"TwoToThree", {}, Tfidf(2, 3)},
      {"SeedPreset", Preset("seed"), tfidf},
      {"BestPreset", Preset("best"), tfidf},
      {"SeedTrigrams", Preset("seed"), Tfidf(1, 3)},
      {"CaseKept", {}, With(tfidf, [](auto& c) { c.lowercase = false; })},
      {"Counts", {}, With(tfidf, [](auto& c) { c.vectorizer = "count"; })},
      {"BinaryCounts", {}, With(tfidf, [](auto& c) { c.vectorizer = "count", c.binary = true; })},
      {"BinaryTfidf", {}, With(tfidf, [](auto& c) { c.binary = true; })},
      {"Sublinear", {}, With(tfidf, [](auto& c) { c.sublinear_tf = true; })},
      {"NormL1", {}, With(tfidf, [](auto& c) { c.norm = "l1"; })},
      {"NoNorm", {}, With(tfidf, [](auto& c) { c.norm = "none"; })},
      {"NoIdf", {}, With(tfidf, [](auto& c) { c.use_idf = false; })},
      {"NaiveBayes", {}, With(tfidf, [](auto& c) { c.vectorizer = "nb", c.norm = "none"; })},
      {"OneLetterWords", {}, With(tfidf, [](auto& c) { c.token_pattern = R"((?u)\b\w+\b)"; })},
      {"NonSpace", {"split_punctuation"}, With(Tfidf(1, 3), [](auto& c) { c.token_pattern = R"(\S+)"; })},
      {"ThreeClasses", {"unescape_html"}, tfidf, 3},
      {"PorterStems", {"lowercase", "replace_punctuation", "stem_porter"}, tfidf},
      {"Characters", {}, With(Tfidf(2, 3), [](auto& c) { c.analyzer = "char"; }), 2, false},
      {"Hashing", {}, With(tfidf, [](auto& c) { c.vectorizer = "hashing", c.n_features = 1024; }), 3, false},
  };
}

double Magnitude(const Prediction& explained, double intercept) {
  double sum = std::fabs(intercept);
  for (const Attribution& a : explained.attributions) sum += std::fabs(a.contribution);
  return sum;
}

void ExpectAgreement(const Classifier& classifier, std::string_view text, Classifier::Scratch* scratch) {
  Prediction plain;
  Prediction predicted;
  Prediction explained;
  classifier.PredictPlain(text, &plain);
  classifier.Predict(text, scratch, &predicted);
  classifier.Explain(text, scratch, &explained);
  ASSERT_EQ(predicted.scores, explained.scores);
  ASSERT_EQ(predicted.tokens, plain.tokens) << text;
  ASSERT_EQ(predicted.known_tokens, plain.known_tokens) << text;
  const auto row = static_cast<std::size_t>(explained.explained_row);
  const double intercept = classifier.Intercept(explained.explained_row);
  const double magnitude = Magnitude(explained, intercept);
  ASSERT_NEAR(predicted.scores[row], plain.scores[row], 1e-12 * magnitude) << text;
  for (std::size_t k = 0; k < plain.scores.size(); ++k) {
    ASSERT_NEAR(predicted.scores[k], plain.scores[k], 1e-11 * (1 + magnitude)) << text;
  }
  for (const Attribution& a : explained.attributions)
    ASSERT_EQ(explained.Term(a), classifier.Term(classifier.Column(a))) << text;
  double sum = intercept;
  for (const Attribution& a : explained.attributions) sum += a.contribution;
  ASSERT_NEAR(sum, explained.scores[row], 1e-12 * magnitude) << text;
}

void ExpectSpansInOrder(const Prediction& explained, std::string_view text) {
  std::uint32_t last_begin = 0;
  for (const Attribution& a : explained.attributions) {
    ASSERT_LT(a.begin, a.end);
    ASSERT_LE(a.end, text.size());
    ASSERT_LE(last_begin, a.begin) << text;
    last_begin = a.begin;
  }
}

/// The `limit` weightiest of all, the earlier of equal ones, in text order.
std::vector<Attribution> Weightiest(std::vector<Attribution> all, std::size_t limit) {
  while (all.size() > limit) {
    const auto lightest = std::min_element(all.rbegin(), all.rend(), [](const Attribution& a, const Attribution& b) {
      return std::fabs(a.contribution) < std::fabs(b.contribution);
    });
    all.erase(std::next(lightest).base());
  }
  return all;
}

void ExpectTheWeightiest(const Classifier& classifier, std::string_view text, std::size_t limit,
                         Classifier::Scratch* scratch) {
  Prediction all;
  Prediction some;
  classifier.Explain(text, scratch, &all);
  classifier.Explain(text, scratch, &some, limit);
  ASSERT_EQ(all.scores, some.scores);
  const std::vector<Attribution> expected = Weightiest(all.attributions, limit);
  ASSERT_EQ(some.attributions.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Attribution& a = some.attributions[i];
    ASSERT_EQ(std::tuple(a.begin, a.end, a.feature, a.contribution),
              std::tuple(expected[i].begin, expected[i].end, expected[i].feature, expected[i].contribution))
        << text << ", attribution " << i << " of " << limit;
  }
}

class Agreement : public testing::TestWithParam<Case> {};

TEST_P(Agreement, OfCompiledAndPlainPathOnRandomTexts) {
  const Case& c = GetParam();
  const auto bundle = FittedBundle(RandomTexts(1).Next(400), c.steps, c.config, c.classes);
  const auto classifier = Classifier::Make(bundle).value();
  ASSERT_EQ(classifier->compiled(), c.compiled);
  RandomTexts texts(2);
  Classifier::Scratch scratch;
  for (int i = 0; i < (c.compiled ? 2500 : 200); ++i) {
    const std::string text = texts.Next();
    ASSERT_NO_FATAL_FAILURE(ExpectAgreement(*classifier, text, &scratch)) << "text " << i;
    Prediction explained;
    classifier->Explain(text, &scratch, &explained);
    ASSERT_NO_FATAL_FAILURE(ExpectSpansInOrder(explained, text)) << "text " << i;
    ASSERT_NO_FATAL_FAILURE(ExpectTheWeightiest(*classifier, text, static_cast<std::size_t>(i % 12), &scratch));
  }
}

INSTANTIATE_TEST_SUITE_P(Configurations, Agreement, testing::ValuesIn(Cases()),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(AgreementOnReviews, OfCompiledAndPlainPath) {
  const char* path = std::getenv("VALENCE_REVIEWS");
  if (path == nullptr) GTEST_SKIP() << "set VALENCE_REVIEWS to a file of one review a line";
  std::ifstream file(path);
  std::vector<std::string> reviews;
  for (std::string line; std::getline(file, line);) reviews.push_back(line);
  ASSERT_GT(reviews.size(), 100u);
  for (const char* preset : {"seed", "best", "none"}) {
    const auto classifier = Classifier::Make(FittedBundle(reviews, Preset(preset), Tfidf(1, 2))).value();
    EXPECT_TRUE(classifier->compiled());
    Classifier::Scratch scratch;
    for (const std::string& review : reviews) {
      ASSERT_NO_FATAL_FAILURE(ExpectAgreement(*classifier, review, &scratch));
    }
  }
}

}  // namespace
}  // namespace valence::classifier
