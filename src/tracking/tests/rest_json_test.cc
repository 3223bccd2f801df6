// SPDX-License-Identifier: Apache-2.0
#include "rest_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/matchers.h"

namespace valence::tracking::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Json Parsed(const std::string& text) {
  Result<Json> json = Json::Parse(text);
  EXPECT_THAT(json, IsOk());
  return json.has_value() ? *std::move(json) : Json();
}

TEST(RestJson, WritesNanAndInfinitiesAsMlflowsStrings) {
  EXPECT_EQ(MetricJson({"loss", std::nan(""), 5, 6}).Dump(), R"({"key":"loss","value":"NaN","timestamp":5,"step":6})");
  EXPECT_EQ(ValueJson(HUGE_VAL).Dump(), R"("Infinity")");
  EXPECT_EQ(ValueJson(-HUGE_VAL).Dump(), R"("-Infinity")");
  EXPECT_EQ(ValueJson(0.5).Dump(), "0.5");
}

TEST(RestJson, ReadsNumbersThatOldServersSendAsStrings) {
  const Metric metric = MetricFrom(Parsed(R"({"key":"a","value":"0.25","timestamp":"1700000000000","step":"3"})"));
  EXPECT_EQ(metric, (Metric{"a", 0.25, 1'700'000'000'000, 3}));
}

TEST(RestJson, ReadsNanBack) {
  EXPECT_TRUE(std::isnan(MetricFrom(Parsed(R"({"key":"a","value":"NaN"})")).value));
  EXPECT_EQ(MetricFrom(Parsed(R"({"key":"a","value":"-Infinity"})")).value, -HUGE_VAL);
}

TEST(RestJson, ReadsARunWithInputsAndOutputs) {
  const auto run = RunFrom(Parsed(R"({
    "info": {"run_uuid": "abc", "experiment_id": "1", "status": "FINISHED", "start_time": "10", "end_time": 20},
    "data": {"metrics": [{"key": "b", "value": 2}, {"key": "a", "value": 1}],
             "tags": [{"key": "mlflow.runName", "value": "calm-owl"}]},
    "inputs": {"dataset_inputs": [{"dataset": {"name": "train", "digest": "d"},
                                   "tags": [{"key": "mlflow.data.context", "value": "training"}]}]},
    "outputs": {"model_outputs": [{"model_id": "m-1", "step": "4"}]}})"));
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->run_id, "abc");
  EXPECT_EQ(run->run_name, "calm-owl");
  EXPECT_EQ(run->start_time, 10);
  EXPECT_EQ(run->end_time, 20);
  EXPECT_THAT(run->metrics, ElementsAre(Metric{"a", 1}, Metric{"b", 2}));
  ASSERT_EQ(run->inputs.size(), 1u);
  EXPECT_EQ(run->inputs[0].context, "training");
  ASSERT_EQ(run->outputs.size(), 1u);
  EXPECT_EQ(run->outputs[0].step, 4);
}

TEST(RestJson, RefusesARunWithoutIdOrWithAnUnknownStatus) {
  EXPECT_THAT(RunFrom(Parsed(R"({"info":{}})")), IsError(ErrorCode::kDataCorrupt, HasSubstr("without an id")));
  EXPECT_THAT(RunFrom(Parsed(R"({"info":{"run_id":"a","status":"DREAMING"}})")),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("DREAMING")));
}

TEST(RestJson, ReadsTheModelIdFromTheSourceWhereAServerOmitsIt) {
  const ModelVersion version =
      ModelVersionFrom(Parsed(R"({"name":"s","version":"2","source":"models:/m-12","aliases":["champion","a"]})"));
  EXPECT_EQ(version.model_id, "m-12");
  EXPECT_THAT(version.aliases, ElementsAre("a", "champion"));
}

TEST(RestJson, LeavesOutWhatADataSetDoesNotHave) {
  EXPECT_EQ(DatasetJson({"train", "d", "local", R"({"uri":"x"})", "", "", "training"}).Dump(),
            R"({"dataset":{"name":"train","digest":"d","source_type":"local","source":"{\"uri\":\"x\"}"},)"
            R"("tags":[{"key":"mlflow.data.context","value":"training"}]})");
}

}  // namespace
}  // namespace valence::tracking::internal
