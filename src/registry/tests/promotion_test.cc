// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/promotion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace valence::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// 400 documents, half of each label, of which the model gets wrong those of [from, to).
Contender Wrong(const std::string& version, std::size_t from, std::size_t to) {
  Contender contender{.version = version, .digest = "sha256:" + version};
  auto& scored = contender.scored;
  scored.labels = {"negative", "positive"};
  for (std::size_t i = 0; i < 400; ++i) {
    const std::int32_t truth = i % 2 == 0 ? 0 : 1;
    const std::int32_t predicted = i >= from && i < to ? 1 - truth : truth;
    scored.truth.push_back(truth);
    scored.predicted.push_back(predicted);
    const double p = predicted == 1 ? 0.9 : 0.1;
    scored.probabilities.insert(scored.probabilities.end(), {1 - p, p});
    scored.text_bytes.push_back(i);  // the first hundred are the shortest quarter
  }
  return contender;
}

evaluation::EvaluateConfig NoGate() {
  evaluation::EvaluateConfig gate;
  gate.minimum.clear();
  gate.maximum.clear();
  return gate;
}

TEST(Judge, TheFirstModelOnlyHasToPassTheGate) {
  evaluation::EvaluateConfig gate = NoGate();
  gate.minimum = {{"accuracy", 0.9}};
  const Verdict good = Judge(Wrong("1", 0, 10), nullptr, gate, {}).value();
  EXPECT_TRUE(good.passed);
  EXPECT_FALSE(good.test.has_value());
  const Verdict bad = Judge(Wrong("1", 0, 80), nullptr, gate, {}).value();
  EXPECT_FALSE(bad.passed);
  EXPECT_THAT(bad.Refusals(), ElementsAre(HasSubstr("minimum accuracy: accuracy 0.8 is below")));
}

TEST(Judge, PromotesABetterChallenger) {
  const Contender champion = Wrong("1", 0, 60);
  PromoteConfig config;
  config.rule = "better";
  const Verdict verdict = Judge(Wrong("2", 0, 20), &champion, NoGate(), config).value();
  EXPECT_TRUE(verdict.passed) << testing::PrintToString(verdict.Refusals());
  EXPECT_EQ(verdict.test->only_first, 0u);
  EXPECT_EQ(verdict.test->only_second, 40u);
}

TEST(Judge, AnEquallyGoodOneIsNotBetterButNotWorse) {
  const Contender champion = Wrong("1", 0, 20);
  PromoteConfig config;
  EXPECT_TRUE(Judge(Wrong("2", 10, 30), &champion, NoGate(), config)->passed);
  config.rule = "better";
  EXPECT_THAT(Judge(Wrong("2", 10, 30), &champion, NoGate(), config)->Refusals(),
              ElementsAre(HasSubstr("McNemar: no significant difference: 10 documents only the challenger")));
}

TEST(Judge, RefusesASignificantlyWorseOne) {
  const Contender champion = Wrong("1", 0, 20);
  PromoteConfig config;
  config.max_accuracy_drop = 1;
  config.max_slice_drop = 1;
  EXPECT_THAT(Judge(Wrong("2", 0, 40), &champion, NoGate(), config)->Refusals(),
              ElementsAre(HasSubstr("the champion is significantly better")));
}

TEST(Judge, RefusesALowerAccuracyBeyondTheMargin) {
  const Contender champion = Wrong("1", 0, 20);
  PromoteConfig config;
  config.max_slice_drop = 1;
  EXPECT_THAT(Judge(Wrong("2", 0, 21), &champion, NoGate(), config)->Refusals(),
              ElementsAre(HasSubstr("accuracy: accuracy 0.9475 is below the champion's 0.9500 by more than 0.0")));
  config.max_accuracy_drop = 0.0025;  // exactly the drop
  EXPECT_TRUE(Judge(Wrong("2", 0, 21), &champion, NoGate(), config)->passed);
}

TEST(Judge, RefusesAWorseSliceThoughTheWholeIsEqual) {
  const Contender champion = Wrong("1", 0, 20);       // all in the shortest quarter
  const Contender challenger = Wrong("2", 100, 120);  // all in the second
  const Verdict verdict = Judge(challenger, &champion, NoGate(), {}).value();
  EXPECT_THAT(verdict.Refusals(), ElementsAre(HasSubstr("slice 100 <= text_bytes < 200")));
  PromoteConfig config;
  config.min_slice_documents = 101;
  EXPECT_TRUE(Judge(challenger, &champion, NoGate(), config)->passed);
}

TEST(Judge, LetsTheChampionStay) {
  const Contender champion = Wrong("1", 0, 20);
  PromoteConfig config;
  config.rule = "better";
  EXPECT_THAT(Judge(champion, &champion, NoGate(), config)->Refusals(), IsEmpty());
}

TEST(Judge, RefusesToCompareOnOtherDocuments) {
  Contender champion = Wrong("1", 0, 20);
  champion.scored.truth[3] = 1 - champion.scored.truth[3];
  EXPECT_FALSE(Judge(Wrong("2", 0, 20), &champion, NoGate(), {}).has_value());
}

}  // namespace
}  // namespace valence::registry
