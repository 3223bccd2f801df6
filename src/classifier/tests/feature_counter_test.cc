// SPDX-License-Identifier: Apache-2.0
#include "feature_counter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace valence::classifier {
namespace {

TEST(FeatureCounter, CountsEachDocumentAnewInOrderOfFirstOccurrence) {
  FeatureCounter counter;
  const std::vector<std::uint32_t> first = {5, 9, 5};
  std::vector<std::uint32_t> places(3);
  counter.Count(first, places.data());
  ASSERT_EQ(counter.entries().size(), 2u);
  EXPECT_EQ(counter.entries()[0].id, 5u);
  EXPECT_EQ(counter.entries()[0].count, 2u);
  EXPECT_EQ(counter.entries()[1].count, 1u);
  EXPECT_EQ(places, (std::vector<std::uint32_t>{0, 1, 0}));
  counter.Count(std::vector<std::uint32_t>{9}, nullptr);
  ASSERT_EQ(counter.entries().size(), 1u);
  EXPECT_EQ(counter.entries()[0].count, 1u);
  counter.Count({}, nullptr);
  EXPECT_TRUE(counter.entries().empty());
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
    counter.Count(occurrences, nullptr);
    ASSERT_EQ(counter.entries().size(), expected.size());
    for (const auto& entry : counter.entries()) ASSERT_EQ(entry.count, expected[entry.id]);
  }
}

}  // namespace
}  // namespace valence::classifier
