// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/classifier/model_file.h"
#include "valence/pipeline/record.h"
#include "valence/tracking/run_record.h"

/// The parts of a tracked run, each from what a stage left behind.
namespace valence::pipeline {

/// The parts that every record has, whatever became of the run.
tracking::RunRecord StartRecord(const Params& params, const RunContext& context);

/// FlatParameters, with keys that MLflow takes.
std::vector<tracking::Param> RecordedParams(const Json& parameters);

/// mlflow.user, mlflow.source.* and valence.version.
std::vector<tracking::Tag> ContextTags(const RunContext& context, const std::string& user);
/// The digest of dvc.lock and DVC's hashes of the data, if the folder is versioned by DVC.
void AddVersioningTags(std::vector<tracking::Tag>* tags);
/// Digests, the gate's verdict, and the model card as mlflow.note.content.
void AddModelTags(const classifier::ModelBundle& bundle, const std::string& digest, const Json& figures,
                  const Layout& layout, std::vector<tracking::Tag>* tags);

/// Evaluation figures: scalars by name, <metric>/<label> per class, slice/q<i>/accuracy, interval/<metric>/low and
/// /high.
void AddFigures(const Json& figures, std::int64_t time, std::vector<tracking::Metric>* metrics);
/// Whether AddFigures made a metric of this name.
bool IsFigure(std::string_view key);
/// train/loss with the Newton iteration as step, and where the fit ended.
void AddTraining(const Json& certificate, std::int64_t time, std::vector<tracking::Metric>* metrics);
/// data/kept_rows, data/rejected/<reason>, ...
void AddDataCounts(const Json& data, std::int64_t time, std::vector<tracking::Metric>* metrics);
/// seconds/<stage>.
void AddSeconds(const Json& seconds, std::int64_t time, std::vector<tracking::Metric>* metrics);

/// The train and test parts whose digests `lineage` knows (as a model's), with digest, schema and profile.
std::vector<tracking::DatasetInput> Datasets(const std::map<std::string, std::string>& lineage, const Json& data,
                                             const Layout& layout);

/// reports/ as it lies there, the effective params.yaml and environment.json (written to `folder`).
Result<std::vector<tracking::RecordedFile>> Artifacts(const Params& params, const Layout& layout,
                                                      const std::filesystem::path& folder);

/// `text` with every character that MLflow refuses in a key replaced by '_', at most 250 bytes.
std::string KeyOf(std::string_view text);

}  // namespace valence::pipeline
