// SPDX-License-Identifier: Apache-2.0
#include "feature_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace valence::classifier {
namespace {

TEST(FeatureCounter, CountsEachDocumentAnewInOrderOfFirstOccurrence) {
  FeatureCounter counter;
  const std::vector<std::uint32_t> first = {5, 9, 5};
  counter.Count(first);
  EXPECT_THAT(counter.ids(), testing::ElementsAre(5, 9));
  EXPECT_THAT(counter.counts(), testing::ElementsAre(2, 1));
  counter.Count(std::vector<std::uint32_t>{9});
  EXPECT_THAT(counter.ids(), testing::ElementsAre(9));
  EXPECT_THAT(counter.counts(), testing::ElementsAre(1));
  counter.Count({});
  EXPECT_TRUE(counter.ids().empty());
}

TEST(FeatureCounter, ChainsTheOccurrencesOfEachFeature) {
  FeatureCounter counter;
  const std::vector<std::uint32_t> document = {5, 9, 5, 7, 5, 9};
  std::vector<std::uint32_t> previous(document.size());
  counter.CountAndChain(document, previous.data());
  EXPECT_THAT(counter.ids(), testing::ElementsAre(5, 9, 7));
  EXPECT_THAT(counter.lasts(), testing::ElementsAre(4, 5, 3));
  EXPECT_EQ(previous[4], 2u);
  EXPECT_EQ(previous[2], 0u);
  EXPECT_EQ(previous[5], 1u);
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
    ASSERT_EQ(counter.ids().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(counter.counts()[i], expected[counter.ids()[i]]);
  }
}

}  // namespace
}  // namespace valence::classifier
