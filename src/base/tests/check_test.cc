// SPDX-License-Identifier: Apache-2.0
#include "valence/base/check.h"

#include <gtest/gtest.h>

namespace valence {
namespace {

TEST(CheckDeathTest, ABrokenInvariantEndsTheProcessAndSaysWhy) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const int rows = 2;
  EXPECT_DEATH(VALENCE_CHECK(rows == 3, "rows must match"), "check_test.cc.*rows must match \\(rows == 3\\)");
}

TEST(Check, DoesNothingIfTheInvariantHolds) { VALENCE_CHECK(1 + 1 == 2, "arithmetic"); }

}  // namespace
}  // namespace valence
