// SPDX-License-Identifier: Apache-2.0
#include "sqlite_logged_models.h"

#include <fmt/format.h>

#include "random_id.h"
#include "sqlite_experiments.h"
#include "sqlite_file.h"
#include "sqlite_metrics.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking {
namespace {

// MLflow's LoggedModelStatus; frozen, since they are in files.
constexpr std::int64_t kPending = 1;
constexpr std::int64_t kReady = 2;
constexpr std::int64_t kUploadFailed = 3;

std::int64_t Code(ModelStatus status) {
  if (status == ModelStatus::kPending) return kPending;
  return status == ModelStatus::kReady ? kReady : kUploadFailed;
}

ModelStatus StatusFrom(std::int64_t code) {
  if (code == kReady) return ModelStatus::kReady;
  return code == kUploadFailed ? ModelStatus::kUploadFailed : ModelStatus::kPending;
}

LoggedModel ModelFrom(const SqliteStatement& row) {
  LoggedModel model;
  model.model_id = row.Text(0);
  model.experiment_id = row.Text(1);
  model.name = row.Text(2);
  model.artifact_location = row.Text(3);
  model.model_type = row.Text(4);
  model.source_run_id = row.Text(5);
  model.status = StatusFrom(row.Int(6));
  model.creation_timestamp = row.Int(7);
  return model;
}

}  // namespace

Result<LoggedModel> ReadLoggedModel(SqliteDatabase& database, const std::string& model_id) {
  LoggedModel model;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT model_id, experiment_id, name, artifact_location, model_type, source_run_id, status, "
      "creation_timestamp_ms FROM logged_models WHERE model_id = ? AND lifecycle_stage = 'active'",
      [&](const SqliteStatement& row) { model = ModelFrom(row); }, model_id));
  if (model.model_id.empty()) return NotFound(fmt::format("no logged model with the id {}", model_id));
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = ? ORDER BY tag_key",
      [&](const SqliteStatement& row) {
        model.tags.push_back({row.Text(0), row.Text(1)});
      },
      model_id));
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT param_key, param_value FROM logged_model_params WHERE model_id = ? ORDER BY param_key",
      [&](const SqliteStatement& row) {
        model.params.push_back({row.Text(0), row.Text(1)});
      },
      model_id));
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT metric_name, metric_value, metric_timestamp_ms, metric_step FROM logged_model_metrics "
      "WHERE model_id = ? ORDER BY metric_name, metric_step, metric_timestamp_ms",
      [&](const SqliteStatement& row) {
        model.metrics.push_back({row.Text(0), row.Double(1), row.Int(2), row.Int(3)});
      },
      model_id));
  return model;
}

Result<std::string> FindLoggedModelByRequest(SqliteDatabase& database, std::int64_t experiment_id,
                                             std::string_view request_id) {
  std::string found;
  if (request_id.empty()) return found;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT m.model_id FROM logged_model_tags t JOIN logged_models m ON m.model_id = t.model_id WHERE "
      "t.tag_key = ? AND t.tag_value = ? AND m.experiment_id = ? AND m.lifecycle_stage = 'active' LIMIT 1",
      [&](const SqliteStatement& row) { found = row.Text(0); }, kClientRequestId, request_id, experiment_id));
  return found;
}

Result<std::string> InsertLoggedModel(SqliteDatabase& database, const NewLoggedModel& model,
                                      const Experiment& experiment) {
  const std::string id = "m-" + NewUuidHex();
  const std::int64_t now = NowMilliseconds();
  VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(experiment.experiment_id));
  VALENCE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO logged_models (model_id, experiment_id, name, artifact_location, creation_timestamp_ms, "
      "last_updated_timestamp_ms, status, lifecycle_stage, model_type, source_run_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)",
      id, experiment_id, model.name, fmt::format("{}/models/{}/artifacts", experiment.artifact_location, id), now, now,
      kPending, OrNull{model.model_type}, OrNull{model.source_run_id}));
  for (const Param& param : model.params) {
    VALENCE_RETURN_IF_ERROR(
        database.Run("INSERT OR IGNORE INTO logged_model_params (model_id, experiment_id, param_key, param_value) "
                     "VALUES (?, ?, ?, ?)",
                     id, experiment_id, param.key, param.value));
  }
  for (const Tag& tag : model.tags) VALENCE_RETURN_IF_ERROR(UpsertLoggedModelTag(database, id, experiment_id, tag));
  return id;
}

Status UpdateLoggedModelStatus(SqliteDatabase& database, const std::string& model_id, ModelStatus status) {
  return database.Run("UPDATE logged_models SET status = ?, last_updated_timestamp_ms = ? WHERE model_id = ?",
                      Code(status), NowMilliseconds(), model_id);
}

Status UpsertLoggedModelTag(SqliteDatabase& database, const std::string& model_id, std::int64_t experiment_id,
                            const Tag& tag) {
  VALENCE_RETURN_IF_ERROR(database.Run("UPDATE logged_model_tags SET tag_value = ? WHERE model_id = ? AND tag_key = ?",
                                       tag.value, model_id, tag.key));
  if (database.changed_rows() > 0) return Ok();
  return database.Run("INSERT INTO logged_model_tags (model_id, experiment_id, tag_key, tag_value) VALUES (?, ?, ?, ?)",
                      model_id, experiment_id, tag.key, tag.value);
}

Status InsertModelMetrics(SqliteDatabase& database, const ModelMetricsOwner& owner, std::span<const Metric> metrics) {
  VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(owner.experiment_id));
  for (const Metric& metric : metrics) {
    const StoredValue stored = ToStored(metric.value);
    if (stored.is_nan) continue;
    VALENCE_RETURN_IF_ERROR(database.Run(
        "INSERT OR IGNORE INTO logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, "
        "metric_value, experiment_id, run_id, dataset_uuid, dataset_name, dataset_digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        owner.model_id, metric.key, metric.timestamp, metric.step, stored.value, experiment_id, owner.run_id,
        OrNull{owner.dataset_uuid}, OrNull{owner.dataset_name}, OrNull{owner.dataset_digest}));
  }
  return Ok();
}

}  // namespace valence::tracking
