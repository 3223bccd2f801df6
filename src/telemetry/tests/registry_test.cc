// SPDX-License-Identifier: Apache-2.0
#include "valence/telemetry/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace valence::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Registry, CountersAreSummedOverShards) {
  Registry registry(3);
  Counters* const counters = registry.AddCounters("a_total", "help", {{{"x", "1"}}, {{"x", "2"}}});
  counters->Add(0, 0);
  counters->Add(1, 0, 5);
  counters->Add(2, 1);
  EXPECT_EQ(registry.Expose(), "# HELP a_total help\n# TYPE a_total counter\na_total{x=\"1\"} 6\na_total{x=\"2\"} 1\n");
}

TEST(Registry, ZeroSeriesCanBeHidden) {
  Registry registry(1);
  registry.AddCounters("shown_total", "h", {{{"x", "1"}}});
  registry.AddCounters("hidden_total", "h", {{{"x", "1"}}}, ZeroSeries::kHide);
  EXPECT_THAT(registry.Expose(), HasSubstr("shown_total{x=\"1\"} 0"));
  EXPECT_THAT(registry.Expose(), Not(HasSubstr("hidden_total{")));
}

TEST(Registry, UpDownMayBeLoweredByAnotherShard) {
  Registry registry(2);
  Counters* const gauge = registry.AddUpDown("in_flight", "h");
  gauge->Add(0);
  gauge->Add(0);
  gauge->Subtract(1);
  EXPECT_THAT(registry.Expose(), HasSubstr("# TYPE in_flight gauge\nin_flight 1\n"));
}

TEST(Registry, HistogramBucketsAreCumulativeAndTakeTheirBound) {
  Registry registry(2);
  Histograms* const histograms = registry.AddHistograms("t_seconds", "h", {0.5, 1.0}, {{{"r", "a"}}});
  histograms->Observe(0, 0, 0.5);
  histograms->Observe(1, 0, 0.75);
  histograms->Observe(1, 0, 2.0);
  EXPECT_EQ(histograms->Count(), 3u);
  EXPECT_THAT(registry.Expose(), HasSubstr("t_seconds_count{r=\"a\"} 3\n"
                                           "t_seconds_sum{r=\"a\"} 3.25\n"
                                           "t_seconds_bucket{r=\"a\",le=\"0.5\"} 1\n"
                                           "t_seconds_bucket{r=\"a\",le=\"1\"} 2\n"
                                           "t_seconds_bucket{r=\"a\",le=\"+Inf\"} 3\n"));
}

TEST(Registry, SeriesOfAHistogramDoNotMix) {
  Registry registry(1);
  Histograms* const histograms = registry.AddHistograms("t", "h", {1.0}, {{{"r", "a"}}, {{"r", "b"}}});
  histograms->Observe(0, 1, 7);
  EXPECT_EQ(histograms->Count(0), 0u);
  EXPECT_EQ(histograms->Count(1), 1u);
}

TEST(Registry, LabelValuesAreEscaped) {
  Registry registry(1);
  registry.AddConstant("info", "h", 1, {{"label", "a\"b\\c\nd"}});
  EXPECT_THAT(registry.Expose(), HasSubstr("info{label=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(Registry, FamiliesAreSortedByName) {
  Registry registry(1);
  registry.AddConstant("b", "h", 1);
  registry.AddConstant("a", "h", 2);
  const std::string text = registry.Expose();
  EXPECT_LT(text.find("\na 2"), text.find("\nb 1"));
}

TEST(Registry, SeveralAreExposedAsOne) {
  Registry first(1);
  Registry second(1);
  first.AddCounters("a_total", "Help of the first.", {{{"from", "first"}}})->Add(0);
  second.AddCounters("a_total", "Help of the second.", {{{"from", "second"}}})->Add(0, 0, 2);
  const Registry* const both[] = {&first, &second};
  EXPECT_EQ(Registry::Expose(both),
            "# HELP a_total Help of the first.\n# TYPE a_total counter\na_total{from=\"first\"} 1\n"
            "a_total{from=\"second\"} 2\n");
}

TEST(Registry, HistogramsThatSawNothingCanBeHidden) {
  Registry registry(1);
  Histograms* const histograms =
      registry.AddHistograms("b", "h", {1.0}, {{{"l", "x"}}, {{"l", "y"}}}, ZeroSeries::kHide);
  histograms->Observe(0, 1, 0.5);
  EXPECT_THAT(registry.Expose(), HasSubstr("b_count{l=\"y\"} 1\n"));
  EXPECT_EQ(registry.Expose().find("l=\"x\""), std::string::npos);
}

TEST(Registry, RecordsFromManyThreadsWhileExposed) {
  constexpr int kThreads = 4;
  constexpr int kTimes = 20000;
  Registry registry(kThreads);
  Counters* const counters = registry.AddCounters("a_total", "h");
  Histograms* const histograms = registry.AddHistograms("b", "h", {1.0, 2.0});
  std::vector<std::jthread> threads;
  for (int shard = 0; shard < kThreads; ++shard) {
    threads.emplace_back([=] {
      for (int i = 0; i < kTimes; ++i) {
        counters->Add(shard);
        histograms->Observe(shard, 0, 1.5);
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_THAT(registry.Expose(), HasSubstr("a_total "));
  threads.clear();
  EXPECT_EQ(counters->Value(), 80000u);
  EXPECT_EQ(histograms->Count(), 80000u);
}

}  // namespace
}  // namespace valence::telemetry
