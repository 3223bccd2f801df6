// SPDX-License-Identifier: Apache-2.0
#include "sqlite_experiments.h"

#include <fmt/format.h>

#include "local_artifacts.h"
#include "sqlite_file.h"
#include "valence/base/numbers.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kSelect =
    "SELECT experiment_id, name, artifact_location, lifecycle_stage FROM experiments WHERE ";

Experiment ExperimentFrom(const SqliteStatement& row) {
  return {row.Text(0), row.Text(1), row.Text(2), row.Text(3), {}};
}

Status ReadTags(SqliteDatabase& database, Experiment* experiment) {
  VALENCE_TRY(const std::int64_t id, ParseExperimentId(experiment->experiment_id));
  return database.Query(
      "SELECT key, value FROM experiment_tags WHERE experiment_id = ? ORDER BY key",
      [&](const SqliteStatement& row) {
        experiment->tags.push_back({row.Text(0), row.Text(1)});
      },
      id);
}

template <class... Values>
Result<std::vector<Experiment>> Select(SqliteDatabase& database, const std::string& condition,
                                       const Values&... values) {
  std::vector<Experiment> found;
  VALENCE_RETURN_IF_ERROR(database.Query(
      std::string(kSelect) + condition, [&](const SqliteStatement& row) { found.push_back(ExperimentFrom(row)); },
      values...));
  for (Experiment& experiment : found) VALENCE_RETURN_IF_ERROR(ReadTags(database, &experiment));
  return found;
}

}  // namespace

Result<std::int64_t> ParseExperimentId(const std::string& experiment_id) {
  const Result<std::int64_t> id = ParseInt(experiment_id);
  if (id.has_value()) return id;
  return InvalidArgument(fmt::format("experiment id '{}' is not a whole number", experiment_id));
}

Result<Experiment> ReadExperiment(SqliteDatabase& database, const std::string& experiment_id) {
  VALENCE_TRY(const std::int64_t id, ParseExperimentId(experiment_id));
  VALENCE_TRY(const std::vector<Experiment> found, Select(database, "experiment_id = ?", id));
  if (found.empty()) return NotFound(fmt::format("no experiment with the id {}", experiment_id));
  return found[0];
}

Result<Experiment> ReadExperimentByName(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name) {
  VALENCE_TRY(const std::vector<Experiment> found,
              Select(database, std::string("name = ?") + schema.InWorkspace(), name));
  if (found.empty()) return NotFound(fmt::format("no experiment named '{}'", name));
  return found[0];
}

Result<std::vector<Experiment>> ReadExperiments(SqliteDatabase& database, const SqliteSchema& schema) {
  return Select(database, fmt::format("lifecycle_stage = 'active'{} ORDER BY experiment_id", schema.InWorkspace()));
}

Result<Experiment> InsertExperiment(SqliteDatabase& database, const std::string& name,
                                    const std::filesystem::path& artifacts) {
  const std::int64_t now = NowMilliseconds();
  VALENCE_RETURN_IF_ERROR(
      database.Run("INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, "
                   "last_update_time) VALUES (?, '', 'active', ?, ?)",
                   name, now, now));
  // The location holds the id, which SQLite chose just now.
  const std::int64_t id = database.last_row_id();
  VALENCE_RETURN_IF_ERROR(database.Run("UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?",
                                       FileUri(artifacts / std::to_string(id)), id));
  return ReadExperiment(database, std::to_string(id));
}

Status CheckActive(const Experiment& experiment) {
  if (experiment.lifecycle_stage != "deleted") return Ok();
  return FailedPrecondition(
      fmt::format("experiment '{}' is deleted; restore it with 'mlflow experiments restore --experiment-id {}', or "
                  "choose another name",
                  experiment.name, experiment.experiment_id));
}

}  // namespace valence::tracking
