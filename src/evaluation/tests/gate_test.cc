// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "valence/evaluation/report.h"

namespace valence::evaluation {
namespace {

using testing::HasSubstr;

EvaluateConfig Bounds(NumberMap minimum, NumberMap maximum) {
  EvaluateConfig config;
  config.minimum = std::move(minimum);
  config.maximum = std::move(maximum);
  return config;
}

TEST(Gate, PassesOnTheBound) {
  Metrics m;
  m.accuracy = 0.75;
  m.ece = 0.1;
  const GateResult gate = CheckGate(m, Bounds({{"accuracy", 0.75}}, {{"ece", 0.1}})).value();
  EXPECT_TRUE(gate.passed);
  ASSERT_EQ(gate.checks.size(), 2u);
  EXPECT_EQ(Message(gate.checks[0]), "accuracy 0.7500 meets the minimum 0.75");
  EXPECT_EQ(Message(gate.checks[1]), "ece 0.1000 meets the maximum 0.1");
}

TEST(Gate, SaysWhichFigureMissed) {
  Metrics m;
  m.accuracy = 0.74999999;
  m.f1_macro = 0.8;
  m.ece = 0.25;
  const GateResult gate = CheckGate(m, Bounds({{"accuracy", 0.75}, {"f1_macro", 0.75}}, {{"ece", 0.1}})).value();
  EXPECT_FALSE(gate.passed);
  EXPECT_FALSE(gate.checks[0].passed);
  EXPECT_TRUE(gate.checks[1].passed);
  EXPECT_EQ(Message(gate.checks[0]), "accuracy 0.74999999 is below the minimum 0.75");
  EXPECT_EQ(Message(gate.checks[2]), "ece 0.25 is above the maximum 0.1");
}

TEST(Gate, RefusesAnUndefinedFigure) {
  Metrics m;
  m.roc_auc = std::nan("");
  for (const EvaluateConfig& config : {Bounds({{"roc_auc", 0.0}}, {}), Bounds({}, {{"roc_auc", 1.0}})}) {
    const GateResult gate = CheckGate(m, config).value();
    EXPECT_FALSE(gate.passed);
    EXPECT_THAT(Message(gate.checks[0]), HasSubstr("roc_auc is undefined on this data"));
  }
}

TEST(Gate, NamesTheSectionOfAnUnknownMetric) {
  const auto gate = CheckGate(Metrics{}, Bounds({}, {{"eec", 0.1}}));
  ASSERT_FALSE(gate.has_value());
  EXPECT_EQ(gate.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(gate.error().message, HasSubstr("evaluate.maximum: unknown metric 'eec'"));
}

TEST(Gate, HasDefaultsThatNameRealMetrics) {
  const GateResult gate = CheckGate(Metrics{}, EvaluateConfig{}).value();
  EXPECT_FALSE(gate.passed);  // a model that is never right
  EXPECT_EQ(gate.checks.size(), 4u);
}

}  // namespace
}  // namespace valence::evaluation
