// SPDX-License-Identifier: Apache-2.0
#include "guard/overload_gate.h"

#include <gtest/gtest.h>

namespace valence::serving {
namespace {

using std::chrono::milliseconds;

class OverloadGateTest : public ::testing::Test {
 protected:
  bool Refuses(int at_ms, int waited_ms) {
    return gate_.Refuses(milliseconds(waited_ms), OverloadGate::Clock::time_point(milliseconds(1000 + at_ms)));
  }
  void LateFor(int ms) {
    for (int t = 0; t < ms; ++t) EXPECT_FALSE(Refuses(t, 60)) << t;
  }
  OverloadGate gate_{milliseconds(50)};
};

TEST_F(OverloadGateTest, LetsABurstThrough) {
  for (int t = 0; t < 100; ++t) EXPECT_FALSE(Refuses(t, 80)) << t;
  EXPECT_FALSE(Refuses(100, 10));
  EXPECT_FALSE(Refuses(101, 80));  // patience begins anew
}

TEST_F(OverloadGateTest, RefusesNobodyBecauseAFewRequestsAreLate) {
  for (int i = 0; i < OverloadGate::kEnough - 1; ++i) EXPECT_FALSE(Refuses(1000 * i, 500)) << i;
}

TEST_F(OverloadGateTest, RefusesWhatIsLateOnceEverythingHasBeenForLong) {
  LateFor(100);
  EXPECT_TRUE(Refuses(100, 60));
  EXPECT_FALSE(Refuses(101, 50));
  EXPECT_TRUE(Refuses(102, 51));
}

TEST_F(OverloadGateTest, IsPatientAgainAfterASecondWithinTheLimit) {
  LateFor(100);
  EXPECT_TRUE(Refuses(100, 60));
  EXPECT_FALSE(Refuses(1099, 10));
  EXPECT_TRUE(Refuses(1100, 60));
  EXPECT_FALSE(Refuses(2100, 10));
  EXPECT_FALSE(Refuses(2101, 60));
}

TEST_F(OverloadGateTest, ForeseesRefusalsWithoutCountingThem) {
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(gate_.WouldRefuse(milliseconds(60)));
  EXPECT_FALSE(Refuses(0, 60));
  LateFor(100);
  EXPECT_TRUE(Refuses(100, 60));
  EXPECT_TRUE(gate_.WouldRefuse(milliseconds(60)));
  EXPECT_FALSE(gate_.WouldRefuse(milliseconds(50)));
}

TEST_F(OverloadGateTest, CanBeOff) {
  EXPECT_FALSE(OverloadGate(milliseconds(0)).enabled());
  EXPECT_TRUE(gate_.enabled());
}

}  // namespace
}  // namespace valence::serving
