// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rest_artifacts.h"
#include "rest_batches.h"
#include "rest_client.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking::internal {

/// TrackingStore over MLflow's REST API, version 2 or later, and DagsHub's subset of it.
class RestStore final : public TrackingStore {
 public:
  explicit RestStore(std::shared_ptr<RestClient> client) : client_(std::move(client)), artifacts_(client_) {}

  std::string uri() const override { return client_->server().Base(); }
  Result<Capabilities> Probe() override;

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
  Result<std::vector<LoggedModel>> ModelsOfRun(const std::string& experiment_id, const std::string& run_id) override;
  Status FinishLoggedModel(const std::string& model_id, ModelStatus status) override;
  Status LogModelMetrics(const std::string& run_id, const std::string& model_id, std::span<const Metric> metrics,
                         const DatasetInput* dataset) override;

  Status UploadArtifact(const std::string& root_uri, const std::string& path,
                        const std::filesystem::path& file) override {
    return artifacts_.Upload(root_uri, path, file);
  }
  Result<std::vector<ArtifactEntry>> ListArtifacts(const std::string& root_uri, const std::string& path) override {
    return artifacts_.List(root_uri, path);
  }
  Status DownloadArtifact(const std::string& root_uri, const std::string& path,
                          const std::filesystem::path& file) override {
    return artifacts_.Download(root_uri, path, file);
  }

 private:
  Result<Run> CreateRunOnce(const NewRun& new_run);
  Result<std::optional<Run>> FindByRequestId(const NewRun& new_run);
  Result<LoggedModel> CreateLoggedModelOnce(const NewLoggedModel& model);
  Result<std::optional<LoggedModel>> FindByRequestId(const NewLoggedModel& model);
  Status RefuseWithoutLoggedModels() const;
  Status SendBatches(const Result<std::vector<std::string>>& bodies);

  std::shared_ptr<RestClient> client_;
  RestArtifacts artifacts_;
};

}  // namespace valence::tracking::internal
