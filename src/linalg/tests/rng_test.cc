// SPDX-License-Identifier: Apache-2.0
// Expected values: numpy 2.4.6, numpy.random.RandomState(seed).
#include "valence/linalg/rng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace valence::linalg {
namespace {

using ::testing::ElementsAre;

TEST(RandomState, DrawsTheRawNumbersOfNumPy) {
  RandomState zero(0);
  EXPECT_EQ(zero.NextUint32(), 2357136044U);
  EXPECT_EQ(zero.NextUint32(), 2546248239U);
  EXPECT_EQ(zero.NextUint32(), 3071714933U);
  RandomState largest(4294967295U);
  EXPECT_EQ(largest.NextUint32(), 419326371U);
}

TEST(RandomState, ContinuesAcrossTheStateBlockOf624Words) {
  RandomState random(5);
  std::vector<std::uint32_t> draws(1000);
  for (auto& draw : draws) draw = random.NextUint32();
  EXPECT_EQ(draws[0], 953453411U);
  EXPECT_EQ(draws[623], 2809743450U);
  EXPECT_EQ(draws[624], 164677315U);
  EXPECT_EQ(draws[999], 3298208229U);
}

TEST(RandomState, DrawsTheDoublesOfRandomSample) {
  RandomState random(42);
  EXPECT_EQ(random.NextDouble(), 0.3745401188473625);
  EXPECT_EQ(random.NextDouble(), 0.9507143064099162);
  EXPECT_EQ(random.NextDouble(), 0.7319939418114051);
}

TEST(RandomState, PermutesAsNumPyDoes) {
  EXPECT_THAT(RandomState(0).Permutation(10), ElementsAre(2, 8, 4, 9, 1, 6, 7, 3, 0, 5));
  EXPECT_THAT(RandomState(42).Permutation(10), ElementsAre(8, 1, 5, 0, 7, 2, 9, 4, 3, 6));
  EXPECT_THAT(RandomState(4294967295U).Permutation(10), ElementsAre(6, 9, 5, 1, 8, 0, 7, 4, 2, 3));
}

TEST(RandomState, GoesOnAfterAPermutationAsNumPyDoes) {
  RandomState random(7);
  const auto order = random.Permutation(1000);
  EXPECT_THAT(std::vector(order.begin(), order.begin() + 8), ElementsAre(778, 334, 271, 802, 216, 408, 812, 94));
  EXPECT_THAT(std::vector(order.end() - 4, order.end()), ElementsAre(502, 537, 196, 175));
  EXPECT_EQ(random.NextDouble(), 0.6387323162306459);
}

TEST(RandomState, PermutesNothingAndOneWithoutDrawing) {
  RandomState random(0);
  EXPECT_TRUE(random.Permutation(0).empty());
  EXPECT_THAT(random.Permutation(1), ElementsAre(0));
  EXPECT_EQ(random.NextUint32(), 2357136044U);
}

TEST(RandomState, IntervalStaysWithinItsBoundAlsoBeyond32Bits) {
  RandomState random(1);
  const std::uint64_t max = (std::uint64_t{1} << 40) + 5;
  std::uint64_t largest = 0;
  for (int i = 0; i < 1000; ++i) largest = std::max(largest, random.Interval(max));
  EXPECT_LE(largest, max);
  EXPECT_GT(largest, max / 2);
}

}  // namespace
}  // namespace valence::linalg
