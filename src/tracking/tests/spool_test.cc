// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "rest_test_support.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/tracking/run_record.h"

namespace valence::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SpoolTest : public testing::Test {
 protected:
  RunRecord MakeRecord() {
    EXPECT_THAT(WriteFile(folder_ / "report.html", "<p>"), IsOk());
    EXPECT_THAT(WriteFile(folder_ / "MLmodel", "flavors: {}\n"), IsOk());
    EXPECT_THAT(WriteFile(folder_ / "model.bin", "weights"), IsOk());
    RunRecord record;
    record.request_id = NewRequestId();
    record.run_name = "calm-owl";
    record.start_time = 10;
    record.end_time = 20;
    record.params = {{"C", "1"}};
    record.metrics = {{"loss", 0.5, 11, 0}, {"loss", 0.25, 12, 1}, {"bad", std::nan(""), 12, 0}, {"acc", 0.9, 13, 0}};
    record.tags = {{"team", "search"}};
    record.datasets = {{"test", "d1", "local", R"({"uri":"t.csv"})", "", "", "eval"}};
    record.artifacts = {{folder_ / "report.html", "reports/report.html"}};
    record.model = RecordedModel{};
    record.model->files = {{folder_ / "MLmodel", "MLmodel"}, {folder_ / "model.bin", "data/model.bin"}};
    record.model->metrics = {{"acc", 0.9, 13, 0}};
    RunRecord child;
    child.run_name = "fold-0";
    child.start_time = 11;
    child.end_time = 12;
    child.metrics = {{"acc", 0.8, 12, 0}};
    record.children = {child};
    return record;
  }
  Stores OpenLocal(const std::string& name) {
    Result<Stores> stores = OpenSqlite(folder_ / name, {.artifacts = folder_ / (name + ".files")});
    EXPECT_THAT(stores, IsOk());
    return *std::move(stores);
  }
  std::vector<tracking::Run> AllRuns(TrackingStore& store) {
    const auto experiment = store.FindExperiment("sentiment");
    EXPECT_THAT(experiment, IsOk());
    const auto runs = store.SearchRuns({.experiment_ids = {experiment->experiment_id}});
    EXPECT_THAT(runs, IsOk());
    return *runs;
  }
  TempDir folder_;
};

TEST_F(SpoolTest, PublishingTwiceChangesNothing) {
  const Stores store = OpenLocal("a.db");
  const RunRecord record = MakeRecord();
  const auto first = Publish(record, *store.tracking);
  const auto again = Publish(record, *store.tracking);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->run_id, first->run_id);
  EXPECT_EQ(again->model_id, first->model_id);
  EXPECT_EQ(again->model_uri, "models:/" + first->model_id);
  EXPECT_THAT(AllRuns(*store.tracking), SizeIs(2));
  EXPECT_THAT(store.tracking->MetricHistory(first->run_id, "loss"), IsOkAndHolds(SizeIs(2)));
}

TEST_F(SpoolTest, CompletesAPublicationThatWasCutShort) {
  const Stores store = OpenLocal("a.db");
  RunRecord record = MakeRecord();
  record.artifacts.push_back({folder_ / "later", "later"});
  EXPECT_THAT(Publish(record, *store.tracking), IsError(ErrorCode::kNotFound, HasSubstr("later")));
  ASSERT_THAT(WriteFile(folder_ / "later", "now"), IsOk());
  const auto published = Publish(record, *store.tracking);
  ASSERT_THAT(published, IsOk());
  EXPECT_THAT(AllRuns(*store.tracking), SizeIs(2));
  const auto run = store.tracking->GetRun(published->run_id);
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->status, RunStatus::kFinished);
  EXPECT_THAT(run->outputs, SizeIs(1));
}

TEST_F(SpoolTest, KeepsARunThatNoServerTakesAndSendsItLater) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("503 Service Unavailable", "down"); });
  const auto down = OpenRest(FastOptions(server.Url("")));
  ASSERT_THAT(down, IsOk());
  const Stores other = OpenLocal("server.db");
  {
    const auto kept = PublishOrSpool(MakeRecord(), *down->tracking, folder_ / "mlflow.db");
    ASSERT_THAT(kept, IsOk());
    EXPECT_THAT(kept->spooled_because, HasSubstr("HTTP 503"));
  }
  for (const char* original : {"report.html", "MLmodel", "model.bin"}) std::filesystem::remove(folder_ / original);

  const auto local = OpenSqlite(folder_ / "mlflow.db", {});
  ASSERT_THAT(local, IsOk());
  const auto spooled = SpooledRuns(*local->tracking);
  ASSERT_THAT(spooled, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(FindTag(spooled->front().tags, "valence.spool.server"), server.Url(""));
  const auto sent = Sync(spooled->front(), *local->tracking, *other.tracking);
  ASSERT_THAT(sent, IsOk());
  EXPECT_THAT(SpooledRuns(*local->tracking), IsOkAndHolds(IsEmpty()));

  const auto run = other.tracking->GetRun(sent->run_id);
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->run_name, "calm-owl");
  EXPECT_EQ(run->end_time, 20);
  EXPECT_THAT(run->params, ElementsAre(Param{"C", "1"}));
  EXPECT_EQ(FindTag(run->tags, "team"), "search");
  EXPECT_EQ(FindTag(run->tags, "valence.spool"), "");
  ASSERT_THAT(run->inputs, SizeIs(1));
  EXPECT_EQ(run->inputs[0].context, "eval");
  EXPECT_THAT(other.tracking->MetricHistory(sent->run_id, "loss"),
              IsOkAndHolds(ElementsAre(Metric{"loss", 0.5, 11, 0}, Metric{"loss", 0.25, 12, 1})));
  const auto bad = other.tracking->MetricHistory(sent->run_id, "bad");
  ASSERT_THAT(bad, IsOkAndHolds(SizeIs(1)));
  EXPECT_TRUE(std::isnan(bad->front().value));
  EXPECT_THAT(other.tracking->DownloadArtifact(run->artifact_uri, "reports/report.html", folder_ / "back"), IsOk());
  EXPECT_THAT(ReadFile(folder_ / "back"), IsOkAndHolds("<p>"));

  const auto model = other.tracking->GetLoggedModel(sent->model_id);
  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->status, ModelStatus::kReady);
  EXPECT_THAT(model->metrics, ElementsAre(Metric{"acc", 0.9, 13, 0}));
  EXPECT_THAT(other.tracking->DownloadArtifact(model->artifact_location, "MLmodel", folder_ / "back"), IsOk());
  EXPECT_THAT(ReadFile(folder_ / "back"), IsOkAndHolds(HasSubstr("model_id: \"" + sent->model_id + "\"")));
  const std::vector<tracking::Run> runs = AllRuns(*other.tracking);
  ASSERT_THAT(runs, SizeIs(2));
  const tracking::Run& child = runs[0].run_id == sent->run_id ? runs[1] : runs[0];
  EXPECT_EQ(FindTag(child.tags, "mlflow.parentRunId"), sent->run_id);
}

TEST_F(SpoolTest, TiesTheMetricsToTheActiveModel) {
  const Stores store = OpenLocal("a.db");
  const auto first = Publish(MakeRecord(), *store.tracking);
  ASSERT_THAT(first, IsOk());
  RunRecord record = MakeRecord();
  record.model.reset();
  record.active_model_id = first->model_id;
  const auto published = Publish(record, *store.tracking);
  ASSERT_THAT(published, IsOk());
  EXPECT_THAT(published->warnings, IsEmpty());
  const auto model = store.tracking->GetLoggedModel(first->model_id);
  ASSERT_THAT(model, IsOk());
  std::vector<std::string> keys;
  for (const Metric& metric : model->metrics) keys.push_back(metric.key);
  // acc once by the run that made the model, then by the second run and its child; the NaN is the run's alone
  EXPECT_THAT(keys, ElementsAre("acc", "acc", "acc", "loss", "loss"));
  EXPECT_THAT(store.tracking->MetricHistory(published->run_id, "bad"), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(store.tracking->MetricHistory(published->run_id, "loss"), IsOkAndHolds(SizeIs(2)));
}

TEST_F(SpoolTest, KeepsARunWhoseActiveModelIsNotThere) {
  const Stores store = OpenLocal("a.db");
  RunRecord record = MakeRecord();
  record.active_model_id = "m-none";
  const auto published = Publish(record, *store.tracking);
  ASSERT_THAT(published, IsOk());
  EXPECT_THAT(published->warnings, ElementsAre(HasSubstr("MLFLOW_ACTIVE_MODEL_ID")));
  EXPECT_THAT(store.tracking->MetricHistory(published->run_id, "loss"), IsOkAndHolds(SizeIs(2)));
}

TEST_F(SpoolTest, TiesARunThatWaitedToTheActiveModelOfItsServer) {
  const Stores local = OpenLocal("a.db"), server = OpenLocal("server.db");
  const auto first = Publish(MakeRecord(), *server.tracking);
  ASSERT_THAT(first, IsOk());
  RunRecord record = MakeRecord();
  record.active_model_id = first->model_id;
  const auto kept = Spool(record, *local.tracking);
  ASSERT_THAT(kept, IsOk());
  EXPECT_THAT(kept->warnings, IsEmpty());
  const auto waiting = SpooledRuns(*local.tracking);
  ASSERT_THAT(waiting, IsOkAndHolds(SizeIs(1)));
  const auto sent = Sync(waiting->front(), *local.tracking, *server.tracking);
  ASSERT_THAT(sent, IsOk());
  const auto model = server.tracking->GetLoggedModel(first->model_id);
  ASSERT_THAT(model, IsOk());
  EXPECT_THAT(model->metrics, SizeIs(5));
}

TEST_F(SpoolTest, SendsARunOnceThoughItIsSentTwice) {
  const Stores local = OpenLocal("mlflow.db");
  const Stores other = OpenLocal("server.db");
  ASSERT_THAT(Spool(MakeRecord(), *local.tracking), IsOk());
  const auto spooled = SpooledRuns(*local.tracking);
  ASSERT_THAT(spooled, IsOkAndHolds(SizeIs(1)));
  const auto first = Sync(spooled->front(), *local.tracking, *other.tracking);
  const auto again = Sync(spooled->front(), *local.tracking, *other.tracking);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->run_id, again->run_id);
  EXPECT_THAT(AllRuns(*other.tracking), SizeIs(2));
}

TEST_F(SpoolTest, KeepsWhatIsValidOfARecordThatIsNot) {
  const Stores local = OpenLocal("mlflow.db");
  RunRecord record = MakeRecord();
  record.params = {{"C", "1"}, {"C", "2"}, {"a//b", "x"}};
  record.artifacts.push_back({folder_ / "gone", "gone"});
  const auto kept = PublishOrSpool(record, *local.tracking, folder_ / "mlflow.db");
  ASSERT_THAT(kept, IsOk());
  EXPECT_THAT(kept->spooled_because, testing::Not(IsEmpty()));
  EXPECT_THAT(
      kept->published.warnings,
      testing::IsSupersetOf({HasSubstr("a//b"), HasSubstr("second value of the param 'C'"), HasSubstr("gone")}));
  const auto run = local.tracking->GetRun(kept->published.run_id);
  ASSERT_THAT(run, IsOk());
  EXPECT_THAT(run->params, ElementsAre(Param{"C", "1"}));
  EXPECT_THAT(SpooledRuns(*local.tracking), IsOkAndHolds(IsEmpty()));
}

TEST_F(SpoolTest, SaysThatNeitherPlaceTookTheRun) {
  TestServer server([](int, const std::string&) { return MakeKeptReply("401 Unauthorized", "no"); });
  const auto store = OpenRest(FastOptions(server.Url("")));
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT(WriteFile(folder_ / "file", "x"), IsOk());
  EXPECT_THAT(PublishOrSpool(MakeRecord(), *store->tracking, folder_ / "file/mlflow.db"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("could not be kept in")));
}

}  // namespace
}  // namespace valence::tracking
