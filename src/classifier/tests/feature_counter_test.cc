// SPDX-License-Identifier: Apache-2.0
#include "feature_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace valence::classifier {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

std::vector<Pair> Pairs(const FeatureCounter& counter) {
  std::vector<Pair> pairs;
  for (const auto& [id, count] : counter.features()) pairs.emplace_back(id, count);
  return pairs;
}

TEST(FeatureCounter, CountsEachDocumentAnewInOrderOfFirstOccurrence) {
  FeatureCounter counter;
  const std::vector<std::uint32_t> first = {5, 9, 5};
  counter.Count(first);
  EXPECT_THAT(Pairs(counter), testing::ElementsAre(Pair{5, 2}, Pair{9, 1}));
  counter.Count(std::vector<std::uint32_t>{9});
  EXPECT_THAT(Pairs(counter), testing::ElementsAre(Pair{9, 1}));
  counter.Count({});
  EXPECT_TRUE(counter.features().empty());
}

TEST(FeatureCounter, NotesWhereEachFeatureIsFirst) {
  FeatureCounter counter;
  counter.CountAndNote(std::vector<std::uint32_t>{5, 9, 5, 7, 5, 9});
  EXPECT_THAT(Pairs(counter), testing::ElementsAre(Pair{5, 3}, Pair{9, 2}, Pair{7, 1}));
  EXPECT_THAT(counter.firsts(), testing::ElementsAre(0, 1, 3));
}

TEST(FeatureCounter, CountsMoreFeaturesThan16BitsNumber) {
  std::vector<std::uint32_t> occurrences(100000);
  for (std::size_t i = 0; i < occurrences.size(); ++i) occurrences[i] = static_cast<std::uint32_t>(i % 70000);
  FeatureCounter counter;
  counter.Count(occurrences);
  const auto features = counter.features();
  ASSERT_EQ(features.size(), 70000u);
  for (std::uint32_t id = 0; id < 70000; ++id) {
    ASSERT_EQ(features[id].id, id);
    ASSERT_EQ(features[id].count, id < 30000 ? 2u : 1u);
    ASSERT_EQ(counter.PlaceOf(id), id);
  }
}

TEST(FeatureCounter, AgreesWithAMapOnRandomDocuments) {
  std::mt19937 random(3);
  FeatureCounter counter;
  for (int document = 0; document < 2000; ++document) {
    std::vector<std::uint32_t> occurrences(random() % 500);
    std::map<std::uint32_t, std::uint32_t> expected;
    for (std::uint32_t& id : occurrences) {
      id = static_cast<std::uint32_t>(random() % 400);
      ++expected[id];
    }
    counter.Count(occurrences);
    ASSERT_EQ(counter.features().size(), expected.size());
    for (std::size_t place = 0; place < expected.size(); ++place) {
      const auto [id, count] = counter.features()[place];
      ASSERT_EQ(count, expected[id]);
      ASSERT_EQ(counter.PlaceOf(id), place);
    }
  }
}

}  // namespace
}  // namespace valence::classifier
