// SPDX-License-Identifier: Apache-2.0
#include "valence/base/clock.h"

#include <gmock/gmock.h>

#include <ctime>

namespace valence {
namespace {

TEST(NowIso8601, IsTheSystemClocksSecondInUtc) {
  const std::time_t before = std::time(nullptr);
  const std::string text = NowIso8601();
  const std::time_t after = std::time(nullptr);

  std::tm parsed{};
  ASSERT_STREQ(::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parsed), "");
  EXPECT_EQ(text.size(), 20u);
  EXPECT_GE(::timegm(&parsed), before);
  EXPECT_LE(::timegm(&parsed), after);
}

TEST(Stopwatch, NeverRunsBackwards) {
  const Stopwatch watch;
  const double first = watch.seconds();
  const double second = watch.seconds();
  EXPECT_GE(first, 0);
  EXPECT_GE(second, first);
}

}  // namespace
}  // namespace valence
