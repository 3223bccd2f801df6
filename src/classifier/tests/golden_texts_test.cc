// SPDX-License-Identifier: Apache-2.0
#include "golden_texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model_codec.h"
#include "small_bundle.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/base/utf8.h"

namespace valence::classifier {
namespace {

using testing::HasSubstr;

ModelBundle WithGoldenTexts() {
  ModelBundle bundle = SmallBundle();
  const auto classifier = Classifier::Make(bundle).value();
  bundle.golden_texts = MakeGoldenTexts(*classifier, {"a good film", "not good", "bad"});
  return bundle;
}

TEST(GoldenTexts, AreEdgeCasesAndTrainingTexts) {
  const auto texts = WithGoldenTexts().golden_texts;
  EXPECT_GT(texts.size(), 45u);
  EXPECT_EQ(texts[0].text, "");
  EXPECT_EQ(texts[0].scores, std::vector<double>{0.125});
  EXPECT_EQ(texts.back().text, "bad");
  EXPECT_EQ(texts.back().scores, std::vector<double>{-4.0 + 0.125});
}

TEST(GoldenTexts, TakeTrainingTextsEvenlyAndCutThemAtCodePoints) {
  const auto classifier = Classifier::Make(SmallBundle()).value();
  std::vector<std::string> training(1500);
  for (std::size_t i = 0; i < training.size(); ++i) {
    training[i] = std::to_string(i) + ' ';
    while (training[i].size() < 500) training[i] += "\xE2\x82\xAC";  // three bytes
  }
  const auto texts = MakeGoldenTexts(*classifier, {training.begin(), training.end()});
  const auto edge_cases = MakeGoldenTexts(*classifier, {}).size();
  ASSERT_EQ(texts.size(), edge_cases + 150);
  EXPECT_EQ(texts[edge_cases + 7].text.substr(0, 3), "70 ");
  for (const GoldenText& golden : texts) {
    EXPECT_LE(golden.text.size(), 400u);
    EXPECT_TRUE(utf8::IsValid(golden.text));
  }
}

TEST(GoldenTexts, ASavedModelPassesItsOwn) {
  const TempDir folder;
  ASSERT_TRUE(SaveModel(folder / "m", WithGoldenTexts()).has_value());
  EXPECT_TRUE(Classifier::Load(folder / "m").has_value());
}

// Whoever alters a weight can write matching digests; the golden texts still tell.
TEST(GoldenTexts, CatchAnAlteredWeightBehindRecomputedDigests) {
  ModelBundle bundle = WithGoldenTexts();
  bundle.linear.weights[2] += 1e-6;
  const TempDir folder;
  ASSERT_TRUE(SaveModel(folder / "m", bundle).has_value());
  const auto loaded = Classifier::Load(folder / "m");
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::kDataCorrupt);
  EXPECT_THAT(loaded.error().message, HasSubstr("golden text"));
}

TEST(GoldenTexts, CatchAnotherPreprocessing) {
  ModelBundle bundle = WithGoldenTexts();
  bundle.vectorizer.config.lowercase = false;
  bundle.preprocess_steps.clear();
  EXPECT_THAT(Classifier::Make(bundle).error().message, HasSubstr("golden text"));
}

}  // namespace
}  // namespace valence::classifier
