// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "record_parts.h"
#include "stage_files.h"
#include "valence/base/files.h"

namespace valence::pipeline {
namespace {

using tracking::Metric;
using tracking::RunRecord;

/// cv/<metric> and cv/<metric>/sd.
void AddSpreads(const CandidateResult& result, std::int64_t time, std::vector<Metric>* metrics) {
  if (result.failed()) return;
  for (const std::string_view name : evaluation::MetricNames()) {
    const FoldSpread spread = result.Spread(name);
    metrics->push_back({fmt::format("cv/{}", name), spread.mean, time, 0});
    metrics->push_back({fmt::format("cv/{}/sd", name), spread.deviation, time, 0});
  }
}

/// fold/<metric>, with the fold as step.
void AddFolds(const CandidateResult& result, std::int64_t time, std::vector<Metric>* metrics) {
  for (const std::string_view name : evaluation::MetricNames()) {
    std::int64_t step = 0;
    for (const evaluation::Metrics& fold : result.folds) {
      metrics->push_back({fmt::format("fold/{}", name), *fold.Find(name), time, step++});
    }
  }
}

RunRecord CandidateRecord(const RunRecord& parent, const Candidate& candidate, const CandidateResult& result) {
  RunRecord record;
  record.experiment = parent.experiment;
  record.user_id = parent.user_id;
  record.run_name = candidate.name;
  record.start_time = result.start_time;
  record.end_time = result.end_time;
  record.status = result.failed() ? tracking::RunStatus::kFailed : tracking::RunStatus::kFinished;
  record.params = RecordedParams(ModelParameters(candidate.params));
  record.tags = parent.tags;
  record.tags.push_back({"valence.in_force", candidate.in_force ? "true" : "false"});
  record.datasets = parent.datasets;
  if (result.failed()) {
    record.tags.push_back({"valence.error", result.failure});
    return record;
  }
  AddSpreads(result, result.end_time, &record.metrics);
  AddFolds(result, result.end_time, &record.metrics);
  record.metrics.push_back({"cv/p_value", result.p_value, result.end_time, 0});
  record.metrics.push_back({"seconds/cross_validate", result.seconds, result.end_time, 0});
  return record;
}

/// How the candidates were judged, as parameters beside the best one's.
std::vector<tracking::Param> JudgingParams(CrossValidationConfig config) {
  const ConfigSection section{"cross_validation", "", [&config](FieldVisitor& v) { config.Describe(v); }};
  return RecordedParams(Json::MakeObject({{std::string(section.name), ToJson(section)}}));
}

}  // namespace

Result<RunRecord> MakeRecord(const Params& params, const Layout& layout, const std::string& name,
                             const CrossValidation& validation, const RunContext& context, const RecordFolder& folder) {
  RunRecord record = StartRecord(params, context);
  if (params.tracking.run_name.empty()) record.run_name = name;
  AddVersioningTags(&record.tags);
  const Json data = ReadJsonIfThere(layout.reports / "data.json");
  record.datasets =
      Datasets({{"source", params.ingest.source}, {"train_sha256", validation.train_sha256}}, data, layout);
  for (std::size_t i = 0; i < validation.candidates.size(); ++i) {
    record.children.push_back(CandidateRecord(record, validation.candidates[i], validation.results[i]));
  }

  const Params& best = validation.candidates[validation.best()].params;
  const std::int64_t now = context.end_time;
  record.params = RecordedParams(ModelParameters(best));
  for (tracking::Param& param : JudgingParams(validation.config)) record.params.push_back(std::move(param));
  AddSpreads(validation.results[validation.best()], now, &record.metrics);
  AddSeconds(context.stage_seconds, now, &record.metrics);
  record.tags.push_back({"valence.best", validation.candidates[validation.best()].name});
  VALENCE_RETURN_IF_ERROR(WriteFile(folder.path() / "candidates.json", validation.ToJson().Dump(2) + "\n"));
  VALENCE_RETURN_IF_ERROR(WriteFile(folder.path() / "params.yaml", ParamsYaml(best)));
  record.artifacts = {{folder.path() / "candidates.json", "candidates.json"},
                      {folder.path() / "params.yaml", "params.yaml"}};
  return record;
}

}  // namespace valence::pipeline
