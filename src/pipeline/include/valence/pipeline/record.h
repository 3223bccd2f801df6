// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/pipeline/cross_validate.h"
#include "valence/pipeline/source_control.h"
#include "valence/pipeline/stages.h"
#include "valence/tracking/run_record.h"

namespace valence::pipeline {

/// Tag of a run with its model's digest ("sha256:<64 hex>"), by which `register` finds the run again.
inline constexpr std::string_view kModelDigestTag = "valence.model_digest";

/// What a tracked run says about its surroundings, beside what the stages made.
struct RunContext {
  std::string command = "valence run";        ///< mlflow.source.name
  std::int64_t start_time = 0, end_time = 0;  ///< milliseconds since 1970
  SourceControl source = {};
  std::vector<tracking::Metric> system_metrics = {};
  Json stage_seconds = {};  ///< {"ingest": 0.1, ...}, or null
};

/// A folder of files made for a record; removed with this object, so keep it until the record is published.
class RecordFolder {
 public:
  static Result<RecordFolder> Make();
  RecordFolder(RecordFolder&& other) noexcept;
  RecordFolder& operator=(RecordFolder&&) = delete;
  ~RecordFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit RecordFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// The run that made the model and reports in the current folder, with all that a person compares: parameters, metrics
/// (figures, slices, loss by Newton step, seconds by stage, system), tags, data sets, reports, params.yaml, environment
/// and the model folder. Reads reports/ and data/raw; files that are not there are left out. Errors: as WriteFile.
Result<tracking::RunRecord> MakeRecord(const Params& params, const Layout& layout, const Trained& trained,
                                       const RunContext& context, const RecordFolder& folder);

/// The run of `valence tune` or `valence compare`, called `name` unless params.yaml names it: the best candidate's
/// parameters and figures, all figures as candidates.json, and a nested run for each candidate with its own, those of
/// each fold by step. A metric is called cv/<metric> (mean over the folds), cv/<metric>/sd and fold/<metric>, so that
/// it is not taken for one of held-out documents. Errors: as WriteFile.
Result<tracking::RunRecord> MakeRecord(const Params& params, const Layout& layout, const std::string& name,
                                       const CrossValidation& validation, const RunContext& context,
                                       const RecordFolder& folder);

/// A run that ended with `error` before it had a model: parameters, tags and the message.
tracking::RunRecord FailedRecord(const Params& params, const Error& error, const RunContext& context);

}  // namespace valence::pipeline
