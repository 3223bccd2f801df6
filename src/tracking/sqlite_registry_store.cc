// SPDX-License-Identifier: Apache-2.0
#include "sqlite_registry_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sqlite_model_versions.h"
#include "validation.h"

namespace valence::tracking {
namespace {

constexpr std::array<std::string_view, 4> kStages{"None", "Staging", "Production", "Archived"};

Status CheckStage(const std::string& stage, bool archive_existing) {
  if (std::find(kStages.begin(), kStages.end(), stage) == kStages.end())
    return InvalidArgument(fmt::format("unknown stage '{}'; known: {}", stage, fmt::join(kStages, ", ")));
  if (archive_existing && stage != "Staging" && stage != "Production")
    return InvalidArgument(fmt::format("only 'Staging' and 'Production' can archive what was there, not '{}'", stage));
  return Ok();
}

}  // namespace

Result<std::vector<RegisteredModel>> SqliteRegistryStore::ReadModels(const std::string& condition,
                                                                     const std::string& name) {
  std::vector<RegisteredModel> models;
  VALENCE_RETURN_IF_ERROR(database().Query(
      fmt::format("SELECT name, description, creation_time, last_updated_time FROM registered_models WHERE {}{} "
                  "ORDER BY name",
                  condition, InWorkspace()),
      [&](const SqliteStatement& row) {
        models.push_back({row.Text(0), row.Text(1), row.Int(2), row.Int(3), {}, {}});
      },
      name));
  for (RegisteredModel& model : models) {
    VALENCE_RETURN_IF_ERROR(database().Query(
        fmt::format("SELECT alias, version FROM registered_model_aliases WHERE name = ?{}", InWorkspace()),
        [&](const SqliteStatement& row) { model.aliases[row.Text(0)] = row.Text(1); }, model.name));
    VALENCE_RETURN_IF_ERROR(database().Query(
        fmt::format("SELECT key, value FROM registered_model_tags WHERE name = ?{} ORDER BY key", InWorkspace()),
        [&](const SqliteStatement& row) {
          model.tags.push_back({row.Text(0), row.Text(1)});
        },
        model.name));
  }
  return models;
}

Result<RegisteredModel> SqliteRegistryStore::ReadModel(const std::string& name) {
  VALENCE_TRY(const std::vector<RegisteredModel> found, ReadModels("name = ?", name));
  if (found.empty()) return NotFound(fmt::format("no registered model named '{}'", name));
  return found[0];
}

Result<RegisteredModel> SqliteRegistryStore::EnsureModel(const std::string& name, const std::string& description) {
  VALENCE_RETURN_IF_ERROR(CheckRegisteredModelName(name));
  VALENCE_RETURN_IF_ERROR(CheckDescription(description));
  return file_->Write([&]() -> Result<RegisteredModel> {
    Result<RegisteredModel> found = ReadModel(name);
    if (found.has_value() || found.error().code != ErrorCode::kNotFound) return found;
    const std::int64_t now = NowMilliseconds();
    VALENCE_RETURN_IF_ERROR(
        database().Run("INSERT INTO registered_models (name, creation_time, last_updated_time, description) "
                       "VALUES (?, ?, ?, ?)",
                       name, now, now, OrNull{description}));
    return ReadModel(name);
  });
}

Result<RegisteredModel> SqliteRegistryStore::GetModel(const std::string& name) {
  return file_->Read([&] { return ReadModel(name); });
}

Result<std::vector<RegisteredModel>> SqliteRegistryStore::ListModels() {
  // LIKE '%' is every name, so that one query serves both.
  return file_->Read([&] { return ReadModels("name LIKE ?", "%"); });
}

Result<ModelVersion> SqliteRegistryStore::CreateVersion(const NewModelVersion& version) {
  VALENCE_RETURN_IF_ERROR(CheckDescription(version.description));
  VALENCE_RETURN_IF_ERROR(CheckRegistryTags(version.tags));
  if (version.source.empty()) return InvalidArgument("a model version needs a source");
  return file_->Write([&]() -> Result<ModelVersion> {
    VALENCE_RETURN_IF_ERROR(ReadModel(version.name));
    const SqliteSchema& schema = file_->schema();
    VALENCE_TRY(std::int64_t number,
                FindVersionByRequest(database(), schema, version.name, FindTag(version.tags, kClientRequestId)));
    if (number == 0) {
      VALENCE_TRY(number, InsertVersion(database(), schema, version));
    }
    return ReadVersion(database(), schema, version.name, number);
  });
}

Result<std::int64_t> SqliteRegistryStore::FindVersion(const std::string& name, const std::string& version) {
  VALENCE_TRY(const std::int64_t number, ParseVersion(name, version));
  VALENCE_RETURN_IF_ERROR(ReadVersion(database(), file_->schema(), name, number));
  return number;
}

Result<ModelVersion> SqliteRegistryStore::GetVersion(const std::string& name, const std::string& version) {
  VALENCE_TRY(const std::int64_t number, ParseVersion(name, version));
  return file_->Read([&] { return ReadVersion(database(), file_->schema(), name, number); });
}

Result<ModelVersion> SqliteRegistryStore::GetVersionByAlias(const std::string& name, const std::string& alias) {
  return file_->Read([&]() -> Result<ModelVersion> {
    VALENCE_TRY(const RegisteredModel model, ReadModel(name));
    const auto found = model.aliases.find(alias);
    if (found == model.aliases.end())
      return NotFound(fmt::format("registered model '{}' has no alias '{}'", name, alias));
    VALENCE_TRY(const std::int64_t number, ParseVersion(name, found->second));
    return ReadVersion(database(), file_->schema(), name, number);
  });
}

Result<std::vector<ModelVersion>> SqliteRegistryStore::ListVersions(const std::string& name) {
  return file_->Read([&]() -> Result<std::vector<ModelVersion>> {
    VALENCE_RETURN_IF_ERROR(ReadModel(name));
    return ReadVersions(database(), file_->schema(), name);
  });
}

Status SqliteRegistryStore::SetVersionTag(const std::string& name, const std::string& version, const Tag& tag) {
  VALENCE_RETURN_IF_ERROR(CheckRegistryTags(std::span(&tag, 1)));
  return file_->Write([&]() -> Status {
    VALENCE_TRY(const std::int64_t number, FindVersion(name, version));
    return UpsertVersionTag(database(), file_->schema(), name, number, tag);
  });
}

Status SqliteRegistryStore::WriteAlias(const std::string& name, const std::string& alias, std::int64_t version) {
  VALENCE_RETURN_IF_ERROR(database().Run(
      fmt::format("UPDATE registered_model_aliases SET version = ? WHERE name = ? AND alias = ?{}", InWorkspace()),
      version, name, alias));
  if (database().changed_rows() > 0) return Ok();
  return database().Run("INSERT INTO registered_model_aliases (alias, version, name) VALUES (?, ?, ?)", alias, version,
                        name);
}

Status SqliteRegistryStore::SetAlias(const std::string& name, const std::string& alias, const std::string& version) {
  VALENCE_RETURN_IF_ERROR(CheckAlias(alias));
  return file_->Write([&]() -> Status {
    VALENCE_TRY(const std::int64_t number, FindVersion(name, version));
    return WriteAlias(name, alias, number);
  });
}

Status SqliteRegistryStore::DeleteAlias(const std::string& name, const std::string& alias) {
  return file_->Write([&]() -> Status {
    VALENCE_RETURN_IF_ERROR(ReadModel(name));
    return database().Run(
        fmt::format("DELETE FROM registered_model_aliases WHERE name = ? AND alias = ?{}", InWorkspace()), name, alias);
  });
}

Status SqliteRegistryStore::SetStage(const std::string& name, const std::string& version, const std::string& stage,
                                     bool archive_existing) {
  VALENCE_RETURN_IF_ERROR(CheckStage(stage, archive_existing));
  return file_->Write([&]() -> Status {
    VALENCE_TRY(const std::int64_t number, FindVersion(name, version));
    return UpdateStage(database(), file_->schema(), name, number, stage, archive_existing);
  });
}

Result<std::string> SqliteRegistryStore::DownloadUri(const std::string& name, const std::string& version) {
  VALENCE_TRY(const std::int64_t number, ParseVersion(name, version));
  return file_->Read([&] { return ReadDownloadUri(database(), file_->schema(), name, number); });
}

}  // namespace valence::tracking
