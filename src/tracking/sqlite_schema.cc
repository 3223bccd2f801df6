// SPDX-License-Identifier: Apache-2.0
#include "sqlite_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace valence::tracking {
namespace {

/// The columns that our SQL names. All of these tables are inserted into.
struct Needed {
  std::string_view table;
  std::string_view columns;
};
constexpr std::array<Needed, 19> kNeeded{{
    {"experiments", "experiment_id name artifact_location lifecycle_stage creation_time last_update_time"},
    {"experiment_tags", "key value experiment_id"},
    {"runs",
     "run_uuid name source_type source_name entry_point_name user_id status start_time end_time source_version "
     "lifecycle_stage artifact_uri experiment_id"},
    {"params", "key value run_uuid"},
    {"tags", "key value run_uuid"},
    {"metrics", "key value timestamp run_uuid step is_nan"},
    {"latest_metrics", "key value timestamp step is_nan run_uuid"},
    {"datasets",
     "dataset_uuid experiment_id name digest dataset_source_type dataset_source dataset_schema dataset_profile"},
    {"inputs", "input_uuid source_type source_id destination_type destination_id step"},
    {"input_tags", "input_uuid name value"},
    {"logged_models",
     "model_id experiment_id name artifact_location creation_timestamp_ms last_updated_timestamp_ms status "
     "lifecycle_stage model_type source_run_id"},
    {"logged_model_metrics",
     "model_id metric_name metric_timestamp_ms metric_step metric_value experiment_id run_id dataset_uuid "
     "dataset_name dataset_digest"},
    {"logged_model_params", "model_id experiment_id param_key param_value"},
    {"logged_model_tags", "model_id experiment_id tag_key tag_value"},
    {"registered_models", "name creation_time last_updated_time description"},
    {"registered_model_tags", "key value name"},
    {"registered_model_aliases", "alias version name"},
    {"model_versions",
     "name version creation_time last_updated_time description current_stage source run_id status storage_location"},
    {"model_version_tags", "key value name version"},
}};

struct Column {
  std::string name;
  bool may_be_left_out = true;
};

Result<std::vector<Column>> ColumnsOf(SqliteDatabase& database, std::string_view table) {
  std::vector<Column> columns;
  // table_info: cid, name, type, notnull, dflt_value, pk
  VALENCE_RETURN_IF_ERROR(database.Query(fmt::format("PRAGMA table_info({})", table), [&](const SqliteStatement& row) {
    columns.push_back({row.Text(1), row.Int(3) == 0 || !row.IsNull(4)});
  }));
  return columns;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool Contains(const std::vector<Column>& columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
}

/// What of `table` our SQL cannot work with.
std::optional<std::string> Mismatch(const Needed& needed, const std::vector<Column>& columns) {
  if (columns.empty()) return fmt::format("no table {}", needed.table);
  const std::vector<std::string_view> names = Words(needed.columns);
  for (const std::string_view name : names)
    if (!Contains(columns, name)) return fmt::format("no column {}.{}", needed.table, name);
  for (const Column& column : columns)
    if (!column.may_be_left_out && std::find(names.begin(), names.end(), column.name) == names.end())
      return fmt::format("a column {}.{} without a default", needed.table, column.name);
  return std::nullopt;
}

Error NotMlflow(const std::filesystem::path& path) {
  return FailedPrecondition(fmt::format(
      "{}: an SQLite database, but not MLflow's; move it away, or name another in MLFLOW_TRACKING_URI", path.string()));
}

Error TooOld(const std::filesystem::path& path, const std::string& revision) {
  return FailedPrecondition(fmt::format(
      "{}: its schema (revision {}) is older than MLflow 3's; take a backup, then run 'mlflow db upgrade sqlite:///{}'",
      path.string(), revision, path.string()));
}

Error TooNew(const std::filesystem::path& path, const std::string& revision, const std::string& what) {
  return FailedPrecondition(
      fmt::format("{}: its schema (revision {}) has {}, which this version of Valence does not know; update Valence, "
                  "or run 'mlflow server --backend-store-uri sqlite:///{}' and set MLFLOW_TRACKING_URI to its address",
                  path.string(), revision, what, path.string()));
}

Result<std::string> Revision(SqliteDatabase& database) {
  VALENCE_TRY(const std::int64_t is_mlflow,
              database.Int("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"));
  if (is_mlflow == 0) return NotMlflow(database.path());
  std::string revision = "none";
  VALENCE_RETURN_IF_ERROR(database.Query("SELECT version_num FROM alembic_version",
                                         [&](const SqliteStatement& row) { revision = row.Text(0); }));
  return revision;
}

}  // namespace

Result<SqliteSchema> ReadSchema(SqliteDatabase& database) {
  SqliteSchema schema;
  VALENCE_TRY(schema.cookie, database.Int("PRAGMA schema_version"));
  VALENCE_TRY(schema.revision, Revision(database));
  // LoggedModels came with MLflow 3; a database without them has not been opened by it.
  VALENCE_TRY(const std::vector<Column> logged_models, ColumnsOf(database, "logged_models"));
  if (logged_models.empty()) return TooOld(database.path(), schema.revision);
  for (const Needed& needed : kNeeded) {
    VALENCE_TRY(const std::vector<Column> columns, ColumnsOf(database, needed.table));
    if (const auto what = Mismatch(needed, columns)) return TooNew(database.path(), schema.revision, *what);
    if (needed.table == "experiments") schema.has_workspace = Contains(columns, "workspace");
  }
  return schema;
}

}  // namespace valence::tracking
