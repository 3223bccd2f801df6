// SPDX-License-Identifier: Apache-2.0
#include "valence/classifier/classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "fitted_bundle.h"
#include "model_codec.h"
#include "random_texts.h"
#include "small_bundle.h"
#include "support/temp_dir.h"

namespace valence::classifier {

void PrintTo(const Attribution& a, std::ostream* out) {
  *out << "[" << a.begin << ", " << a.end << ") feature " << a.feature << ": " << a.contribution;
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::shared_ptr<const Classifier> Small(ModelBundle bundle = SmallBundle()) {
  return Classifier::Make(std::move(bundle)).value();
}

/// With the columns of features in place of them.
Prediction Explain(const Classifier& classifier, std::string_view text) {
  Classifier::Scratch scratch;
  Prediction prediction;
  classifier.Explain(text, &scratch, &prediction);
  for (Attribution& a : prediction.attributions) a.feature = static_cast<std::uint32_t>(classifier.Column(a));
  return prediction;
}

auto Is(std::uint32_t begin, std::uint32_t end, std::uint32_t column, double contribution) {
  return testing::AllOf(testing::Field(&Attribution::begin, begin), testing::Field(&Attribution::end, end),
                        testing::Field(&Attribution::feature, column),
                        testing::Field(&Attribution::contribution, testing::DoubleNear(contribution, 1e-15)));
}

TEST(Classifier, ScoresATextAsComputedByHand) {
  // "good" twice, "good film" once: values 2 * 1.5 and 2.5, length sqrt(9 + 6.25).
  const Prediction p = Explain(*Small(), "Good film, good!");
  const double length = std::sqrt(15.25);
  const double score = (3.0 * 3.0 + 2.5 * 1.0) / length + 0.125;
  EXPECT_NEAR(p.scores[0], score, 1e-15);
  EXPECT_NEAR(p.probabilities[1], 1 / (1 + std::exp(-score)), 1e-15);
  EXPECT_NEAR(p.probabilities[0] + p.probabilities[1], 1, 1e-15);
  EXPECT_EQ(p.label, 1);
  EXPECT_EQ(p.tokens, 3u);
  EXPECT_EQ(p.known_tokens, 3u);
}

TEST(Classifier, EachOccurrenceGetsItsShareAtItsPlaceInTheOriginalText) {
  const double length = std::sqrt(15.25);
  EXPECT_THAT(
      Explain(*Small(), "Good film, good!").attributions,
      ElementsAre(Is(0, 4, 2, 3.0 * 1.5 / length), Is(0, 9, 3, 2.5 / length), Is(11, 15, 2, 3.0 * 1.5 / length)));
}

TEST(Classifier, OffsetsCountBytesOfTheTextAsItCame) {
  // Two bytes of e acute; "CAFE" in capitals is lowered first.
  EXPECT_THAT(Explain(*Small(), "\xC3\x89h, CAF\xC3\x89").attributions, ElementsAre(Is(5, 10, 1, 0.25)));
}

TEST(Classifier, BinaryFeaturesAreSplitEquallyAmongOccurrences) {
  ModelBundle bundle = SmallBundle();
  bundle.vectorizer.config.binary = true;
  bundle.vectorizer.config.norm = "none";
  EXPECT_THAT(Explain(*Small(bundle), "bad bad").attributions, ElementsAre(Is(0, 3, 0, -2.0), Is(4, 7, 0, -2.0)));
}

TEST(Classifier, TextWithoutFeaturesScoresTheIntercept) {
  for (const char* text : {"", "  ", "unknown words only"}) {
    const Prediction p = Explain(*Small(), text);
    EXPECT_EQ(p.scores, std::vector<double>{0.125});
    EXPECT_THAT(p.attributions, ElementsAre());
  }
}

TEST(Classifier, UnknownWordsSeparateBigrams) {
  // "not" is a word of a bigram, so it is known, but not a feature.
  const Prediction p = Explain(*Small(), "not so good");
  EXPECT_THAT(p.attributions, ElementsAre(Is(7, 11, 2, 3.0)));
  EXPECT_EQ(p.tokens, 3u);
  EXPECT_EQ(p.known_tokens, 2u);
}

TEST(Classifier, PredictLeavesNoAttributionsOfAnEarlierText) {
  const auto classifier = Small();
  Classifier::Scratch scratch;
  Prediction prediction;
  classifier->Explain("good", &scratch, &prediction);
  classifier->Predict("good", &scratch, &prediction);
  EXPECT_TRUE(prediction.attributions.empty());
}

TEST(Classifier, MulticlassExplainsThePredictedLabel) {
  ModelBundle bundle = SmallBundle();
  bundle.labels = {"a", "b", "c"};
  bundle.linear.classes = 3;
  bundle.linear.weights.assign(15, 0.0);
  bundle.linear.weights[2 * 5 + 2] = 4.0;  // row c, "good"
  bundle.linear.intercepts = {0.5, 0.25, 0.125};
  const Prediction p = Explain(*Small(bundle), "good");
  EXPECT_EQ(p.label, 2);
  EXPECT_EQ(p.explained_row, 2);
  EXPECT_EQ(p.scores, (std::vector<double>{0.5, 0.25, 4.125}));
  EXPECT_THAT(p.attributions, ElementsAre(Is(0, 4, 2, 4.0)));
}

TEST(Classifier, VocabularyTermsThatNoTextCanHaveAreHarmless) {
  ModelBundle bundle = SmallBundle();
  bundle.vectorizer.vocabulary =
      features::Vocabulary::FromTerms({"", " good", "good", "good  film", "good film a b"}).value();
  const Prediction p = Explain(*Small(bundle), "good film a b");
  EXPECT_THAT(p.attributions, ElementsAre(Is(0, 4, 2, 3.0)));
}

TEST(Classifier, ScratchMayServeModelsInTurn) {
  const std::vector<std::string> steps = {"lowercase", "replace_punctuation", "fold_whitespace", "remove_stop_words",
                                          "lemmatize"};
  const auto texts = RandomTexts(3).Next(200);
  features::VectorizerConfig config;
  const auto first = Classifier::Make(FittedBundle(texts, steps, config)).value();
  config.min_df = {false, 10};
  const auto second = Classifier::Make(FittedBundle(texts, steps, config)).value();
  Classifier::Scratch shared;
  for (const std::string& text : texts) {
    for (const auto& classifier : {first, second}) {
      Classifier::Scratch fresh;
      Prediction a;
      Prediction b;
      classifier->Predict(text, &shared, &a);
      classifier->Predict(text, &fresh, &b);
      ASSERT_EQ(a.scores, b.scores);
    }
  }
}

TEST(Classifier, VersionIsTheStartOfTheTensorDigest) {
  const TempDir folder;
  const auto path = folder / "model.safetensors";
  const std::string digest = SaveModel(path, SmallBundle()).value();
  EXPECT_EQ(Classifier::Load(path).value()->version(), "sha256:" + digest.substr(0, 12));
  EXPECT_EQ(Small()->version(), "sha256:" + digest.substr(0, 12));
}

TEST(Classifier, KnowsItsTermsAndWeights) {
  const auto classifier = Small();
  EXPECT_EQ(classifier->features(), 5);
  EXPECT_EQ(classifier->Term(3), "good film");
  EXPECT_EQ(classifier->Weight(0, 4), -6.0);
  EXPECT_EQ(classifier->Intercept(0), 0.125);
  EXPECT_THAT(classifier->labels(), ElementsAre("negative", "positive"));
}

TEST(Classifier, RefusesABundleWhosePartsDoNotFit) {
  ModelBundle bundle = SmallBundle();
  bundle.linear.weights.pop_back();
  EXPECT_EQ(Classifier::Make(bundle).error().message, "model: expected 5 weights, found 4");
  bundle = SmallBundle();
  bundle.vectorizer.weighting.clear();
  EXPECT_EQ(Classifier::Make(bundle).error().message, "model: expected 5 weighting factors, found 0");
}

TEST(Classifier, RefusesAnUnknownStep) {
  ModelBundle bundle = SmallBundle();
  bundle.preprocess_steps = {"translate"};
  EXPECT_THAT(Classifier::Make(bundle).error().message, HasSubstr("translate"));
}

}  // namespace
}  // namespace valence::classifier
