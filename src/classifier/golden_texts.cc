// SPDX-License-Identifier: Apache-2.0
#include "golden_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "valence/base/utf8.h"

namespace valence::classifier {
namespace {

constexpr double kTolerance = 1e-9;
constexpr std::size_t kTrainingTexts = 150;
constexpr std::size_t kMaxTextBytes = 400;

// What preprocessing steps and tokenisers are known to disagree about when one of them is wrong.
constexpr std::string_view kEdgeCases[] = {
    "",
    " ",
    "\n\t \r\n",
    "a",
    "I",
    "!",
    "good",
    "bad",
    "Good",
    "GOOD",
    "not good",
    "not bad",
    "not good at all, not bad either",
    "This is the best film I have ever seen.",
    "This is the worst film I have ever seen.",
    "the the the the the the the the",
    "It isn't what I'd hoped for, but I can't say it's awful.",
    "don\xE2\x80\x99t won\xE2\x80\x99t couldn\xE2\x80\x99t",
    "rock'n'roll o'clock 'quoted' \"double\"",
    "well-made, must-see, so-so; half-baked",
    "An excellent(!) film... really??? Yes!!!",
    "10/10 would watch again",
    "I gave it 3 stars out of 5, 2.5 on a bad day",
    "1999 2001 42nd 3D mp3 b2b",
    "\xD9\xA3\xD9\xA4 \xC2\xB2\xC2\xB3 \xE2\x91\xA0 \xE0\xA5\xA7",
    "See https://example.org/reviews?id=7&sort=new for more",
    "www.example.org is down http://example.org",
    "https://",
    "Great film.<br /><br />Loved every minute<br/>of it<br>",
    "Tom &amp; Jerry &lt;3 &#39;quoted&#39; caf&eacute; &#65;&#x42;",
    "&notanentity; & &&amp;amp;",
    "<b>bold</b> <script>alert(1)</script>",
    "caf\xC3\xA9 na\xC3\xAFve r\xC3\xA9sum\xC3\xA9",
    "cafe\xCC\x81 nai\xCC\x88ve",
    "STRASSE stra\xC3\x9F"
    "e \xE1\xBA\x9E",
    "\xC4\xB0stanbul I\xC4\xB1 \xC4\xB0",
    "\xCE\x9F\xCE\x94\xCE\xA5\xCE\xA3\xCE\xA3\xCE\x95\xCE\xA5\xCE\xA3 \xCE\xA3",
    "\xD0\x9E\xD1\x87\xD0\xB5\xD0\xBD\xD1\x8C \xD1\x85\xD0\xBE\xD1\x80\xD0\xBE\xD1\x88\xD0\xB8\xD0\xB9 "
    "\xD1\x84\xD0\xB8\xD0\xBB\xD1\x8C\xD0\xBC",
    "\xE9\x9D\x9E\xE5\xB8\xB8\xE5\xA5\xBD\xE7\x9A\x84\xE7\x94\xB5\xE5\xBD\xB1",
    "\xD9\x81\xD9\x8A\xD9\x84\xD9\x85 \xD8\x8C \xD8\x9B \xD8\x9F",
    "\xF0\x9F\x98\x80 love it \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD \xE2\x9D\xA4\xEF\xB8\x8F",
    "zero\xE2\x80\x8Bwidth no\xC2\xA0"
    "break ideographic\xE3\x80\x80space",
    "snake_case under_scores __dunder__",
    "films movies wolves children feet women stories boxes",
    "was were been being running ran better worst",
    "bored boring boredom acting actors acted",
    "@user #hashtag $5 50% a+b=c ~/path C:\\dir",
    "e-mail me at someone@example.org",
    "word\xEF\xBC\x8Cword \xE2\x80\x9Cquoted\xE2\x80\x9D \xE2\x80\x94 dash \xE2\x80\xA6",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
};

bool Agrees(const std::vector<double>& found, const std::vector<double>& expected) {
  if (found.size() != expected.size()) return false;
  for (std::size_t i = 0; i < found.size(); ++i) {
    // Written so that a NaN disagrees.
    if (!(std::fabs(found[i] - expected[i]) <= kTolerance)) return false;
  }
  return true;
}

}  // namespace

Status CheckGoldenTexts(const Classifier& classifier) {
  Classifier::Scratch scratch;
  Prediction prediction;
  const auto& golden_texts = classifier.bundle().golden_texts;
  for (std::size_t i = 0; i < golden_texts.size(); ++i) {
    const GoldenText& golden = golden_texts[i];
    classifier.Predict(golden.text, &scratch, &prediction);
    if (Agrees(prediction.scores, golden.scores)) continue;
    return DataCorrupt(fmt::format(
        "golden text {} (\"{}\"): scores [{}], the model file says [{}]; the file was made by another version of the "
        "code, or altered",
        i, utf8::Truncate(golden.text, 40), fmt::join(prediction.scores, ", "), fmt::join(golden.scores, ", ")));
  }
  return Ok();
}

std::vector<GoldenText> MakeGoldenTexts(const Classifier& classifier,
                                        const std::vector<std::string_view>& training_texts) {
  std::vector<std::string> texts(std::begin(kEdgeCases), std::end(kEdgeCases));
  const std::size_t chosen = std::min(kTrainingTexts, training_texts.size());
  for (std::size_t i = 0; i < chosen; ++i) {
    const std::string text = utf8::Repair(training_texts[i * training_texts.size() / chosen]);
    texts.emplace_back(utf8::Truncate(text, kMaxTextBytes));
  }
  std::vector<GoldenText> golden;
  Classifier::Scratch scratch;
  Prediction prediction;
  for (std::string& text : texts) {
    classifier.Predict(text, &scratch, &prediction);
    golden.push_back({std::move(text), prediction.scores});
  }
  return golden;
}

}  // namespace valence::classifier
