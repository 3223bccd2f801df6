// SPDX-License-Identifier: Apache-2.0
#include "valence/base/shortest_double.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace valence {
namespace {

std::string Shortest(double value) {
  std::array<char, kShortestDoubleRoom> room;
  return {room.data(), WriteShortestDouble(value, room.data())};
}

std::string ByLibrary(double value) {
  std::array<char, kShortestDoubleRoom> room;
  return {room.data(), std::to_chars(room.data(), room.data() + room.size(), value).ptr};
}

TEST(ShortestDouble, ChoosesTheShorterForm) {
  EXPECT_EQ(Shortest(0.1), "0.1");
  EXPECT_EQ(Shortest(-12.75), "-12.75");
  EXPECT_EQ(Shortest(0.00012), "0.00012");
  EXPECT_EQ(Shortest(0.000012), "1.2e-05");
  EXPECT_EQ(Shortest(0.0001), "1e-04");
  EXPECT_EQ(Shortest(100000), "1e+05");
  EXPECT_EQ(Shortest(0.6149389922729771), "0.6149389922729771");
}

TEST(ShortestDouble, WritesSpecialValuesAsTheLibraryDoes) {
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.0, -0.0, 1.0, -1.0, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),
                             Limits::max(), Limits::min(), Limits::denorm_min(), Limits::epsilon()}) {
    EXPECT_EQ(Shortest(value), ByLibrary(value));
  }
}

// Every number of digits, before and behind every place of the point.
TEST(ShortestDouble, WritesEveryLengthAndPointAsTheLibraryDoes) {
  for (int count = 1; count <= 17; ++count) {
    const std::string digits = std::string("12345678912345678").substr(0, static_cast<std::size_t>(count));
    for (int exponent = -30; exponent <= 10; ++exponent) {
      for (const char* sign : {"", "-"}) {
        const double value = std::stod(sign + digits + "e" + std::to_string(exponent));
        ASSERT_EQ(Shortest(value), ByLibrary(value)) << digits << "e" << exponent;
      }
    }
  }
}

TEST(ShortestDouble, WritesAnyBitsAsTheLibraryDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    ASSERT_EQ(Shortest(value), ByLibrary(value));
  }
}

TEST(ShortestDouble, WritesScoresAsTheLibraryDoes) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 200'000; ++i) {
    const double score = normal(random);
    for (const double value : {score, 0.001 * score, 1 / (1 + std::exp(-score)), std::round(1000 * score) / 1000}) {
      ASSERT_EQ(Shortest(value), ByLibrary(value));
    }
  }
}

}  // namespace
}  // namespace valence
