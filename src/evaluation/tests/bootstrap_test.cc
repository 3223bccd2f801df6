// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "scored_samples.h"
#include "valence/linalg/parallel.h"

namespace valence::evaluation {
namespace {

/// Document drawn: a copy of the data, the slow way the weighted sums stand for.
Scored Resample(const Scored& scored, std::uint32_t seed) {
  linalg::RandomState random(seed);
  Scored drawn{.labels = scored.labels, .truth = {}, .predicted = {}, .probabilities = {}, .text_bytes = {}};
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const std::size_t pick = random.Interval(scored.size() - 1);
    drawn.truth.push_back(scored.truth[pick]);
    drawn.predicted.push_back(scored.predicted[pick]);
    drawn.probabilities.push_back(scored.probabilities[2 * pick]);
    drawn.probabilities.push_back(scored.probabilities[2 * pick + 1]);
  }
  return drawn;
}

TEST(Bootstrap, EqualsTheMetricsOfDrawnCopies) {
  const Scored scored = ManyDocuments(300);
  const auto intervals = BootstrapIntervals(scored, 5, 42);
  ASSERT_EQ(intervals.size(), MetricNames().size());
  for (const std::string_view name : MetricNames()) {
    std::vector<double> values;
    for (std::uint32_t r = 0; r < 5; ++r) {
      values.push_back(ComputeMetrics(Resample(scored, 42 + r)).value().Find(name).value());
    }
    std::sort(values.begin(), values.end());
    // numpy.percentile of 5 values: position 0.025 * 4 = 0.1, and 3.9.
    const Interval interval = intervals.at(std::string(name));
    EXPECT_NEAR(interval.low, values[0] + 0.1 * (values[1] - values[0]), 1e-13) << name;
    EXPECT_NEAR(interval.high, values[3] + 0.9 * (values[4] - values[3]), 1e-13) << name;
  }
}

TEST(Bootstrap, DoesNotDependOnTheThreadCount) {
  const Scored scored = ManyDocuments(500);
  const int threads = linalg::Threads();
  linalg::SetThreads(1);
  const auto alone = BootstrapIntervals(scored, 200, 1);
  linalg::SetThreads(3);
  const auto together = BootstrapIntervals(scored, 200, 1);
  linalg::SetThreads(threads);
  for (const auto& [name, interval] : alone) {
    EXPECT_EQ(interval.low, together.at(name).low) << name;
    EXPECT_EQ(interval.high, together.at(name).high) << name;
  }
}

TEST(Bootstrap, HoldsTheFigureItself) {
  const Scored scored = ManyDocuments(2000);
  const Metrics m = ComputeMetrics(scored).value();
  const Interval accuracy = BootstrapIntervals(scored, 500, 3).at("accuracy");
  EXPECT_LT(accuracy.low, m.accuracy);
  EXPECT_GT(accuracy.high, m.accuracy);
  // Normal approximation of a share: +- 1.96 sqrt(p (1 - p) / n).
  const double half_width = 1.96 * std::sqrt(m.accuracy * (1 - m.accuracy) / 2000);
  EXPECT_NEAR((accuracy.high - accuracy.low) / 2, half_width, 0.2 * half_width);
}

TEST(Bootstrap, LeavesOutResamplesWithoutAnArea) {
  Scored scored = FourDocuments();  // one resample in eight has a single class
  const Interval auc = BootstrapIntervals(scored, 100, 0).at("roc_auc");
  EXPECT_FALSE(std::isnan(auc.low));
  scored.truth = {1, 1, 1, 1};
  EXPECT_TRUE(std::isnan(BootstrapIntervals(scored, 100, 0).at("roc_auc").high));
}

TEST(Bootstrap, IsEmptyWithoutResamples) { EXPECT_TRUE(BootstrapIntervals(FourDocuments(), 0, 0).empty()); }

}  // namespace
}  // namespace valence::evaluation
