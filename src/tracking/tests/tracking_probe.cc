// SPDX-License-Identifier: Apache-2.0
// Lets tests/mlflow call a store of any URI: one JSON object a line on stdin, such as {"op":"get_run","run_id":".."},
// and for each a line {"value":..} or {"error":"not_found","message":".."} on stdout. Not part of the product.
//   usage: tracking_probe <tracking URI>
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "probe_json.h"
#include "valence/base/clock.h"
#include "valence/base/json.h"
#include "valence/tracking/stores.h"

namespace valence::tracking::probe {
namespace {

template <class T>
Result<Json> Reply(const Result<T>& result) {
  if (!result.has_value()) return result.error();
  return ToJson(*result);
}
Result<Json> Reply(const Status& status) {
  if (!status.has_value()) return status.error();
  return Json();
}

/// Of this process so far, in user and kernel.
double CpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

using Operation = std::function<Result<Json>(Stores&, const Json&)>;
using Operations = std::map<std::string, Operation, std::less<>>;

ModelStatus ModelStatusFrom(const Json& in) {
  return Text(in, "status") == "READY" ? ModelStatus::kReady : ModelStatus::kUploadFailed;
}

Result<Json> UpdateRun(TrackingStore& store, const Json& in) {
  VALENCE_TRY(const RunStatus status, ParseRunStatus(Text(in, "status")));
  return Reply(store.UpdateRun(Text(in, "run_id"), status, Int(in, "end_time")));
}

Result<Json> LogModelMetrics(TrackingStore& store, const Json& in) {
  DatasetInput dataset;
  const Json* named = in.Find("dataset");
  if (named != nullptr) dataset = DatasetFrom(*named);
  return Reply(store.LogModelMetrics(Text(in, "run_id"), Text(in, "model_id"), Metrics(in),
                                     named == nullptr ? nullptr : &dataset));
}

RunQuery QueryFrom(const Json& in) {
  RunQuery query{Texts(in, "experiment_ids"), Text(in, "filter"), Texts(in, "order_by")};
  if (in.Find("limit") != nullptr) query.limit = static_cast<std::size_t>(Int(in, "limit"));
  return query;
}

void AddTracking(Operations* all) {
  const auto add = [all](const char* name, std::function<Result<Json>(TrackingStore&, const Json&)> call) {
    (*all)[name] = [call](Stores& stores, const Json& in) { return call(*stores.tracking, in); };
  };
  using S = TrackingStore;
  add("uri", [](S& s, const Json&) { return Result<Json>(Json(s.uri())); });
  add("ensure_experiment", [](S& s, const Json& in) { return Reply(s.EnsureExperiment(Text(in, "name"))); });
  add("find_experiment", [](S& s, const Json& in) { return Reply(s.FindExperiment(Text(in, "name"))); });
  add("get_experiment", [](S& s, const Json& in) { return Reply(s.GetExperiment(Text(in, "experiment_id"))); });
  add("list_experiments", [](S& s, const Json&) { return Reply(s.ListExperiments()); });
  add("create_run", [](S& s, const Json& in) {
    return Reply(s.CreateRun(
        {Text(in, "experiment_id"), Text(in, "run_name"), Text(in, "user_id"), Int(in, "start_time"), Tags(in)}));
  });
  add("get_run", [](S& s, const Json& in) { return Reply(s.GetRun(Text(in, "run_id"))); });
  add("search_runs", [](S& s, const Json& in) { return Reply(s.SearchRuns(QueryFrom(in))); });
  add("log_batch",
      [](S& s, const Json& in) { return Reply(s.LogBatch(Text(in, "run_id"), Metrics(in), Params(in), Tags(in))); });
  add("log_inputs", [](S& s, const Json& in) { return Reply(s.LogInputs(Text(in, "run_id"), Datasets(in))); });
  add("log_output", [](S& s, const Json& in) {
    return Reply(s.LogOutput(Text(in, "run_id"), {Text(in, "model_id"), Int(in, "step")}));
  });
  add("update_run", UpdateRun);
  add("metric_history",
      [](S& s, const Json& in) { return Reply(s.MetricHistory(Text(in, "run_id"), Text(in, "key"))); });
  add("create_logged_model", [](S& s, const Json& in) {
    return Reply(s.CreateLoggedModel({Text(in, "experiment_id"), Text(in, "name"), Text(in, "model_type"),
                                      Text(in, "source_run_id"), Params(in), Tags(in)}));
  });
  add("get_logged_model", [](S& s, const Json& in) { return Reply(s.GetLoggedModel(Text(in, "model_id"))); });
  add("finish_logged_model",
      [](S& s, const Json& in) { return Reply(s.FinishLoggedModel(Text(in, "model_id"), ModelStatusFrom(in))); });
  add("log_model_metrics", LogModelMetrics);
  add("upload_artifact", [](S& s, const Json& in) {
    return Reply(s.UploadArtifact(Text(in, "root_uri"), Text(in, "path"), Text(in, "file")));
  });
  add("list_artifacts",
      [](S& s, const Json& in) { return Reply(s.ListArtifacts(Text(in, "root_uri"), Text(in, "path"))); });
  add("download_artifact", [](S& s, const Json& in) {
    return Reply(s.DownloadArtifact(Text(in, "root_uri"), Text(in, "path"), Text(in, "file")));
  });
}

void AddRegistry(Operations* all) {
  const auto add = [all](const char* name, std::function<Result<Json>(RegistryStore&, const Json&)> call) {
    (*all)[name] = [call](Stores& stores, const Json& in) { return call(*stores.registry, in); };
  };
  using S = RegistryStore;
  add("ensure_model",
      [](S& s, const Json& in) { return Reply(s.EnsureModel(Text(in, "name"), Text(in, "description"))); });
  add("get_model", [](S& s, const Json& in) { return Reply(s.GetModel(Text(in, "name"))); });
  add("list_models", [](S& s, const Json&) { return Reply(s.ListModels()); });
  add("create_version", [](S& s, const Json& in) {
    return Reply(s.CreateVersion({Text(in, "name"), Text(in, "source"), Text(in, "run_id"), Text(in, "model_id"),
                                  Text(in, "description"), Tags(in)}));
  });
  add("get_version", [](S& s, const Json& in) { return Reply(s.GetVersion(Text(in, "name"), Text(in, "version"))); });
  add("get_version_by_alias",
      [](S& s, const Json& in) { return Reply(s.GetVersionByAlias(Text(in, "name"), Text(in, "alias"))); });
  add("list_versions", [](S& s, const Json& in) { return Reply(s.ListVersions(Text(in, "name"))); });
  add("set_version_tag", [](S& s, const Json& in) {
    return Reply(s.SetVersionTag(Text(in, "name"), Text(in, "version"), {Text(in, "key"), Text(in, "value")}));
  });
  add("set_alias",
      [](S& s, const Json& in) { return Reply(s.SetAlias(Text(in, "name"), Text(in, "alias"), Text(in, "version"))); });
  add("delete_alias", [](S& s, const Json& in) { return Reply(s.DeleteAlias(Text(in, "name"), Text(in, "alias"))); });
  add("set_stage", [](S& s, const Json& in) {
    const Json* archive = in.Find("archive_existing");
    return Reply(
        s.SetStage(Text(in, "name"), Text(in, "version"), Text(in, "stage"), archive != nullptr && archive->boolean()));
  });
  add("download_uri", [](S& s, const Json& in) { return Reply(s.DownloadUri(Text(in, "name"), Text(in, "version"))); });
}

Result<Json> PublishOrSpoolRecord(TrackingStore& store, const Json& in) {
  VALENCE_TRY(const PublishedOrSpooled sent,
              PublishOrSpool(RecordFrom(*in.Find("record")), store, Text(in, "database")));
  return ToJson(sent.published).Set("spooled_because", sent.spooled_because);
}

/// Sends all spooled runs of the database to the store.
Result<Json> SyncAll(TrackingStore& store, const Json& in) {
  VALENCE_TRY(const Stores local, OpenSqlite(Text(in, "database"), {}));
  VALENCE_TRY(const std::vector<Run> spooled, SpooledRuns(*local.tracking));
  Json sent = Json::MakeArray();
  for (const Run& run : spooled) {
    VALENCE_TRY(const Published published, Sync(run, *local.tracking, store));
    sent.Push(ToJson(published));
  }
  return sent;
}

void AddRecords(Operations* all) {
  (*all)["probe"] = [](Stores& stores, const Json&) -> Result<Json> {
    VALENCE_TRY(const Capabilities can, stores.tracking->Probe());
    return Json::MakeObject({{"logged_models", can.logged_models},
                             {"registry", can.registry},
                             {"aliases", can.aliases},
                             {"stages", can.stages}});
  };
  (*all)["models_of_run"] = [](Stores& stores, const Json& in) {
    return Reply(stores.tracking->ModelsOfRun(Text(in, "experiment_id"), Text(in, "run_id")));
  };
  (*all)["publish"] = [](Stores& stores, const Json& in) -> Result<Json> {
    const Stopwatch watch;
    VALENCE_TRY(const Published published, Publish(RecordFrom(*in.Find("record")), *stores.tracking));
    return ToJson(published).Set("seconds", watch.seconds()).Set("cpu_seconds", CpuSeconds());
  };
  (*all)["publish_or_spool"] = [](Stores& stores, const Json& in) {
    return PublishOrSpoolRecord(*stores.tracking, in);
  };
  (*all)["sync"] = [](Stores& stores, const Json& in) { return SyncAll(*stores.tracking, in); };
}

Result<Json> Answer(const Operations& operations, Stores& stores, const std::string& line) {
  VALENCE_TRY(const Json in, Json::Parse(line));
  const auto operation = operations.find(Text(in, "op"));
  if (operation == operations.end()) return InvalidArgument("unknown op: " + line);
  return operation->second(stores, in);
}

int Main(const std::string& uri) {
  Operations operations;
  AddTracking(&operations);
  AddRegistry(&operations);
  AddRecords(&operations);
  Result<Stores> stores = OpenStores(uri, ProcessEnvironment());
  for (std::string line; std::getline(std::cin, line);) {
    const Result<Json> answer = stores.has_value() ? Answer(operations, *stores, line) : Result<Json>(stores.error());
    const Json reply =
        answer.has_value()
            ? Json::MakeObject({{"value", *answer}})
            : Json::MakeObject({{"error", ErrorCodeName(answer.error().code)}, {"message", answer.error().message}});
    std::cout << reply.Dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace valence::tracking::probe

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: tracking_probe <tracking URI>\n", stderr);
    return 2;
  }
  return valence::tracking::probe::Main(argv[1]);
}
