// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "store_fixture.h"
#include "valence/base/files.h"
#include "valence/base/utf8.h"

namespace valence::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using SqliteTrackingStoreTest = StoreTest;

TEST_F(SqliteTrackingStoreTest, EnsuresAnExperimentOnce) {
  EXPECT_EQ(experiment_.experiment_id, "1");  // 0 is MLflow's Default
  EXPECT_EQ(experiment_.artifact_location, "file://" + (dir_ / "mlruns/1").string());
  EXPECT_EQ(tracking_->EnsureExperiment("sentiment")->experiment_id, "1");
  EXPECT_EQ(tracking_->FindExperiment("Default")->experiment_id, "0");
  EXPECT_EQ(tracking_->ListExperiments()->size(), 2u);
  EXPECT_THAT(tracking_->FindExperiment("x"), IsError(ErrorCode::kNotFound, HasSubstr("'x'")));
  EXPECT_THAT(tracking_->GetExperiment("7"), IsError(ErrorCode::kNotFound, HasSubstr("7")));
  EXPECT_THAT(tracking_->GetExperiment("a"), IsError(ErrorCode::kInvalidArgument, HasSubstr("'a'")));
}

TEST_F(SqliteTrackingStoreTest, RefusesADeletedExperiment) {
  Sql("UPDATE experiments SET lifecycle_stage = 'deleted' WHERE experiment_id = 1");
  EXPECT_THAT(tracking_->EnsureExperiment("sentiment"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("mlflow experiments restore")));
  EXPECT_EQ(tracking_->FindExperiment("sentiment")->lifecycle_stage, "deleted");
}

TEST_F(SqliteTrackingStoreTest, CreatesARunAsMlflowDoes) {
  const tracking::Run run = NewRunNamed("first");
  EXPECT_EQ(run.run_id.size(), 32u);
  EXPECT_EQ(run.status, RunStatus::kRunning);
  EXPECT_EQ(run.user_id, "ann");
  EXPECT_EQ(run.start_time, 1000);
  EXPECT_EQ(run.artifact_uri, experiment_.artifact_location + "/" + run.run_id + "/artifacts");
  EXPECT_THAT(run.tags, ElementsAre(Tag{"mlflow.runName", "first"}));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "mlruns"));  // no folder before there is a file, and never a meta.yaml
}

TEST_F(SqliteTrackingStoreTest, ARepeatedCreateFindsTheRunAgain) {
  const NewRun request{"1", "first", "", 5, {{std::string(kClientRequestId), "abc"}}};
  const Result<tracking::Run> first = tracking_->CreateRun(request);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(tracking_->CreateRun(request)->run_id, first->run_id);
  NewRun other = request;
  other.tags[0].value = "abd";
  EXPECT_NE(tracking_->CreateRun(other)->run_id, first->run_id);
}

TEST_F(SqliteTrackingStoreTest, RefusesTwoNamesForOneRun) {
  EXPECT_THAT(tracking_->CreateRun({"1", "a", "", 0, {{"mlflow.runName", "b"}}}),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("'a' and its tag mlflow.runName 'b' differ")));
  EXPECT_EQ(tracking_->CreateRun({"1", "", "", 0, {{"mlflow.runName", "b"}}})->run_name, "b");
}

TEST_F(SqliteTrackingStoreTest, KeepsTheLatestMetricByStepTimeAndValue) {
  const std::string run = NewRunNamed("r").run_id;
  const std::vector<Metric> first{{"loss", 0.5, 20, 2}, {"loss", 0.7, 10, 1}, {"loss", 0.4, 20, 2}};
  ASSERT_THAT(tracking_->LogBatch(run, first, {}, {}), IsOk());
  EXPECT_THAT(tracking_->GetRun(run)->metrics, ElementsAre(Metric{"loss", 0.5, 20, 2}));
  const std::vector<Metric> older{{"loss", 9.0, 30, 1}};
  ASSERT_THAT(tracking_->LogBatch(run, older, {}, {}), IsOk());
  EXPECT_THAT(tracking_->GetRun(run)->metrics, ElementsAre(Metric{"loss", 0.5, 20, 2}));
  const std::vector<Metric> newer{{"loss", 0.1, 1, 3}};
  ASSERT_THAT(tracking_->LogBatch(run, newer, {}, {}), IsOk());
  EXPECT_THAT(tracking_->GetRun(run)->metrics, ElementsAre(Metric{"loss", 0.1, 1, 3}));
  EXPECT_THAT(
      tracking_->MetricHistory(run, "loss"),
      IsOkAndHolds(ElementsAre(Metric{"loss", 0.7, 10, 1}, Metric{"loss", 9.0, 30, 1}, Metric{"loss", 0.4, 20, 2},
                               Metric{"loss", 0.5, 20, 2}, Metric{"loss", 0.1, 1, 3})));
}

TEST_F(SqliteTrackingStoreTest, LoggingTheSameAgainChangesNothing) {
  const std::string run = NewRunNamed("r").run_id;
  const std::vector<Metric> metrics{{"a", 1, 1, 1}, {"n", std::nan(""), 1, 1}};
  const std::vector<Param> params{{"c", "3"}};
  const std::vector<Tag> tags{{"t", "v"}};
  for (int i = 0; i < 2; ++i) ASSERT_THAT(tracking_->LogBatch(run, metrics, params, tags), IsOk());
  EXPECT_EQ(tracking_->MetricHistory(run, "n")->size(), 1u);
  EXPECT_THAT(tracking_->GetRun(run)->params, ElementsAre(Param{"c", "3"}));
}

TEST_F(SqliteTrackingStoreTest, KeepsNaNAndTheGreatestDoubleForInfinity) {
  const std::string run = NewRunNamed("r").run_id;
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<Metric> metrics{{"nan", std::nan(""), 1, 0}, {"up", infinity, 1, 0}, {"down", -infinity, 1, 0}};
  ASSERT_THAT(tracking_->LogBatch(run, metrics, {}, {}), IsOk());
  const auto latest = tracking_->GetRun(run)->metrics;
  ASSERT_EQ(latest.size(), 3u);
  EXPECT_EQ(latest[0].value, -std::numeric_limits<double>::max());  // "down"
  EXPECT_TRUE(std::isnan(latest[1].value));
  EXPECT_EQ(latest[2].value, std::numeric_limits<double>::max());
  EXPECT_EQ(SqlInt("SELECT count(*) FROM metrics WHERE key = 'nan' AND value = 0 AND is_nan = 1"), 1);
}

TEST_F(SqliteTrackingStoreTest, AParamCannotChangeAndNothingElseIsWritten) {
  const std::string run = NewRunNamed("r").run_id;
  const std::vector<Param> first{{"c", "3"}}, second{{"b", "1"}, {"c", "4"}};
  ASSERT_THAT(tracking_->LogBatch(run, {}, first, {}), IsOk());
  EXPECT_THAT(tracking_->LogBatch(run, {}, second, {}), IsError(ErrorCode::kConflict, HasSubstr("param 'c'")));
  EXPECT_THAT(tracking_->GetRun(run)->params, ElementsAre(Param{"c", "3"}));
}

TEST_F(SqliteTrackingStoreTest, CutsLongValuesAtWholeCharacters) {
  const std::string run = NewRunNamed("r").run_id;
  std::string umlauts;
  for (int i = 0; i < 8001; ++i) umlauts += "ü";
  const std::vector<Param> params{{"p", umlauts}};
  const std::vector<Tag> tags{{"t", umlauts}};
  for (int i = 0; i < 2; ++i) ASSERT_THAT(tracking_->LogBatch(run, {}, params, tags), IsOk());
  EXPECT_EQ(utf8::Length(tracking_->GetRun(run)->params[0].value), 6000u);
  EXPECT_EQ(utf8::Length(FindTag(tracking_->GetRun(run)->tags, "t")), 8000u);
}

TEST_F(SqliteTrackingStoreTest, ATagReplacesAndRenames) {
  const std::string run = NewRunNamed("old").run_id;
  const std::vector<Tag> tags{{"mlflow.runName", "new"}, {"a", "1"}};
  ASSERT_THAT(tracking_->LogBatch(run, {}, {}, tags), IsOk());
  const Result<tracking::Run> read = tracking_->GetRun(run);
  EXPECT_EQ(read->run_name, "new");
  EXPECT_THAT(read->tags, ElementsAre(Tag{"a", "1"}, Tag{"mlflow.runName", "new"}));
}

TEST_F(SqliteTrackingStoreTest, EndsARun) {
  const std::string run = NewRunNamed("r").run_id;
  ASSERT_THAT(tracking_->UpdateRun(run, RunStatus::kFinished, 2000), IsOk());
  ASSERT_THAT(tracking_->UpdateRun(run, RunStatus::kFailed, 0), IsOk());  // 0 leaves the time
  const Result<tracking::Run> read = tracking_->GetRun(run);
  EXPECT_EQ(read->status, RunStatus::kFailed);
  EXPECT_EQ(read->end_time, 2000);
  EXPECT_THAT(tracking_->UpdateRun("nope", RunStatus::kFailed, 0), IsError(ErrorCode::kNotFound, HasSubstr("nope")));
}

TEST_F(SqliteTrackingStoreTest, WritesNothingToADeletedRun) {
  const std::string run = NewRunNamed("r").run_id;
  Sql("UPDATE runs SET lifecycle_stage = 'deleted'");
  const std::vector<Tag> tags{{"a", "1"}};
  EXPECT_THAT(tracking_->LogBatch(run, {}, {}, tags),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("mlflow runs restore")));
  EXPECT_THAT(tracking_->SearchRuns({{"1"}, "", {}, 10}), IsOkAndHolds(IsEmpty()));
}

TEST_F(SqliteTrackingStoreTest, SharesADataSetBetweenRuns) {
  const std::vector<DatasetInput> inputs{{"imdb", "abc", "local", R"({"uri":"a"})", "{}", "", "training"},
                                         {"imdb", "abd", "local", R"({"uri":"b"})", "", "{}", "eval"}};
  const std::string first = NewRunNamed("a").run_id, second = NewRunNamed("b").run_id;
  for (const auto& run : {first, second, first}) ASSERT_THAT(tracking_->LogInputs(run, inputs), IsOk());
  EXPECT_EQ(SqlInt("SELECT count(*) FROM datasets"), 2);
  EXPECT_EQ(SqlInt("SELECT count(*) FROM inputs"), 4);
  const auto read = tracking_->GetRun(second)->inputs;
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].schema, "{}");
  EXPECT_EQ(read[1].context, "eval");
}

TEST_F(SqliteTrackingStoreTest, TiesALoggedModelToItsRun) {
  const tracking::Run run = NewRunNamed("r");
  const LoggedModel model = NewModelOf(run);
  EXPECT_EQ(model.status, ModelStatus::kPending);
  EXPECT_EQ(model.artifact_location, experiment_.artifact_location + "/models/" + model.model_id + "/artifacts");
  for (int i = 0; i < 2; ++i) ASSERT_THAT(tracking_->LogOutput(run.run_id, {model.model_id, 3}), IsOk());
  const DatasetInput data{"test", "abc", "local", "{}", "", "", "eval"};
  const std::vector<Metric> metrics{{"acc", 0.9, 5, 0}, {"bad", std::nan(""), 5, 0}};
  for (int i = 0; i < 2; ++i)
    ASSERT_THAT(tracking_->LogModelMetrics(run.run_id, model.model_id, metrics, &data), IsOk());
  ASSERT_THAT(tracking_->FinishLoggedModel(model.model_id, ModelStatus::kReady), IsOk());

  const Result<tracking::Run> read = tracking_->GetRun(run.run_id);
  ASSERT_EQ(read->outputs.size(), 1u);
  EXPECT_EQ(read->outputs[0].model_id, model.model_id);
  EXPECT_EQ(read->outputs[0].step, 3);
  EXPECT_EQ(read->metrics.size(), 2u);
  EXPECT_EQ(tracking_->GetLoggedModel(model.model_id)->status, ModelStatus::kReady);
  EXPECT_EQ(SqlInt("SELECT count(*) FROM logged_model_metrics WHERE dataset_uuid IS NOT NULL"), 1);
  EXPECT_THAT(tracking_->LogOutput(run.run_id, {"m-x", 0}), IsError(ErrorCode::kNotFound, HasSubstr("m-x")));
}

TEST_F(SqliteTrackingStoreTest, SearchesManyRunsAsItSearchesFew) {
  for (int i = 0; i < 205; ++i) {  // above the count from which whole tables are read
    const std::string run = NewRunNamed("run " + std::to_string(i)).run_id;
    const std::vector<Metric> metrics{{"acc", i / 1000.0, 1, 0}, {"a", 1, 1, 0}};
    const std::vector<Param> params{{"z", "1"}, {"c", std::to_string(i % 5)}};
    ASSERT_THAT(tracking_->LogBatch(run, metrics, params, {}), IsOk());
  }
  RunQuery query{{"1"}, "params.c = '2'", {"metrics.acc DESC"}, 3};
  const auto few = tracking_->SearchRuns(query);
  ASSERT_THAT(few, IsOk());
  ASSERT_EQ(few->size(), 3u);
  EXPECT_EQ((*few)[0].run_name, "run 202");
  EXPECT_EQ((*few)[2].run_name, "run 192");
  query = {{"1"}, "", {"metrics.acc DESC"}, 1000};
  const auto all = tracking_->SearchRuns(query);
  ASSERT_EQ(all->size(), 205u);
  for (const tracking::Run& run : {(*all)[2], (*few)[0]}) {
    EXPECT_EQ(run.run_name, "run 202");
    EXPECT_THAT(run.metrics, ElementsAre(Metric{"a", 1, 1, 0}, Metric{"acc", 0.202, 1, 0}));
    EXPECT_THAT(run.params, ElementsAre(Param{"c", "2"}, Param{"z", "1"}));
  }
  EXPECT_THAT(tracking_->SearchRuns({{"0"}, "", {}, 10}), IsOkAndHolds(IsEmpty()));
}

TEST_F(SqliteTrackingStoreTest, KeepsArtifactsBesideTheDatabase) {
  const tracking::Run run = NewRunNamed("r");
  ASSERT_THAT(WriteFile(dir_ / "report.html", "<p>"), IsOk());
  ASSERT_THAT(tracking_->UploadArtifact(run.artifact_uri, "reports/report.html", dir_ / "report.html"), IsOk());
  const auto file = dir_ / ("mlruns/1/" + run.run_id + "/artifacts/reports/report.html");
  EXPECT_THAT(ReadFile(file), IsOkAndHolds(std::string("<p>")));
  EXPECT_EQ(tracking_->ListArtifacts(run.artifact_uri, "reports")->at(0).path, "reports/report.html");
  ASSERT_THAT(tracking_->DownloadArtifact(run.artifact_uri, "reports/report.html", dir_ / "back"), IsOk());
  EXPECT_THAT(ReadFile(dir_ / "back"), IsOkAndHolds(std::string("<p>")));
}

TEST_F(SqliteTrackingStoreTest, KnowsWhereMlflowServerKeepsArtifacts) {
  ASSERT_THAT(WriteFile(dir_ / "mlartifacts/1/r/artifacts/x", "1"), IsOk());
  EXPECT_EQ(tracking_->ListArtifacts("mlflow-artifacts:/1/r/artifacts", "")->at(0).path, "x");
  EXPECT_THAT(tracking_->ListArtifacts("mlflow-artifacts:/../..", ""),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("artifact path")));
  EXPECT_THAT(tracking_->ListArtifacts("s3://bucket/1", ""), IsError(ErrorCode::kUnimplemented, HasSubstr("s3://")));
}

}  // namespace
}  // namespace valence::tracking
