// SPDX-License-Identifier: Apache-2.0
#include "sqlite_runs.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "random_id.h"
#include "sqlite_experiments.h"
#include "valence/tracking/tracking_store.h"
#include "validation.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kRunNameTag = "mlflow.runName";

/// The name that the caller gave, in either place; MLflow, too, invents one otherwise.
Result<std::string> NameOf(const NewRun& new_run, const std::string& run_id) {
  const std::string_view tag = FindTag(new_run.tags, kRunNameTag);
  if (!new_run.run_name.empty() && !tag.empty() && tag != new_run.run_name)
    return InvalidArgument(
        fmt::format("the run's name '{}' and its tag {} '{}' differ", new_run.run_name, kRunNameTag, tag));
  if (!new_run.run_name.empty()) return new_run.run_name;
  return tag.empty() ? "run-" + run_id.substr(0, 8) : std::string(tag);
}

Status InsertParam(SqliteDatabase& database, const std::string& run_id, const Param& param) {
  const std::string_view value = CutParamValue(param.value);
  std::optional<std::string> present;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT value FROM params WHERE key = ? AND run_uuid = ?",
      [&](const SqliteStatement& row) { present = row.Text(0); }, param.key, run_id));
  if (!present.has_value())
    return database.Run("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", param.key, value, run_id);
  if (*present == value) return Ok();
  return Error{ErrorCode::kConflict,
               fmt::format("param '{}' of run {} is '{}' already, and params cannot change: got '{}'", param.key,
                           run_id, CutTo(*present, 100), CutTo(value, 100))};
}

Status UpsertTag(SqliteDatabase& database, const std::string& run_id, const Tag& tag) {
  const std::string_view value = CutTagValue(tag.value);
  VALENCE_RETURN_IF_ERROR(
      database.Run("UPDATE tags SET value = ? WHERE key = ? AND run_uuid = ?", value, tag.key, run_id));
  if (database.changed_rows() == 0) {
    VALENCE_RETURN_IF_ERROR(
        database.Run("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", tag.key, value, run_id));
  }
  // The name is kept twice, and MLflow's UI reads both.
  if (tag.key != kRunNameTag) return Ok();
  return database.Run("UPDATE runs SET name = ? WHERE run_uuid = ?", value, run_id);
}

}  // namespace

Result<Run> RunFrom(const SqliteStatement& row) {
  Run run;
  run.run_id = row.Text(0);
  run.run_name = row.Text(1);
  run.experiment_id = row.Text(2);
  run.user_id = row.Text(3);
  VALENCE_TRY(run.status, ParseRunStatus(row.View(4)));
  run.start_time = row.Int(5);
  run.end_time = row.Int(6);
  run.artifact_uri = row.Text(7);
  run.lifecycle_stage = row.Text(8);
  return run;
}

Result<Run> ReadRun(SqliteDatabase& database, const std::string& run_id) {
  Result<Run> run = NotFound(fmt::format("no run with the id {}", run_id));
  VALENCE_RETURN_IF_ERROR(database.Query(
      fmt::format("SELECT {} FROM runs WHERE run_uuid = ?", kRunColumns),
      [&](const SqliteStatement& row) { run = RunFrom(row); }, run_id));
  return run;
}

Result<Run> ReadActiveRun(SqliteDatabase& database, const std::string& run_id) {
  VALENCE_TRY(Run run, ReadRun(database, run_id));
  if (run.lifecycle_stage != "deleted") return run;
  return FailedPrecondition(
      fmt::format("run {} is deleted; restore it with 'mlflow runs restore --run-id {}'", run_id, run_id));
}

Result<std::string> FindRunByRequest(SqliteDatabase& database, std::int64_t experiment_id,
                                     std::string_view request_id) {
  std::string found;
  if (request_id.empty()) return found;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT t.run_uuid FROM tags t JOIN runs r ON r.run_uuid = t.run_uuid WHERE t.key = ? AND t.value = ? AND "
      "r.experiment_id = ? AND r.lifecycle_stage = 'active' LIMIT 1",
      [&](const SqliteStatement& row) { found = row.Text(0); }, kClientRequestId, request_id, experiment_id));
  return found;
}

Result<std::string> InsertRun(SqliteDatabase& database, const NewRun& new_run, const Experiment& experiment) {
  const std::string run_id = NewUuidHex();
  VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(experiment.experiment_id));
  VALENCE_TRY(const std::string name, NameOf(new_run, run_id));
  VALENCE_RETURN_IF_ERROR(database.Run(
      "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, "
      "source_version, lifecycle_stage, artifact_uri, experiment_id) "
      "VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, '', 'active', ?, ?)",
      run_id, CutTo(name, limits::kKeyLength), OrNull{new_run.user_id}, new_run.start_time,
      fmt::format("{}/{}/artifacts", experiment.artifact_location, run_id), experiment_id));
  VALENCE_RETURN_IF_ERROR(UpsertTags(database, run_id, new_run.tags));
  VALENCE_RETURN_IF_ERROR(UpsertTag(database, run_id, {std::string(kRunNameTag), name}));
  return run_id;
}

Status UpdateRunRow(SqliteDatabase& database, const std::string& run_id, RunStatus status, std::int64_t end_time) {
  VALENCE_RETURN_IF_ERROR(database.Run("UPDATE runs SET status = ? WHERE run_uuid = ?", RunStatusName(status), run_id));
  if (end_time == 0) return Ok();
  return database.Run("UPDATE runs SET end_time = ? WHERE run_uuid = ?", end_time, run_id);
}

Status InsertParams(SqliteDatabase& database, const std::string& run_id, std::span<const Param> params) {
  for (const Param& param : params) VALENCE_RETURN_IF_ERROR(InsertParam(database, run_id, param));
  return Ok();
}

Status UpsertTags(SqliteDatabase& database, const std::string& run_id, std::span<const Tag> tags) {
  for (const Tag& tag : tags) VALENCE_RETURN_IF_ERROR(UpsertTag(database, run_id, tag));
  return Ok();
}

}  // namespace valence::tracking
