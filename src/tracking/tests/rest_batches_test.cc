// SPDX-License-Identifier: Apache-2.0
#include "rest_batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "valence/base/json.h"

namespace valence::tracking::internal {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Le;

std::vector<Metric> MakeMetrics(std::size_t count) {
  std::vector<Metric> metrics;
  for (std::size_t i = 0; i < count; ++i) metrics.push_back({"m", 0.5, 1, static_cast<std::int64_t>(i)});
  return metrics;
}

template <class Pair>
std::vector<Pair> MakePairs(std::size_t count, const std::string& value) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back({"k" + std::to_string(i), value});
  return pairs;
}

struct Sizes {
  std::size_t params, tags, metrics;
  bool operator==(const Sizes&) const = default;
};
void PrintTo(const Sizes& s, std::ostream* os) { *os << s.params << '/' << s.tags << '/' << s.metrics; }

std::vector<Sizes> SizesOf(const std::vector<std::string>& bodies) {
  std::vector<Sizes> sizes;
  for (const std::string& body : bodies) {
    const Result<Json> json = Json::Parse(body);
    EXPECT_THAT(json, IsOk());
    const auto count = [&](const char* key) {
      return json->Find(key) == nullptr ? 0 : json->Find(key)->array().size();
    };
    sizes.push_back({count("params"), count("tags"), count("metrics")});
  }
  return sizes;
}

TEST(BatchBodies, PutsARunOfAThousandMetricsIntoTwoCalls) {
  const auto bodies = BatchBodies("r", MakeMetrics(1000), MakePairs<Param>(60, "v"), MakePairs<Tag>(20, "v"), true);
  ASSERT_THAT(bodies, IsOk());
  EXPECT_THAT(SizesOf(*bodies), testing::ElementsAre(Sizes{60, 20, 920}, Sizes{0, 0, 80}));
}

TEST(BatchBodies, SendsNothingForNothing) {
  EXPECT_THAT(BatchBodies("r", {}, {}, {}, true), IsOkAndHolds(testing::IsEmpty()));
}

TEST(BatchBodies, KeepsToAHundredParamsAndTagsACall) {
  const auto bodies = BatchBodies("r", {}, MakePairs<Param>(150, "v"), MakePairs<Tag>(101, "v"), true);
  ASSERT_THAT(bodies, IsOk());
  EXPECT_THAT(SizesOf(*bodies), testing::ElementsAre(Sizes{100, 0, 0}, Sizes{50, 100, 0}, Sizes{0, 1, 0}));
}

TEST(BatchBodies, KeepsEachBodyBelowAMillionBytes) {
  // 100 tags of 8000 characters with 3 bytes each are 2.4 MB.
  std::string value;
  for (int i = 0; i < 8000; ++i) value += "\u20ac";
  const auto bodies = BatchBodies("r", {}, {}, MakePairs<Tag>(100, value), true);
  ASSERT_THAT(bodies, IsOk());
  std::vector<std::size_t> lengths;
  std::size_t tags = 0;
  for (const std::string& body : *bodies) lengths.push_back(body.size());
  for (const Sizes& sizes : SizesOf(*bodies)) tags += sizes.tags;
  EXPECT_EQ(tags, 100u);
  EXPECT_EQ(bodies->size(), 3u);
  EXPECT_THAT(lengths, Each(Le(1'000'000u)));
}

TEST(BatchBodies, CutsLongValuesAsMlflowDoes) {
  const std::vector<Param> params{{"k", std::string(7000, 'x')}};
  const auto bodies = BatchBodies("r", {}, params, {}, true);
  ASSERT_THAT(bodies, IsOk());
  EXPECT_THAT(bodies->front(), HasSubstr("\"" + std::string(6000, 'x') + "\""));
  EXPECT_THAT(BatchBodies("r", {}, params, {}, false),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("'k' has 7000 characters, MLflow keeps 6000")));
}

TEST(BatchBodies, RefusesAKeyThatMlflowRefuses) {
  EXPECT_THAT(BatchBodies("r", {}, std::vector<Param>{{"a//b", "v"}}, {}, true),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("a//b")));
}

TEST(BatchBodies, NamesModelAndDataSetOfAMetric) {
  const MetricOwner owner{"m-1", "test", "d1"};
  const auto bodies = BatchBodies("r", MakeMetrics(1), {}, {}, true, &owner);
  ASSERT_THAT(bodies, IsOk());
  EXPECT_THAT(bodies->front(), HasSubstr(R"("model_id":"m-1","dataset_name":"test","dataset_digest":"d1")"));
}

}  // namespace
}  // namespace valence::tracking::internal
