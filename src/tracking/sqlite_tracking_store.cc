// SPDX-License-Identifier: Apache-2.0
#include "sqlite_tracking_store.h"

#include <fmt/format.h>

#include "sqlite_experiments.h"
#include "sqlite_inputs.h"
#include "sqlite_logged_models.h"
#include "sqlite_metrics.h"
#include "sqlite_run_search.h"
#include "sqlite_runs.h"
#include "validation.h"

namespace valence::tracking {

Result<Experiment> SqliteTrackingStore::EnsureExperiment(const std::string& name) {
  VALENCE_RETURN_IF_ERROR(CheckExperimentName(name));
  // Most often it is there, and then nobody's write lock is needed.
  Result<Experiment> found = FindExperiment(name);
  if (!found.has_value() && found.error().code == ErrorCode::kNotFound) {
    found = file_->Write([&]() -> Result<Experiment> {
      Result<Experiment> meanwhile = ReadExperimentByName(database(), file_->schema(), name);
      if (meanwhile.has_value() || meanwhile.error().code != ErrorCode::kNotFound) return meanwhile;
      return InsertExperiment(database(), name, file_->artifacts());
    });
  }
  VALENCE_TRY(Experiment experiment, std::move(found));
  VALENCE_RETURN_IF_ERROR(CheckActive(experiment));
  return experiment;
}

Result<Experiment> SqliteTrackingStore::FindExperiment(const std::string& name) {
  return file_->Read([&] { return ReadExperimentByName(database(), file_->schema(), name); });
}

Result<Experiment> SqliteTrackingStore::GetExperiment(const std::string& experiment_id) {
  return file_->Read([&] { return ReadExperiment(database(), experiment_id); });
}

Result<std::vector<Experiment>> SqliteTrackingStore::ListExperiments() {
  return file_->Read([&] { return ReadExperiments(database(), file_->schema()); });
}

Result<Run> SqliteTrackingStore::ReadWhole(const std::string& run_id) {
  VALENCE_TRY(Run run, ReadRun(database(), run_id));
  VALENCE_RETURN_IF_ERROR(ReadFigures(database(), std::span(&run, 1)));
  return run;
}

Result<Run> SqliteTrackingStore::CreateRun(const NewRun& new_run) {
  VALENCE_RETURN_IF_ERROR(CheckTags(new_run.tags));
  return file_->Write([&]() -> Result<Run> {
    VALENCE_TRY(const Experiment experiment, ReadExperiment(database(), new_run.experiment_id));
    VALENCE_RETURN_IF_ERROR(CheckActive(experiment));
    VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(experiment.experiment_id));
    VALENCE_TRY(std::string run_id,
                FindRunByRequest(database(), experiment_id, FindTag(new_run.tags, kClientRequestId)));
    if (run_id.empty()) {
      VALENCE_TRY(run_id, InsertRun(database(), new_run, experiment));
    }
    return ReadWhole(run_id);
  });
}

Result<Run> SqliteTrackingStore::GetRun(const std::string& run_id) {
  return file_->Read([&] { return ReadWhole(run_id); });
}

Result<std::vector<Run>> SqliteTrackingStore::SearchRuns(const RunQuery& query) {
  return file_->Read([&] { return FindRuns(database(), query); });
}

Status SqliteTrackingStore::LogBatch(const std::string& run_id, std::span<const Metric> metrics,
                                     std::span<const Param> params, std::span<const Tag> tags) {
  VALENCE_RETURN_IF_ERROR(CheckMetrics(metrics));
  VALENCE_RETURN_IF_ERROR(CheckParams(params));
  VALENCE_RETURN_IF_ERROR(CheckTags(tags));
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadActiveRun(database(), run_id));
    VALENCE_RETURN_IF_ERROR(InsertParams(database(), run_id, params));
    VALENCE_RETURN_IF_ERROR(InsertMetrics(database(), run_id, metrics));
    return UpsertTags(database(), run_id, tags);
  });
}

Status SqliteTrackingStore::LogInputs(const std::string& run_id, std::span<const DatasetInput> datasets) {
  for (const DatasetInput& dataset : datasets) VALENCE_RETURN_IF_ERROR(CheckDataset(dataset));
  return file_->Write([&]() -> Status {
    VALENCE_TRY(const Run run, ReadActiveRun(database(), run_id));
    VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(run.experiment_id));
    return InsertInputs(database(), experiment_id, run_id, datasets);
  });
}

Status SqliteTrackingStore::LogModelInput(const std::string& run_id, const std::string& model_id) {
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadActiveRun(database(), run_id));
    VALENCE_RETURN_IF_ERROR(ReadLoggedModel(database(), model_id));
    return InsertModelInput(database(), run_id, model_id);
  });
}

Status SqliteTrackingStore::LogOutput(const std::string& run_id, const ModelOutput& model) {
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadActiveRun(database(), run_id));
    VALENCE_RETURN_IF_ERROR(ReadLoggedModel(database(), model.model_id));
    return InsertOutput(database(), run_id, model);
  });
}

Status SqliteTrackingStore::UpdateRun(const std::string& run_id, RunStatus status, std::int64_t end_time) {
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadActiveRun(database(), run_id));
    return UpdateRunRow(database(), run_id, status, end_time);
  });
}

Result<std::vector<Metric>> SqliteTrackingStore::MetricHistory(const std::string& run_id, const std::string& key) {
  return file_->Read([&]() -> Result<std::vector<Metric>> {
    VALENCE_RETURN_IF_ERROR(ReadRun(database(), run_id));
    return ReadHistory(database(), run_id, key);
  });
}

Result<LoggedModel> SqliteTrackingStore::CreateLoggedModel(const NewLoggedModel& model) {
  VALENCE_RETURN_IF_ERROR(CheckLoggedModelName(model.name));
  VALENCE_RETURN_IF_ERROR(CheckParams(model.params));
  VALENCE_RETURN_IF_ERROR(CheckTags(model.tags));
  return file_->Write([&]() -> Result<LoggedModel> {
    VALENCE_TRY(const Experiment experiment, ReadExperiment(database(), model.experiment_id));
    VALENCE_RETURN_IF_ERROR(CheckActive(experiment));
    VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(experiment.experiment_id));
    VALENCE_TRY(std::string model_id,
                FindLoggedModelByRequest(database(), experiment_id, FindTag(model.tags, kClientRequestId)));
    if (model_id.empty()) {
      VALENCE_TRY(model_id, InsertLoggedModel(database(), model, experiment));
    }
    return ReadLoggedModel(database(), model_id);
  });
}

Result<LoggedModel> SqliteTrackingStore::GetLoggedModel(const std::string& model_id) {
  return file_->Read([&] { return ReadLoggedModel(database(), model_id); });
}

Status SqliteTrackingStore::FinishLoggedModel(const std::string& model_id, ModelStatus status) {
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadLoggedModel(database(), model_id));
    return UpdateLoggedModelStatus(database(), model_id, status);
  });
}

Status SqliteTrackingStore::LogModelMetrics(const std::string& run_id, const std::string& model_id,
                                            std::span<const Metric> metrics, const DatasetInput* dataset) {
  VALENCE_RETURN_IF_ERROR(CheckMetrics(metrics));
  if (dataset != nullptr) VALENCE_RETURN_IF_ERROR(CheckDataset(*dataset));
  return file_->Write([&]() -> Status {
    VALENCE_TRY(const Run run, ReadActiveRun(database(), run_id));
    VALENCE_TRY(const LoggedModel model, ReadLoggedModel(database(), model_id));
    ModelMetricsOwner owner{model_id, run_id, run.experiment_id, {}, {}, {}};
    if (dataset != nullptr) {
      VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(run.experiment_id));
      VALENCE_TRY(owner.dataset_uuid, EnsureDataset(database(), experiment_id, *dataset));
      owner.dataset_name = dataset->name;
      owner.dataset_digest = dataset->digest;
    }
    VALENCE_RETURN_IF_ERROR(InsertMetrics(database(), run_id, metrics));
    return InsertModelMetrics(database(), owner, metrics);
  });
}

}  // namespace valence::tracking
