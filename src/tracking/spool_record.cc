// SPDX-License-Identifier: Apache-2.0
#include "spool_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>
#include <utility>

#include "local_artifacts.h"
#include "validation.h"

namespace valence::tracking::internal {
namespace {

/// Drops the elements that `check` refuses.
template <class T, class Check>
void Keep(std::vector<T>* elements, const Check& check, std::vector<std::string>* warnings) {
  std::erase_if(*elements, [&](const T& element) {
    const Status ok = check(element);
    if (!ok.has_value()) warnings->push_back(fmt::format("left out: {}", ok.error().message));
    return !ok.has_value();
  });
}

Status CheckFile(const RecordedFile& file) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(file.path, /*allow_root=*/false));
  std::error_code failure;
  if (std::filesystem::is_regular_file(file.file, failure)) return Ok();
  return NotFound(fmt::format("{}: is gone, or not a file", file.file.string()));
}

/// MLflow refuses a second value for a param; the first stays.
void KeepFirstOfEach(std::vector<Param>* params, std::vector<std::string>* warnings) {
  std::vector<Param> kept;
  for (Param& param : *params) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Param& p) { return p.key == param.key; });
    if (same == kept.end()) {
      kept.push_back(std::move(param));
    } else if (same->value != param.value) {
      warnings->push_back(fmt::format("left out: a second value of the param '{}'", param.key));
    }
  }
  *params = std::move(kept);
}

bool IsOwnTag(const Tag& tag) {
  return tag.key == kClientRequestId || tag.key.starts_with(kSpoolState) || tag.key == "mlflow.runName" ||
         tag.key == "mlflow.parentRunId" || tag.key == "mlflow.modelVersions";
}

std::vector<Tag> ForeignTags(std::vector<Tag> tags) {
  std::erase_if(tags, IsOwnTag);
  return tags;
}

/// All files below a root of this machine.
Result<std::vector<RecordedFile>> FilesBelow(const std::string& root_uri, TrackingStore& local) {
  if (!IsLocalRoot(root_uri)) {
    return Unimplemented(
        fmt::format("artifacts at {}: only runs whose files are on this machine can be sent", root_uri));
  }
  VALENCE_TRY(const std::filesystem::path root, LocalRoot(root_uri, ""));
  std::vector<RecordedFile> files;
  std::vector<std::string> folders{""};
  while (!folders.empty()) {
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    VALENCE_TRY(const std::vector<ArtifactEntry> entries, local.ListArtifacts(root_uri, folder));
    for (const ArtifactEntry& entry : entries) {
      if (entry.is_folder) {
        folders.push_back(entry.path);
      } else {
        files.push_back({root / entry.path, entry.path});
      }
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

Result<RecordedModel> ModelOf(const ModelOutput& output, TrackingStore& local) {
  VALENCE_TRY(const LoggedModel logged, local.GetLoggedModel(output.model_id));
  RecordedModel model;
  model.name = logged.name;
  model.model_type = logged.model_type;
  model.params = logged.params;
  model.metrics = logged.metrics;
  model.tags = ForeignTags(logged.tags);
  VALENCE_TRY(model.files, FilesBelow(logged.artifact_location, local));
  return model;
}

Result<std::vector<RunRecord>> ChildrenOf(const Run& run, TrackingStore& local) {
  const RunQuery query{{run.experiment_id},
                       fmt::format("tags.`mlflow.parentRunId` = '{}'", run.run_id),
                       {"attributes.start_time ASC"},
                       100'000};
  VALENCE_TRY(const std::vector<Run> runs, local.SearchRuns(query));
  std::vector<RunRecord> children;
  for (const Run& child : runs) {
    VALENCE_TRY(RunRecord record, RecordOf(child, local));
    children.push_back(std::move(record));
  }
  return children;
}

}  // namespace

RunRecord Acceptable(RunRecord record, std::vector<std::string>* warnings) {
  if (!CheckExperimentName(record.experiment).has_value()) {
    warnings->push_back(fmt::format("kept in the experiment 'sentiment', not '{}'", record.experiment));
    record.experiment = "sentiment";
  }
  const auto metric = [](const Metric& m) { return CheckMetrics(std::span(&m, 1)); };
  const auto param = [](const Param& p) { return CheckParams(std::span(&p, 1)); };
  const auto tag = [](const Tag& t) { return CheckTags(std::span(&t, 1)); };
  Keep(&record.metrics, metric, warnings);
  Keep(&record.params, param, warnings);
  KeepFirstOfEach(&record.params, warnings);
  Keep(&record.tags, tag, warnings);
  Keep(&record.datasets, CheckDataset, warnings);
  Keep(&record.artifacts, CheckFile, warnings);
  if (record.model.has_value()) {
    if (!CheckLoggedModelName(record.model->name).has_value()) {
      warnings->push_back(fmt::format("the model is kept under the name 'model', not '{}'", record.model->name));
      record.model->name = "model";
    }
    Keep(&record.model->metrics, metric, warnings);
    Keep(&record.model->params, param, warnings);
    Keep(&record.model->tags, tag, warnings);
    Keep(&record.model->files, CheckFile, warnings);
  }
  for (RunRecord& child : record.children) child = Acceptable(std::move(child), warnings);
  return record;
}

Result<RunRecord> RecordOf(const Run& run, TrackingStore& local) {
  RunRecord record;
  const std::string_view request_id = FindTag(run.tags, kClientRequestId);
  // A run that Python made here has no request id; its own id is as unique.
  record.request_id = request_id.empty() ? run.run_id : std::string(request_id);
  VALENCE_TRY(const Experiment experiment, local.GetExperiment(run.experiment_id));
  record.experiment = experiment.name;
  record.experiment_id = FindTag(run.tags, kSpoolExperimentId);
  record.resume_run_id = FindTag(run.tags, kSpoolResumeRunId);
  record.active_model_id = FindTag(run.tags, kSpoolActiveModelId);
  record.run_name = run.run_name;
  record.user_id = run.user_id;
  record.status = run.status;
  record.start_time = run.start_time;
  record.end_time = run.end_time;
  record.params = run.params;
  record.tags = ForeignTags(run.tags);
  record.datasets = run.inputs;
  for (const Metric& latest : run.metrics) {
    VALENCE_TRY(const std::vector<Metric> history, local.MetricHistory(run.run_id, latest.key));
    record.metrics.insert(record.metrics.end(), history.begin(), history.end());
  }
  VALENCE_TRY(record.artifacts, FilesBelow(run.artifact_uri, local));
  if (!run.outputs.empty()) {
    VALENCE_TRY(record.model, ModelOf(run.outputs.front(), local));
  }
  VALENCE_TRY(record.children, ChildrenOf(run, local));
  return record;
}

}  // namespace valence::tracking::internal
