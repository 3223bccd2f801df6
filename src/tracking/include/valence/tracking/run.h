// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

/// MLflow's entities, with MLflow's field names. Plain data: copy, move, compare.
namespace valence::tracking {

/// A metric's value at a step. `value` may be NaN or infinite.
struct Metric {
  std::string key;
  double value = 0;
  std::int64_t timestamp = 0;  ///< milliseconds since 1970
  std::int64_t step = 0;
  bool operator==(const Metric&) const = default;
};

struct Param {
  std::string key, value;
  bool operator==(const Param&) const = default;
};

struct Tag {
  std::string key, value;
  bool operator==(const Tag&) const = default;
};

/// The value of tag `key`, or "".
std::string_view FindTag(const std::vector<Tag>& tags, std::string_view key);

enum class RunStatus { kRunning, kScheduled, kFinished, kFailed, kKilled };
/// "RUNNING", ... as MLflow writes them.
std::string_view RunStatusName(RunStatus status);
/// Error: kDataCorrupt for another name.
Result<RunStatus> ParseRunStatus(std::string_view name);

struct Experiment {
  std::string experiment_id, name, artifact_location, lifecycle_stage;
  std::vector<Tag> tags;
};

/// A data set that a run read. `source` is MLflow's JSON string, such as {"uri":"data/raw/train.csv"}; `schema` and
/// `profile` are JSON texts, "" if unknown.
struct DatasetInput {
  std::string name, digest, source_type, source, schema, profile;
  std::string context;  ///< tag mlflow.data.context: "training", "eval"
};

/// A LoggedModel tied to a run as its output.
struct ModelOutput {
  std::string model_id;
  std::int64_t step = 0;
};

struct Run {
  std::string run_id, run_name, experiment_id, user_id;
  RunStatus status = RunStatus::kRunning;
  std::int64_t start_time = 0, end_time = 0;  ///< milliseconds since 1970; 0 is unset
  std::string artifact_uri, lifecycle_stage;
  std::vector<Metric> metrics;  ///< the latest value of each key, ordered by key
  std::vector<Param> params;    ///< ordered by key
  std::vector<Tag> tags;        ///< ordered by key
  std::vector<DatasetInput> inputs;
  std::vector<ModelOutput> outputs;
};

/// What CreateRun needs. The store makes the id and the tag mlflow.runName.
struct NewRun {
  std::string experiment_id = {}, run_name = {}, user_id = {};
  std::int64_t start_time = 0;
  std::vector<Tag> tags = {};
};

enum class ModelStatus { kPending, kReady, kUploadFailed };

/// MLflow 3's LoggedModel.
struct LoggedModel {
  std::string model_id;  ///< "m-" and 32 hex digits
  std::string experiment_id, name, artifact_location, model_type, source_run_id;
  ModelStatus status = ModelStatus::kPending;
  std::int64_t creation_timestamp = 0;
  std::vector<Tag> tags;
  std::vector<Param> params;
  std::vector<Metric> metrics;  ///< those logged with the model, ordered by key
};

struct NewLoggedModel {
  std::string experiment_id = {}, name = {}, model_type = {}, source_run_id = {};
  std::vector<Param> params = {};
  std::vector<Tag> tags = {};
};

struct ArtifactEntry {
  std::string path;  ///< relative to the root that was listed
  bool is_folder = false;
  std::uint64_t bytes = 0;
};

}  // namespace valence::tracking
