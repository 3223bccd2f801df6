// SPDX-License-Identifier: Apache-2.0
#include "run_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/matchers.h"

namespace valence::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Run ExampleRun() {
  tracking::Run run;
  run.run_id = "r1";
  run.run_name = "Ünder_score";
  run.status = RunStatus::kFinished;
  run.start_time = 1000;
  run.metrics = {{"acc", 0.9}, {"loss", std::nan("")}};
  run.params = {{"ngram", "3"}};
  run.tags = {{"mlflow.user", "ann"}, {"team a", "x"}};
  run.inputs = {{"train", "d1", "local", "", "", "", "training"}, {"test", "d2", "local", "", "", "", "eval"}};
  return run;
}

bool Matches(const std::string& text) {
  const auto filter = RunFilter::Parse(text);
  EXPECT_THAT(filter, IsOk()) << text;
  return filter.has_value() && filter->Matches(ExampleRun());
}

struct Case {
  const char* text;
  bool matches;
};

class FilterCases : public testing::TestWithParam<Case> {};

TEST_P(FilterCases, AreDecidedAsByMlflow) { EXPECT_EQ(Matches(GetParam().text), GetParam().matches); }

INSTANTIATE_TEST_SUITE_P(
    RunFilter, FilterCases,
    testing::Values(Case{"", true}, Case{"  ", true}, Case{"metrics.acc > 0.8", true}, Case{"metrics.acc>0.9", false},
                    Case{"metric.acc >= 9e-1", true}, Case{"metrics.acc < 0.95 and metrics.acc != 0.5", true},
                    Case{"metrics.absent != 1", false}, Case{"metrics.loss != 1", false},
                    Case{"params.ngram = '3'", true}, Case{"params.ngram = \"2\"", false},
                    Case{"parameter.ngram != '2'", true}, Case{"params.absent != '2'", false},
                    Case{"tags.mlflow.user = 'ann'", true}, Case{"tags.`team a` = 'x'", true},
                    Case{"tag.\"team a\" LIKE '%'", true}, Case{"tags.absent IS NULL", true},
                    Case{"tags.absent is not null", false}, Case{"params.ngram IS NOT NULL", true},
                    Case{"attributes.status = 'FINISHED'", true}, Case{"status != 'FINISHED'", false},
                    Case{"run_id IN ('r0', 'r1')", true}, Case{"attr.run_id not in ('r0','r1')", false},
                    Case{"run_name LIKE '_nder%score'", true}, Case{"run_name LIKE 'ünder%'", false},
                    Case{"run_name ILIKE '%SCORE'", true}, Case{"run_name LIKE '%SCORE'", false},
                    Case{"start_time >= 1000", true}, Case{"end_time > 0", false}, Case{"datasets.name = 'test'", true},
                    Case{"datasets.context = 'validation'", false},
                    Case{"metrics.acc > 0.5 AND params.ngram = '3' and status = 'FAILED'", false}));

TEST(RunFilter, SaysWhereTheTextIsWrong) {
  const auto refuses = [](const char* text, const char* why) {
    EXPECT_THAT(RunFilter::Parse(text), IsError(ErrorCode::kInvalidArgument, HasSubstr(why))) << text;
  };
  refuses("metrics.acc", "expected one of");
  refuses("metrics.acc > ", "expected a number at ''");
  refuses("metrics.acc > '1'", "a number at ''1''");
  refuses("metrics.acc LIKE 'a'", "operator that fits 'acc'");
  refuses("params.n > '1'", "operator that fits 'n'");
  refuses("params.n = 1", "a text in quotes at '1'");
  refuses("params.n = 'a", "closing quote");
  refuses("speed > 1", "unknown attribute 'speed'");
  refuses("speeds.x > 1", "wanted metrics.");
  refuses("metrics.a > 1 or metrics.b > 2", "OR is not in MLflow's grammar");
  refuses("run_id IN ('a' 'b')", "expected ','");
  refuses("params.n IN ('a')", "IN only with attributes");
  refuses("metrics.a IS NULL", "IS NULL only");
  refuses("metrics. > 1", "names no key");
}

TEST(RunFilter, NamesTheFieldsItReads) {
  const auto filter = RunFilter::Parse("metrics.acc > 1 and tags.a = 'b'");
  ASSERT_THAT(filter, IsOk());
  EXPECT_THAT(filter->fields(),
              ElementsAre(RunField{RunField::Kind::kMetric, "acc"}, RunField{RunField::Kind::kTag, "a"}));
}

std::vector<std::string> Ordered(std::vector<tracking::Run> runs, const std::vector<std::string>& order_by) {
  const auto order = RunOrder::Parse(order_by);
  EXPECT_THAT(order, IsOk());
  std::sort(runs.begin(), runs.end(), *order);
  std::vector<std::string> ids;
  for (const tracking::Run& run : runs) ids.push_back(run.run_id);
  return ids;
}

Run Scored(const std::string& id, std::int64_t start, std::vector<Metric> metrics) {
  tracking::Run run;
  run.run_id = id;
  run.start_time = start;
  run.metrics = std::move(metrics);
  return run;
}

TEST(RunOrder, PutsNaNAndMissingLastBothWays) {
  const std::vector<tracking::Run> runs{Scored("none", 1, {}), Scored("nan", 2, {{"acc", std::nan("")}}),
                                        Scored("low", 3, {{"acc", 0.1}}), Scored("high", 4, {{"acc", 0.9}})};
  EXPECT_THAT(Ordered(runs, {"metrics.acc DESC"}), ElementsAre("high", "low", "nan", "none"));
  EXPECT_THAT(Ordered(runs, {"metrics.acc"}), ElementsAre("low", "high", "nan", "none"));
}

TEST(RunOrder, IsNewestFirstThenById) {
  const std::vector<tracking::Run> runs{Scored("b", 5, {}), Scored("a", 5, {}), Scored("new", 6, {})};
  EXPECT_THAT(Ordered(runs, {}), ElementsAre("new", "a", "b"));
  EXPECT_THAT(Ordered(runs, {"start_time asc"}), ElementsAre("a", "b", "new"));
  EXPECT_THAT(RunOrder::Parse({"metrics.acc DESC LIMIT"}), IsOk());  // a key with spaces, as in MLflow
  EXPECT_THAT(RunOrder::Parse({"speed DESC"}), IsError(ErrorCode::kInvalidArgument, HasSubstr("order_by: unknown")));
}

}  // namespace
}  // namespace valence::tracking
