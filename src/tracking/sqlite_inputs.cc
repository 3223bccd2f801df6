// SPDX-License-Identifier: Apache-2.0
#include "sqlite_inputs.h"

#include "random_id.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kContextTag = "mlflow.data.context";

/// One row of `inputs`: from a source to a destination.
struct Edge {
  std::string_view source_type, source_id, destination_type, destination_id;
  std::int64_t step = 0;
};

/// Gives the new input_uuid, or "" if the edge is there already.
Result<std::string> InsertEdge(SqliteDatabase& database, const Edge& edge) {
  VALENCE_TRY(const std::int64_t present,
              database.Int("SELECT count(*) FROM inputs WHERE source_type = ? AND source_id = ? AND "
                           "destination_type = ? AND destination_id = ?",
                           edge.source_type, edge.source_id, edge.destination_type, edge.destination_id));
  if (present > 0) return std::string();
  std::string uuid = NewUuidHex();
  VALENCE_RETURN_IF_ERROR(
      database.Run("INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id, step) "
                   "VALUES (?, ?, ?, ?, ?, ?)",
                   uuid, edge.source_type, edge.source_id, edge.destination_type, edge.destination_id, edge.step));
  return uuid;
}

Status InsertInput(SqliteDatabase& database, std::int64_t experiment_id, const std::string& run_id,
                   const DatasetInput& dataset) {
  VALENCE_TRY(const std::string dataset_uuid, EnsureDataset(database, experiment_id, dataset));
  VALENCE_TRY(const std::string input_uuid, InsertEdge(database, {"DATASET", dataset_uuid, "RUN", run_id}));
  if (input_uuid.empty() || dataset.context.empty()) return Ok();
  return database.Run("INSERT INTO input_tags (input_uuid, name, value) VALUES (?, ?, ?)", input_uuid, kContextTag,
                      dataset.context);
}

}  // namespace

Result<std::string> EnsureDataset(SqliteDatabase& database, std::int64_t experiment_id, const DatasetInput& dataset) {
  std::string uuid;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT dataset_uuid FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
      [&](const SqliteStatement& row) { uuid = row.Text(0); }, experiment_id, dataset.name, dataset.digest));
  if (!uuid.empty()) return uuid;
  uuid = NewUuidHex();
  VALENCE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, "
      "dataset_schema, dataset_profile) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      uuid, experiment_id, dataset.name, dataset.digest, dataset.source_type, dataset.source, OrNull{dataset.schema},
      OrNull{dataset.profile}));
  return uuid;
}

Status InsertInputs(SqliteDatabase& database, std::int64_t experiment_id, const std::string& run_id,
                    std::span<const DatasetInput> datasets) {
  for (const DatasetInput& dataset : datasets)
    VALENCE_RETURN_IF_ERROR(InsertInput(database, experiment_id, run_id, dataset));
  return Ok();
}

Status InsertModelInput(SqliteDatabase& database, const std::string& run_id, const std::string& model_id) {
  VALENCE_RETURN_IF_ERROR(InsertEdge(database, {"RUN_INPUT", run_id, "MODEL_INPUT", model_id}));
  return Ok();
}

Status InsertOutput(SqliteDatabase& database, const std::string& run_id, const ModelOutput& model) {
  VALENCE_RETURN_IF_ERROR(InsertEdge(database, {"RUN_OUTPUT", run_id, "MODEL_OUTPUT", model.model_id, model.step}));
  return Ok();
}

}  // namespace valence::tracking
