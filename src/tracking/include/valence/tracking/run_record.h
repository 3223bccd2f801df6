// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/tracking/run.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

/// A file and the path it gets below the run's (or model's) artifact root.
struct RecordedFile {
  std::filesystem::path file;
  std::string path;
};

/// The model folder of a run (MLmodel and what it names).
struct RecordedModel {
  std::string name = "model";
  std::string model_type = "classifier";
  std::vector<RecordedFile> files;
  std::vector<Param> params;
  std::vector<Metric> metrics;  ///< also logged to the run; here tied to the model and the evaluation data
  std::vector<Tag> tags;
};

/// One run as it happened, gathered in memory and then published as a whole: to a server, or to the local store when no
/// server answers. Publishing the same record again, after any failure and from any process, changes nothing that is
/// already there: every create carries `request_id`, and all else is idempotent in MLflow.
struct RunRecord {
  std::string request_id;  ///< uuid4 hex: tag valence.client_request_id
  std::string experiment = "sentiment";
  std::string experiment_id;  ///< of an experiment that must exist, in place of its name
  std::string resume_run_id;  ///< a run that exists, to write into; "" makes one
  /// A logged model that the metrics of the run and of its children belong to as well, their input; "" is none.
  std::string active_model_id;
  std::string run_name, user_id;
  RunStatus status = RunStatus::kFinished;
  std::int64_t start_time = 0, end_time = 0;  ///< milliseconds since 1970
  std::vector<Param> params;
  std::vector<Metric> metrics;
  std::vector<Tag> tags;
  std::vector<DatasetInput> datasets;
  std::vector<RecordedFile> artifacts;
  std::optional<RecordedModel> model;
  std::vector<RunRecord> children;  ///< nested runs (mlflow.parentRunId)
};

/// A new request_id.
std::string NewRequestId();

/// Puts what MLFLOW_EXPERIMENT_NAME, MLFLOW_EXPERIMENT_ID, MLFLOW_RUN_ID, MLFLOW_ACTIVE_MODEL_ID and MLFLOW_RUN_CONTEXT
/// (tags as a JSON object) say into the record, as MLflow does. Error: kInvalidArgument for a context that is not such
/// an object and for a variable of MLflow's that is neither true nor false.
Status ApplyEnvironment(const Environment& environment, RunRecord* record);

/// Seconds between samples of system metrics; 0 takes none. MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING, if set, decides
/// whether, and MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL how often; `configured` is what holds without them. Error:
/// kInvalidArgument for a value MLflow would refuse.
Result<double> SystemMetricsInterval(const Environment& environment, double configured);

/// Where a record went.
struct Published {
  std::string run_id = {}, experiment_id = {};
  std::string model_id = {};               ///< "" where the server has no LoggedModels
  std::string model_uri = {};              ///< what a model version's source is: models:/m-..., or runs:/<run>/model
  std::vector<std::string> warnings = {};  ///< what the server could not take, for people
};

/// Writes the record to the store. On an error some of it may be there; publish again, later, to complete it.
Result<Published> Publish(const RunRecord& record, TrackingStore& store);

/// Publishes to the local store with the tags that SpooledRuns and Sync look for, and copies of all files, so that the
/// run can be sent when the originals are gone. Entries that no MLflow takes (such as a key it refuses) are left out
/// and named in the warnings. `server` and `reason` say for people where it was to go and why it did not.
Result<Published> Spool(const RunRecord& record, TrackingStore& local, const std::string& server = {},
                        const std::string& reason = {});

/// The store beside `database` for runs that wait while it cannot be written: mlflow-spool.db beside mlflow.db.
std::filesystem::path SpoolBeside(const std::filesystem::path& database);

struct SpooledIn {
  Published published;
  std::filesystem::path database;
};
/// As Spool, in the local store at `database`; where that cannot be used (locked, damaged, of an unknown schema), or is
/// itself the `server` that failed, in the one beside it. Error: neither took the run; says why of each.
Result<SpooledIn> SpoolLocally(const RunRecord& record, const std::filesystem::path& database,
                               const std::string& server, const std::string& reason);

/// Publishes to `store`; if that fails, keeps the run as SpoolLocally does, so that nothing is lost. `spooled_because`
/// then says why ("" otherwise) and `kept_in` where. A record that the local store refuses in part, where `store` is
/// that, is kept there without that part, and waits for nothing. Error: only if all of these fail.
struct PublishedOrSpooled {
  Published published;
  std::string spooled_because;
  std::filesystem::path kept_in;
  bool waits = false;  ///< for Sync
};
Result<PublishedOrSpooled> PublishOrSpool(const RunRecord& record, TrackingStore& store,
                                          const std::filesystem::path& database);

/// The spooled runs of the local store, oldest first.
Result<std::vector<Run>> SpooledRuns(TrackingStore& local);

/// Replays one spooled run to `store` and marks it as sent. Sending twice makes no duplicate.
Result<Published> Sync(const Run& spooled, TrackingStore& local, TrackingStore& store);

}  // namespace valence::tracking
