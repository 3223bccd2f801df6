// SPDX-License-Identifier: Apache-2.0
#include "valence/base/eight_digits.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace valence {
namespace {

std::string Written(std::uint32_t number) {
  std::array<char, 8> room;
  return {room.data(), WriteBelowEightDigits(number, room.data())};
}

TEST(EightDigits, EveryLength) {
  EXPECT_EQ(Written(0), "0");
  for (std::uint32_t power = 1; power < kEightDigits; power *= 10) {
    EXPECT_EQ(Written(power), std::to_string(power));
    EXPECT_EQ(Written(10 * power - 1), std::to_string(10 * power - 1));
  }
}

TEST(EightDigits, AnyNumber) {
  std::mt19937 random(1);
  for (std::uint32_t number = 0; number < 20000; ++number) ASSERT_EQ(Written(number), std::to_string(number));
  for (int i = 0; i < 200'000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % kEightDigits);
    ASSERT_EQ(Written(number), std::to_string(number));
  }
}

}  // namespace
}  // namespace valence
