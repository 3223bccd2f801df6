// SPDX-License-Identifier: Apache-2.0
#include "sqlite_model_versions.h"

#include <fmt/format.h>

#include "sqlite_experiments.h"
#include "sqlite_file.h"
#include "sqlite_logged_models.h"
#include "valence/base/json.h"
#include "valence/base/numbers.h"
#include "valence/tracking/tracking_store.h"

namespace valence::tracking {
namespace {

constexpr std::string_view kModelUri = "models:/m-";
constexpr std::string_view kModelVersionsTag = "mlflow.modelVersions";

/// The logged model that a source names, or "".
std::string ModelIdOf(std::string_view source) {
  if (!source.starts_with(kModelUri)) return {};
  return std::string(source.substr(std::string_view("models:/").size()));
}

ModelVersion VersionFrom(const SqliteStatement& row) {
  ModelVersion version;
  version.name = row.Text(0);
  version.version = row.Text(1);
  version.run_id = row.Text(2);
  version.source = row.Text(3);
  version.model_id = ModelIdOf(version.source);
  version.description = row.Text(4);
  version.current_stage = row.Text(5);
  version.status = row.Text(6);
  version.creation_timestamp = row.Int(7);
  return version;
}

Status ReadAliasesAndTags(SqliteDatabase& database, const SqliteSchema& schema, ModelVersion* version) {
  VALENCE_TRY(const std::int64_t number, ParseVersion(version->name, version->version));
  VALENCE_RETURN_IF_ERROR(database.Query(
      fmt::format("SELECT alias FROM registered_model_aliases WHERE name = ? AND version = ?{} ORDER BY alias",
                  schema.InWorkspace()),
      [&](const SqliteStatement& row) { version->aliases.push_back(row.Text(0)); }, version->name, number));
  return database.Query(
      fmt::format("SELECT key, value FROM model_version_tags WHERE name = ? AND version = ?{} ORDER BY key",
                  schema.InWorkspace()),
      [&](const SqliteStatement& row) {
        version->tags.push_back({row.Text(0), row.Text(1)});
      },
      version->name, number);
}

template <class... Values>
Result<std::vector<ModelVersion>> Select(SqliteDatabase& database, const SqliteSchema& schema,
                                         std::string_view condition, const Values&... values) {
  std::vector<ModelVersion> found;
  // MLflow keeps a deleted version's row in a stage of its own.
  VALENCE_RETURN_IF_ERROR(database.Query(
      fmt::format("SELECT name, version, run_id, source, description, current_stage, status, creation_time FROM "
                  "model_versions WHERE current_stage != 'Deleted_Internal'{} AND {} ORDER BY version DESC",
                  schema.InWorkspace(), condition),
      [&](const SqliteStatement& row) { found.push_back(VersionFrom(row)); }, values...));
  for (ModelVersion& version : found) VALENCE_RETURN_IF_ERROR(ReadAliasesAndTags(database, schema, &version));
  return found;
}

Error NoVersion(const std::string& name, const std::string& version) {
  return NotFound(fmt::format("registered model '{}' has no version {}", name, version));
}

/// Appends to the list that MLflow's UI shows on a logged model's page.
Status NoteOnLoggedModel(SqliteDatabase& database, const LoggedModel& model, const std::string& name,
                         std::int64_t version) {
  Json versions = Json::MakeArray();
  if (const std::string_view present = FindTag(model.tags, kModelVersionsTag); !present.empty()) {
    Result<Json> list = Json::Parse(present);
    if (list.has_value() && list->is_array()) versions = std::move(list).value();
  }
  versions.Push(Json::MakeObject({{"name", name}, {"version", version}}));
  VALENCE_TRY(const std::int64_t experiment_id, ParseExperimentId(model.experiment_id));
  return UpsertLoggedModelTag(database, model.model_id, experiment_id,
                              {std::string(kModelVersionsTag), versions.Dump()});
}

Status TouchModel(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name, std::int64_t now) {
  return database.Run(
      fmt::format("UPDATE registered_models SET last_updated_time = ? WHERE name = ?{}", schema.InWorkspace()), now,
      name);
}

Status InsertVersionRow(SqliteDatabase& database, const NewModelVersion& version, std::int64_t number,
                        const std::string& run_id, const std::string& storage_location) {
  const std::int64_t now = NowMilliseconds();
  return database.Run(
      "INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, current_stage, "
      "source, run_id, status, storage_location) VALUES (?, ?, ?, ?, ?, 'None', ?, ?, 'READY', ?)",
      version.name, number, now, now, OrNull{version.description}, version.source, OrNull{run_id}, storage_location);
}

}  // namespace

Result<std::int64_t> ParseVersion(const std::string& name, const std::string& version) {
  const Result<std::int64_t> number = ParseInt(version);
  if (!number.has_value() || *number < 1) return NoVersion(name, fmt::format("'{}'", version));
  return number;
}

Result<ModelVersion> ReadVersion(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                 std::int64_t version) {
  VALENCE_TRY(const std::vector<ModelVersion> found,
              Select(database, schema, "name = ? AND version = ?", name, version));
  if (found.empty()) return NoVersion(name, std::to_string(version));
  return found[0];
}

Result<std::vector<ModelVersion>> ReadVersions(SqliteDatabase& database, const SqliteSchema& schema,
                                               const std::string& name) {
  return Select(database, schema, "name = ?", name);
}

Result<std::int64_t> FindVersionByRequest(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                          std::string_view request_id) {
  if (request_id.empty()) return std::int64_t{0};
  return database.Int(fmt::format("SELECT version FROM model_version_tags WHERE name = ? AND key = ? AND value = ?{}",
                                  schema.InWorkspace()),
                      name, kClientRequestId, request_id);
}

Result<std::int64_t> InsertVersion(SqliteDatabase& database, const SqliteSchema& schema,
                                   const NewModelVersion& version) {
  // Deleted versions count: a number is never given twice.
  VALENCE_TRY(
      const std::int64_t greatest,
      database.Int(fmt::format("SELECT max(version) FROM model_versions WHERE name = ?{}", schema.InWorkspace()),
                   version.name));
  const std::int64_t number = greatest + 1;
  const std::string model_id = version.model_id.empty() ? ModelIdOf(version.source) : version.model_id;
  std::string run_id = version.run_id;
  VALENCE_TRY(const std::string location, ResolveSource(database, schema, version.source));
  if (!model_id.empty()) {
    VALENCE_TRY(const LoggedModel model, ReadLoggedModel(database, model_id));
    if (run_id.empty()) run_id = model.source_run_id;
    VALENCE_RETURN_IF_ERROR(NoteOnLoggedModel(database, model, version.name, number));
  }
  VALENCE_RETURN_IF_ERROR(InsertVersionRow(database, version, number, run_id, location));
  for (const Tag& tag : version.tags)
    VALENCE_RETURN_IF_ERROR(UpsertVersionTag(database, schema, version.name, number, tag));
  VALENCE_RETURN_IF_ERROR(TouchModel(database, schema, version.name, NowMilliseconds()));
  return number;
}

Status UpsertVersionTag(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                        std::int64_t version, const Tag& tag) {
  VALENCE_RETURN_IF_ERROR(
      database.Run(fmt::format("UPDATE model_version_tags SET value = ? WHERE name = ? AND version = ? AND key = ?{}",
                               schema.InWorkspace()),
                   tag.value, name, version, tag.key));
  if (database.changed_rows() > 0) return Ok();
  return database.Run("INSERT INTO model_version_tags (key, value, name, version) VALUES (?, ?, ?, ?)", tag.key,
                      tag.value, name, version);
}

Status UpdateStage(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name, std::int64_t version,
                   const std::string& stage, bool archive_existing) {
  const std::int64_t now = NowMilliseconds();
  if (archive_existing) {
    VALENCE_RETURN_IF_ERROR(
        database.Run(fmt::format("UPDATE model_versions SET current_stage = 'Archived', last_updated_time = ? WHERE "
                                 "name = ? AND version != ? AND current_stage = ?{}",
                                 schema.InWorkspace()),
                     now, name, version, stage));
  }
  VALENCE_RETURN_IF_ERROR(database.Run(fmt::format("UPDATE model_versions SET current_stage = ?, last_updated_time = ? "
                                                   "WHERE name = ? AND version = ?{}",
                                                   schema.InWorkspace()),
                                       stage, now, name, version));
  return TouchModel(database, schema, name, now);
}

Result<std::string> ResolveSource(SqliteDatabase& database, const SqliteSchema& schema, const std::string& source) {
  if (const std::string model_id = ModelIdOf(source); !model_id.empty()) {
    VALENCE_TRY(const LoggedModel model, ReadLoggedModel(database, model_id));
    return model.artifact_location;
  }
  constexpr std::string_view kModels = "models:/";
  if (!source.starts_with(kModels)) return source;
  const std::size_t slash = source.find('/', kModels.size());
  if (slash == std::string::npos)
    return InvalidArgument(fmt::format("source '{}': wanted models:/m-<id> or models:/<name>/<version>", source));
  const std::string name = source.substr(kModels.size(), slash - kModels.size());
  VALENCE_TRY(const std::int64_t version, ParseVersion(name, source.substr(slash + 1)));
  return ReadDownloadUri(database, schema, name, version);
}

Result<std::string> ReadDownloadUri(SqliteDatabase& database, const SqliteSchema& schema, const std::string& name,
                                    std::int64_t version) {
  VALENCE_RETURN_IF_ERROR(ReadVersion(database, schema, name, version));
  std::string location;
  VALENCE_RETURN_IF_ERROR(database.Query(
      fmt::format("SELECT coalesce(nullif(storage_location, ''), source) FROM model_versions WHERE "
                  "name = ? AND version = ?{}",
                  schema.InWorkspace()),
      [&](const SqliteStatement& row) { location = row.Text(0); }, name, version));
  constexpr std::string_view kRuns = "runs:/";
  if (!location.starts_with(kRuns)) return location;
  const std::size_t slash = std::min(location.find('/', kRuns.size()), location.size());
  std::string artifact_uri;
  VALENCE_RETURN_IF_ERROR(database.Query(
      "SELECT artifact_uri FROM runs WHERE run_uuid = ?",
      [&](const SqliteStatement& row) { artifact_uri = row.Text(0); },
      std::string_view(location).substr(kRuns.size(), slash - kRuns.size())));
  if (artifact_uri.empty())
    return NotFound(fmt::format("version {} of '{}' comes from {}, and that run is not here", version, name, location));
  return artifact_uri + location.substr(slash);
}

}  // namespace valence::tracking
