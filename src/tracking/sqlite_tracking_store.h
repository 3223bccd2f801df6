// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sqlite_file.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking {

/// TrackingStore on an MLflow database. Every call is one transaction.
class SqliteTrackingStore final : public TrackingStore {
 public:
  explicit SqliteTrackingStore(std::shared_ptr<SqliteFile> file) : file_(std::move(file)) {}

  std::string uri() const override { return file_->uri(); }
  Result<Capabilities> Probe() override { return Capabilities{}; }

  Result<Experiment> EnsureExperiment(const std::string& name) override;
  Result<Experiment> FindExperiment(const std::string& name) override;
  Result<Experiment> GetExperiment(const std::string& experiment_id) override;
  Result<std::vector<Experiment>> ListExperiments() override;

  Result<Run> CreateRun(const NewRun& new_run) override;
  Result<Run> GetRun(const std::string& run_id) override;
  Result<std::vector<Run>> SearchRuns(const RunQuery& query) override;
  Status LogBatch(const std::string& run_id, std::span<const Metric> metrics, std::span<const Param> params,
                  std::span<const Tag> tags) override;
  Status LogInputs(const std::string& run_id, std::span<const DatasetInput> datasets) override;
  Status LogModelInput(const std::string& run_id, const std::string& model_id) override;
  Status LogOutput(const std::string& run_id, const ModelOutput& model) override;
  Status UpdateRun(const std::string& run_id, RunStatus status, std::int64_t end_time) override;
  Result<std::vector<Metric>> MetricHistory(const std::string& run_id, const std::string& key) override;

  Result<LoggedModel> CreateLoggedModel(const NewLoggedModel& model) override;
  Result<LoggedModel> GetLoggedModel(const std::string& model_id) override;
  Status FinishLoggedModel(const std::string& model_id, ModelStatus status) override;
  Status LogModelMetrics(const std::string& run_id, const std::string& model_id, std::span<const Metric> metrics,
                         const DatasetInput* dataset) override;

  Status UploadArtifact(const std::string& root_uri, const std::string& path,
                        const std::filesystem::path& file) override;
  Result<std::vector<ArtifactEntry>> ListArtifacts(const std::string& root_uri, const std::string& path) override;
  Status DownloadArtifact(const std::string& root_uri, const std::string& path,
                          const std::filesystem::path& file) override;

 private:
  SqliteDatabase& database() { return file_->database(); }
  Result<Run> ReadWhole(const std::string& run_id);
  /// The folder of a root: of file: URIs, plain paths, and mlflow-artifacts: as `mlflow server` keeps them by default.
  Result<std::filesystem::path> RootFolder(const std::string& root_uri) const;

  std::shared_ptr<SqliteFile> file_;
};

}  // namespace valence::tracking
