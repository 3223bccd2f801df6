// SPDX-License-Identifier: Apache-2.0
#include "ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace valence::classifier {
namespace {

using testing::ElementsAre;

TEST(Ranking, RanksAreNumbersOfLesserKeys) {
  const FewKeys keys = {7, ~std::uint64_t{0}, 3, 7};
  for (const auto rank : {RankKeys, RankKeysPortably}) {
    FewRanks ranks;
    rank(keys, 4, &ranks);
    EXPECT_THAT(std::vector(ranks.begin(), ranks.begin() + 4), ElementsAre(1, 3, 0, 1));
  }
}

TEST(Ranking, MaximaAreThoseOfEveryEighth) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1, 1, 1, 1, 1, 1, 99};
  for (const auto find : {FindMaxima, FindMaximaPortably}) {
    std::vector<double> maxima(8);
    find(values, 8, maxima.data());
    EXPECT_THAT(maxima, ElementsAre(9, 2, 3, 4, 5, 6, 7, 8));
  }
}

TEST(Ranking, CollectsWhatIsLargeEnough) {
  const std::vector<double> values = {1, 5, 2, 7, 5, 0, 0, 0, 0, 6};
  for (const auto collect : {CollectAtLeast, CollectAtLeastPortably}) {
    std::vector<std::uint32_t> indices(values.size() + kRoomToCollect);
    indices.resize(collect(values, 5, indices.data()));
    EXPECT_THAT(indices, ElementsAre(1, 3, 4, 9));
    EXPECT_EQ(collect({}, 5, nullptr), 0u);
  }
}

TEST(Ranking, FindsTheNext) {
  const std::vector<std::uint32_t> values = {7, 1, 7, 3, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 5, 7};
  for (const auto find : {FindNext, FindNextPortably}) {
    EXPECT_EQ(find(values, 0, 7), 0u);
    EXPECT_EQ(find(values, 1, 7), 2u);
    EXPECT_EQ(find(values, 3, 7), 20u);
    EXPECT_EQ(find(values, 20, 7), 20u);
    EXPECT_EQ(find(values, 2, 1), values.size());
    EXPECT_EQ(find(values, values.size(), 7), values.size());
  }
}

TEST(Ranking, IsTheSameOnEveryProcessor) {
  std::mt19937_64 random(4);
  for (std::size_t size = 0; size <= 100; ++size) {
    FewKeys keys;
    for (std::uint64_t& key : keys) key = random() % 20 == 0 ? ~std::uint64_t{0} : random() >> (random() % 64);
    FewRanks ranks{}, expected_ranks{};
    const std::size_t few = size % (kFew + 1);
    RankKeys(keys, few, &ranks);
    RankKeysPortably(keys, few, &expected_ranks);
    ASSERT_TRUE(std::equal(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(few), expected_ranks.begin()));

    std::vector<double> values(size);
    for (double& value : values) value = static_cast<double>(random() % 50);
    std::vector<std::uint32_t> indices(size + kRoomToCollect), expected_indices(size + kRoomToCollect);
    indices.resize(CollectAtLeast(values, 25, indices.data()));
    expected_indices.resize(CollectAtLeastPortably(values, 25, expected_indices.data()));
    ASSERT_EQ(indices, expected_indices);

    for (std::size_t groups = 8; groups <= size; groups += 8) {
      std::vector<double> maxima(groups), expected_maxima(groups);
      FindMaxima(values, groups, maxima.data());
      FindMaximaPortably(values, groups, expected_maxima.data());
      ASSERT_EQ(maxima, expected_maxima);
    }
  }
}

}  // namespace
}  // namespace valence::classifier
