// SPDX-License-Identifier: Apache-2.0
#include "feature_sums.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace valence::classifier {
namespace {

using features::VectorizerConfig;

VectorizerConfig Config(const char* vectorizer, const char* norm, bool sublinear) {
  VectorizerConfig config;
  config.vectorizer = vectorizer;
  config.norm = norm;
  config.sublinear_tf = sublinear;
  return config;
}

/// Factors and weights of so many nodes and places.
struct Cells {
  explicit Cells(std::size_t count) : nodes(2 * count), places(2 * count) {
    std::mt19937_64 random(count);
    std::normal_distribution<double> normal;
    for (double& cell : nodes) cell = normal(random);
    for (double& cell : places) cell = normal(random);
  }
  OneRowCells tables() const { return {nodes.data(), places.data()}; }

  std::vector<double> nodes, places;
};

TEST(FeatureSums, AreThoseComputedByHand) {
  const std::vector<double> nodes = {2, 3, 0.5, -4};
  const std::vector<double> places = {1, 10};
  const std::vector<CountedFeature> features = {{1, 2}, {kPlaceBit, 1}};
  const VectorizerConfig config = Config("tfidf", "l2", false);
  std::vector<double> sizes(2);
  for (const auto add_up : {AddUpFeatures, AddUpFeaturesPortably}) {
    const FeatureSums sums = add_up(features, {nodes.data(), places.data()}, TermFrequency(config),
                                    DocumentNorm::KindOf(config), sizes.data());
    EXPECT_EQ(sums.score, 2 * 0.5 * -4 + 10);
    EXPECT_EQ(sums.norm.Length(), std::sqrt(2.0));
    EXPECT_EQ(sizes, (std::vector<double>{2, 10}));
  }
}

// Whatever the number of features, and counts below and above what is in tables.
TEST(FeatureSums, AreTheSameOnEveryProcessor) {
  constexpr std::size_t kCells = 1000;
  const Cells cells(kCells);
  std::mt19937_64 random(7);
  for (const VectorizerConfig& config : {Config("tfidf", "l2", false), Config("tfidf", "l2", true),
                                         Config("count", "none", false), Config("tfidf", "l1", false)}) {
    const TermFrequency term_frequency(config);
    const DocumentNorm::Kind norm = DocumentNorm::KindOf(config);
    for (std::size_t size = 0; size < 200; ++size) {
      std::vector<CountedFeature> features(size);
      for (auto& [id, count] : features) {
        id = static_cast<std::uint32_t>(random() % kCells) | (random() % 2 == 0 ? kPlaceBit : 0);
        count = static_cast<std::uint32_t>(random() % 20 == 0 ? random() % 200 + 1 : random() % 7 + 1);
      }
      std::vector<double> sizes(size + 1, -1.0), expected_sizes(size + 1, -1.0);  // one more, which stays as it is
      const auto sums = AddUpFeatures(features, cells.tables(), term_frequency, norm, sizes.data());
      const auto expected =
          AddUpFeaturesPortably(features, cells.tables(), term_frequency, norm, expected_sizes.data());
      ASSERT_EQ(sums.score, expected.score) << size;
      ASSERT_EQ(sums.norm.Length(), expected.norm.Length()) << size;
      ASSERT_EQ(sizes, expected_sizes);
      ASSERT_EQ(AddUpFeatures(features, cells.tables(), term_frequency, norm, nullptr).score, expected.score);
      ASSERT_EQ(AddUpFeaturesPortably(features, cells.tables(), term_frequency, norm, nullptr).score, expected.score);
    }
  }
}

}  // namespace
}  // namespace valence::classifier
