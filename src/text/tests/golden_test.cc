// SPDX-License-Identifier: Apache-2.0
// Steps, presets and tokens of tests/golden/text against what Python and NLTK made of the same texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/golden.h"
#include "support/matchers.h"
#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocess_config.h"
#include "valence/text/preprocessor.h"
#include "valence/text/token_pattern.h"

namespace valence::text {
namespace {

using ::testing::ElementsAreArray;
using ::testing::UnorderedElementsAreArray;

std::vector<std::string> Strings(const Json& array) {
  std::vector<std::string> strings;
  for (const Json& each : array.array()) strings.push_back(each.string());
  return strings;
}

std::vector<std::string> FusedTokens(const FusedTokenizer& tokenizer, std::string_view text) {
  TokenBuffer buffer;
  tokenizer.Run(text, &buffer);
  std::vector<std::string> tokens;
  std::string scratch;
  for (const SurfaceToken& surface : buffer.tokens()) {
    std::vector<std::string_view> mapped;
    tokenizer.MapToken(buffer.Bytes(surface), &scratch, &mapped);
    tokens.insert(tokens.end(), mapped.begin(), mapped.end());
  }
  return tokens;
}

class TextGolden : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<Golden> read = ReadGolden("text");
    ASSERT_THAT(read, IsOk());
    golden_ = std::move(read).value();
    ASSERT_EQ(golden_.texts.size(), golden_.cases.size());
  }

  /// What the steps make of every text, against member `name` of each case's object `group`.
  void ExpectProcessed(const std::vector<std::string>& steps, std::string_view group, std::string_view name) {
    const auto preprocessor = Preprocessor::Make(steps);
    ASSERT_THAT(preprocessor, IsOk());
    for (std::size_t i = 0; i < golden_.texts.size(); ++i) {
      EXPECT_EQ(preprocessor->Apply(golden_.texts[i]), golden_.cases[i].Find(group)->Find(name)->string())
          << group << ' ' << name << " of text " << i + 1 << ": " << Json(golden_.texts[i]).Dump();
    }
  }

  /// The tokens of every text on the plain and on the compiled path.
  void ExpectTokens(const std::vector<std::string>& steps, std::string_view preset, const std::string& regex) {
    SCOPED_TRACE(std::string(preset) + " tokens by " + regex);
    const auto preprocessor = Preprocessor::Make(steps);
    const auto pattern = TokenPattern::Parse(regex);
    ASSERT_THAT(preprocessor, IsOk());
    ASSERT_THAT(pattern, IsOk());
    const std::optional<FusedTokenizer> fused = FusedTokenizer::Compile(steps, *pattern);
    ASSERT_TRUE(fused.has_value());
    for (std::size_t i = 0; i < golden_.texts.size(); ++i) {
      SCOPED_TRACE("text " + std::to_string(i + 1) + ": " + Json(golden_.texts[i]).Dump());
      const auto expected = Strings(*golden_.cases[i].Find("tokens")->Find(preset)->Find(regex));
      const std::string processed = preprocessor->Apply(golden_.texts[i]);
      std::vector<std::string_view> tokens;
      pattern->FindAll(processed, &tokens);
      EXPECT_THAT(tokens, ElementsAreArray(expected));
      EXPECT_THAT(FusedTokens(*fused, golden_.texts[i]), ElementsAreArray(expected)) << "compiled path";
    }
  }

  Golden golden_;
};

TEST_F(TextGolden, CasesBelongToTheirTexts) {
  for (std::size_t i = 0; i < golden_.texts.size(); ++i) {
    EXPECT_EQ(golden_.cases[i].Find("text")->string(), golden_.texts[i]) << "text " << i + 1;
  }
}

TEST_F(TextGolden, CoversEveryStep) {
  std::vector<std::string_view> names;
  for (const auto& [name, result] : golden_.cases.front().Find("steps")->object()) names.push_back(name);
  EXPECT_THAT(names, UnorderedElementsAreArray(StepNames()));
}

TEST_F(TextGolden, PresetsAreTheirLists) {
  for (const std::string name : {"seed", "best", "none"}) {
    EXPECT_THAT(ResolveSteps({.preset = name, .steps = {}}),
                IsOkAndHolds(ElementsAreArray(Strings(*golden_.header.Find("presets")->Find(name)))));
  }
}

TEST_F(TextGolden, StepsDoWhatPythonDoes) {
  for (const std::string_view step : StepNames()) ExpectProcessed({std::string(step)}, "steps", step);
}

TEST_F(TextGolden, PresetsDoWhatPythonDoes) {
  for (const std::string name : {"seed", "best", "R1"}) {
    ExpectProcessed(Strings(*golden_.header.Find("presets")->Find(name)), "presets", name);
  }
}

TEST_F(TextGolden, TokensAreThoseOfPythonsPatterns) {
  const Json& presets = *golden_.cases.front().Find("tokens");
  EXPECT_EQ(presets.object().size(), 4U);
  for (const auto& [name, by_pattern] : presets.object()) {
    EXPECT_EQ(by_pattern.object().size(), 3U);
    for (const auto& [regex, tokens] : by_pattern.object()) {
      ExpectTokens(Strings(*golden_.header.Find("presets")->Find(name)), name, regex);
    }
  }
}

}  // namespace
}  // namespace valence::text
