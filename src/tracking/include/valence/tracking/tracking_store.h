// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"
#include "valence/tracking/run.h"

namespace valence::tracking {

/// What to find. Filters are AND-ed; the grammar of `filter` is MLflow's (mlflow.md 1.3), sent to a server as it is.
struct RunQuery {
  std::vector<std::string> experiment_ids = {};
  std::string filter = {};                 ///< "" finds all; the SQLite store takes comparisons joined by `and`
  std::vector<std::string> order_by = {};  ///< such as "metrics.accuracy DESC"; default: newest first
  std::size_t limit = 1000;
};

/// What a server can do beyond the core; see RestStore. The SQLite store can do all.
struct Capabilities {
  bool logged_models = true;
  bool registry = true;
  bool aliases = true;
  bool stages = true;
};

/// Runs, their figures and their files, in MLflow's terms. Not thread-safe.
///
/// Errors of all: kUnavailable (the server or disk failed; says what to do), kDeadlineExceeded, kNotFound,
/// kInvalidArgument (a key, value or name MLflow would refuse: which, and why), kFailedPrecondition (credentials,
/// permission, a schema we do not understand), kConflict (a param that has another value already), kUnimplemented (the
/// server cannot do it).
class TrackingStore {
 public:
  virtual ~TrackingStore() = default;

  /// The store for people: "sqlite:///mlflow.db", "https://host/path" (no user, no password).
  virtual std::string uri() const = 0;
  virtual Result<Capabilities> Probe() = 0;

  /// The experiment of that name, made if there is none (or brought by somebody else meanwhile).
  virtual Result<Experiment> EnsureExperiment(const std::string& name) = 0;
  virtual Result<Experiment> FindExperiment(const std::string& name) = 0;
  virtual Result<Experiment> GetExperiment(const std::string& experiment_id) = 0;
  virtual Result<std::vector<Experiment>> ListExperiments() = 0;

  /// Makes a run. `new_run.tags` should hold kClientRequestId: after an ambiguous failure the store looks for a run
  /// with that tag before it asks again, so that no run is made twice.
  virtual Result<Run> CreateRun(const NewRun& new_run) = 0;
  virtual Result<Run> GetRun(const std::string& run_id) = 0;
  virtual Result<std::vector<Run>> SearchRuns(const RunQuery& query) = 0;
  /// Any number of each: split to the documented limits. Repeating a call changes nothing.
  virtual Status LogBatch(const std::string& run_id, std::span<const Metric> metrics, std::span<const Param> params,
                          std::span<const Tag> tags) = 0;
  virtual Status LogInputs(const std::string& run_id, std::span<const DatasetInput> datasets) = 0;
  /// Ties a logged model to the run as its input.
  virtual Status LogModelInput(const std::string& run_id, const std::string& model_id) = 0;
  virtual Status LogOutput(const std::string& run_id, const ModelOutput& model) = 0;
  /// `end_time` 0 leaves it; "" leaves the name.
  virtual Status UpdateRun(const std::string& run_id, RunStatus status, std::int64_t end_time) = 0;
  /// All values of one metric, ordered by step, then timestamp.
  virtual Result<std::vector<Metric>> MetricHistory(const std::string& run_id, const std::string& key) = 0;

  virtual Result<LoggedModel> CreateLoggedModel(const NewLoggedModel& model) = 0;
  virtual Result<LoggedModel> GetLoggedModel(const std::string& model_id) = 0;
  /// The logged models that a run made, oldest first, also those that LogOutput has not tied to it yet. kUnimplemented
  /// where CreateLoggedModel itself finds the model of the same kClientRequestId, in any process (the SQLite store).
  virtual Result<std::vector<LoggedModel>> ModelsOfRun(const std::string& experiment_id, const std::string& run_id) {
    return Unimplemented(uri() + ": no list of the models of run " + run_id + ", experiment " + experiment_id);
  }
  virtual Status FinishLoggedModel(const std::string& model_id, ModelStatus status) = 0;
  /// Metrics of the run that belong to this model too (and to a data set, if named).
  virtual Status LogModelMetrics(const std::string& run_id, const std::string& model_id,
                                 std::span<const Metric> metrics, const DatasetInput* dataset) = 0;

  /// Files below an artifact root: Run::artifact_uri or LoggedModel::artifact_location. `path` is relative, with '/'.
  /// Uploads stream, and are checked against the file's SHA-256 where the other side can tell.
  virtual Status UploadArtifact(const std::string& root_uri, const std::string& path,
                                const std::filesystem::path& file) = 0;
  virtual Result<std::vector<ArtifactEntry>> ListArtifacts(const std::string& root_uri, const std::string& path) = 0;
  /// Writes atomically.
  virtual Status DownloadArtifact(const std::string& root_uri, const std::string& path,
                                  const std::filesystem::path& file) = 0;
};

/// Tag that makes a create findable again.
inline constexpr std::string_view kClientRequestId = "valence.client_request_id";

}  // namespace valence::tracking
