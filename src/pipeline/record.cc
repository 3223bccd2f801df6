// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/record.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "record_parts.h"
#include "stage_files.h"
#include "valence/base/files.h"
#include "valence/base/version.h"
#include "valence/registry/model_folder.h"

namespace valence::pipeline {
namespace {

namespace fs = std::filesystem;
using tracking::RecordedFile;
using tracking::RunRecord;

Status AddModel(const Layout& layout, const Trained& trained, const RecordFolder& folder, RunRecord* record) {
  tracking::RecordedModel model;
  registry::ModelFolderOptions options;
  VALENCE_TRY(const auto files, registry::WriteModelFolder(layout.model, options, folder.path() / "model"));
  for (const auto& file : files) model.files.push_back({file.local, file.relative});
  model.params = record->params;
  for (const tracking::Metric& metric : record->metrics) {
    if (IsFigure(metric.key)) model.metrics.push_back(metric);
  }
  model.tags = {{"valence.digest", "sha256:" + trained.digest}};
  record->model = std::move(model);
  return Ok();
}

}  // namespace

RunRecord StartRecord(const Params& params, const RunContext& context) {
  RunRecord record;
  record.request_id = tracking::NewRequestId();
  record.experiment = params.tracking.experiment;
  record.user_id = tracking::UserName(ProcessEnvironment());
  record.start_time = context.start_time;
  record.end_time = context.end_time;
  record.run_name = params.tracking.run_name.empty()
                        ? fmt::format("{}-C{}", params.featurize.vectorizer, params.train.c)
                        : params.tracking.run_name;
  record.tags = ContextTags(context, record.user_id);
  record.metrics = context.system_metrics;
  return record;
}

Result<RecordFolder> RecordFolder::Make() {
  std::error_code error;
  fs::path root = fs::temp_directory_path(error);
  if (error) root = "/tmp";
  std::string name = (root / "valence-run-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return Unavailable(fmt::format("{}: cannot make a folder: {}", name, std::generic_category().message(errno)));
  }
  return RecordFolder(name);
}

RecordFolder::RecordFolder(RecordFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

RecordFolder::~RecordFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<RunRecord> MakeRecord(const Params& params, const Layout& layout, const Trained& trained,
                             const RunContext& context, const RecordFolder& folder) {
  RunRecord record = StartRecord(params, context);
  const classifier::ModelBundle& bundle = trained.classifier->bundle();
  const Json figures = ReadJsonIfThere(layout.reports / "metrics.json");
  const Json data = ReadJsonIfThere(layout.reports / "data.json");
  record.params = RecordedParams(bundle.parameters);
  const std::int64_t now = context.end_time;
  AddFigures(figures, now, &record.metrics);
  AddTraining(bundle.certificate, now, &record.metrics);
  AddDataCounts(data, now, &record.metrics);
  AddSeconds(context.stage_seconds, now, &record.metrics);
  AddVersioningTags(&record.tags);
  AddModelTags(bundle, trained.digest, figures, layout, &record.tags);
  record.datasets = Datasets(bundle.lineage, data, layout);
  VALENCE_TRY(record.artifacts, Artifacts(params, layout, folder.path()));
  VALENCE_RETURN_IF_ERROR(AddModel(layout, trained, folder, &record));
  return record;
}

RunRecord FailedRecord(const Params& params, const Error& error, const RunContext& context) {
  RunRecord record = StartRecord(params, context);
  record.status = tracking::RunStatus::kFailed;
  record.params = RecordedParams(ModelParameters(params));
  AddSeconds(context.stage_seconds, context.end_time, &record.metrics);
  record.tags.push_back({"valence.error", error.message});
  return record;
}

}  // namespace valence::pipeline
