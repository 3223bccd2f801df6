// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "local_artifacts.h"
#include "publish_model.h"
#include "rest_uri.h"
#include "valence/tracking/run_record.h"

namespace valence::tracking {
namespace {

/// A run of the store and whether this process has just made it: then nothing of it can be there yet.
struct FoundRun {
  Run run;
  bool is_new = false;
};

/// Publishes one record and its children.
class Publisher {
 public:
  explicit Publisher(TrackingStore& store) : store_(store) {}

  Result<Published> PublishTree(const RunRecord& record) {
    VALENCE_TRY(const Experiment experiment, record.experiment_id.empty() ? store_.EnsureExperiment(record.experiment)
                                                                          : store_.GetExperiment(record.experiment_id));
    published_.experiment_id = experiment.experiment_id;
    VALENCE_RETURN_IF_ERROR(FindActiveModel(record));
    VALENCE_RETURN_IF_ERROR(PublishRun(record, record.request_id, "", /*may_exist=*/true));
    return std::move(published_);
  }

 private:
  /// Finished last, so that a run with an end has all that belongs to it, its children too.
  Status PublishRun(const RunRecord& record, const std::string& request_id, const std::string& parent_id,
                    bool may_exist) {
    VALENCE_TRY(const FoundRun found, FindOrCreate(record, request_id, parent_id, may_exist));
    const Run& run = found.run;
    if (parent_id.empty()) published_.run_id = run.run_id;
    const bool is_complete = !found.is_new && record.resume_run_id.empty() && record.status != RunStatus::kRunning &&
                             run.status == record.status && run.end_time == record.end_time;
    if (is_complete) return Recall(record, run, parent_id.empty());
    VALENCE_RETURN_IF_ERROR(store_.LogInputs(run.run_id, record.datasets));
    VALENCE_RETURN_IF_ERROR(LogFigures(record, run.run_id));
    if (record.model.has_value()) VALENCE_RETURN_IF_ERROR(PublishModelOf(record, request_id, found, parent_id.empty()));
    if (!record.artifacts.empty()) {
      WarnOfLocalRoot(run.artifact_uri);
      VALENCE_RETURN_IF_ERROR(internal::UploadAll(store_, run.artifact_uri, "", record.artifacts));
    }
    for (std::size_t i = 0; i < record.children.size(); ++i) {
      const RunRecord& child = record.children[i];
      const std::string id = child.request_id.empty() ? fmt::format("{}-{}", request_id, i) : child.request_id;
      VALENCE_RETURN_IF_ERROR(PublishRun(child, id, run.run_id, !found.is_new));
    }
    return store_.UpdateRun(run.run_id, record.status, record.end_time);
  }

  /// A model that is not there is no reason to lose the run.
  Status FindActiveModel(const RunRecord& record) {
    if (record.active_model_id.empty()) return Ok();
    const Result<LoggedModel> model = store_.GetLoggedModel(record.active_model_id);
    if (model.has_value()) {
      active_model_id_ = record.active_model_id;
      return Ok();
    }
    const ErrorCode code = model.error().code;
    if (code != ErrorCode::kNotFound && code != ErrorCode::kUnimplemented && code != ErrorCode::kInvalidArgument) {
      return model.error();
    }
    published_.warnings.push_back(
        fmt::format("the run's metrics are not tied to the active model '{}', since {} has no such logged model; set "
                    "MLFLOW_ACTIVE_MODEL_ID to one of its, or unset it",
                    record.active_model_id, store_.uri()));
    return Ok();
  }

  /// With an active model, the metrics belong to it as well, and it is an input of the run.
  Status LogFigures(const RunRecord& record, const std::string& run_id) {
    if (active_model_id_.empty() || record.metrics.empty()) {
      return store_.LogBatch(run_id, record.metrics, record.params, record.tags);
    }
    // A server keeps a model's NaN as 0, so those stay the run's alone.
    std::vector<Metric> of_run, of_model;
    for (const Metric& metric : record.metrics) (std::isnan(metric.value) ? of_run : of_model).push_back(metric);
    VALENCE_RETURN_IF_ERROR(store_.LogModelInput(run_id, active_model_id_));
    VALENCE_RETURN_IF_ERROR(store_.LogBatch(run_id, of_run, record.params, record.tags));
    return store_.LogModelMetrics(run_id, active_model_id_, of_model, nullptr);
  }

  Result<FoundRun> FindOrCreate(const RunRecord& record, const std::string& request_id, const std::string& parent_id,
                                bool may_exist) {
    if (!record.resume_run_id.empty()) {
      VALENCE_TRY(Run run, store_.GetRun(record.resume_run_id));
      return FoundRun{std::move(run), false};
    }
    if (may_exist && !request_id.empty()) {
      RunQuery query{{published_.experiment_id}, fmt::format("tags.`{}` = '{}'", kClientRequestId, request_id), {}, 1};
      VALENCE_TRY(std::vector<Run> runs, store_.SearchRuns(query));
      if (!runs.empty()) return FoundRun{std::move(runs.front()), false};
    }
    NewRun wanted{published_.experiment_id, record.run_name, record.user_id, record.start_time, {}};
    if (!request_id.empty()) wanted.tags.push_back({std::string(kClientRequestId), request_id});
    if (!parent_id.empty()) wanted.tags.push_back({"mlflow.parentRunId", parent_id});
    VALENCE_TRY(Run run, store_.CreateRun(wanted));
    return FoundRun{std::move(run), true};
  }

  /// What an earlier publication has made of this record.
  Status Recall(const RunRecord& record, const Run& run, bool is_top) {
    if (!is_top || !record.model.has_value()) return Ok();
    published_.model_id = run.outputs.empty() ? "" : run.outputs.front().model_id;
    published_.model_uri = internal::ModelUri(run.run_id, published_.model_id);
    return Ok();
  }

  Status PublishModelOf(const RunRecord& record, const std::string& request_id, const FoundRun& found, bool is_top) {
    VALENCE_TRY(internal::PublishedModel model,
                internal::PublishModel(store_, record, request_id, found.run, found.is_new));
    WarnOfLocalRoot(model.root_uri);
    if (!model.warning.empty()) published_.warnings.push_back(std::move(model.warning));
    if (!is_top) return Ok();
    published_.model_id = std::move(model.model_id);
    published_.model_uri = std::move(model.model_uri);
    return Ok();
  }

  /// A server that keeps artifacts in a folder expects us to write it; on another machine that is a folder of ours.
  void WarnOfLocalRoot(const std::string& root_uri) {
    const Result<internal::ServerUri> server = internal::ParseServerUri(store_.uri());
    if (!server.has_value() || !IsLocalRoot(root_uri) || has_warned_) return;
    const std::string host = server->host();
    if (host == "localhost" || host == "127.0.0.1" || host == "[::1]") return;
    has_warned_ = true;
    published_.warnings.push_back(
        fmt::format("artifacts were written to {} on this machine, where the server {} asks for them and will not find "
                    "them unless it shares the folder; start it with --artifacts-destination to have it take them",
                    root_uri, store_.uri()));
  }

  TrackingStore& store_;
  Published published_;
  std::string active_model_id_;  ///< of a model that is there; "" if none is to be tied
  bool has_warned_ = false;
};

}  // namespace

Result<Published> Publish(const RunRecord& record, TrackingStore& store) {
  return Publisher(store).PublishTree(record);
}

}  // namespace valence::tracking
