// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sqlite_database.h"
#include "valence/base/result.h"

namespace valence::tracking {

/// The revision of MLflow's schema that new files have: MLflow 3.0's, which every MLflow 3 migrates when it opens it.
inline constexpr std::string_view kCreatedRevision = "6953534de441";

/// Marks a database as made by Valence: "VALN" in SQLite's PRAGMA application_id, a field of the file's header that
/// MLflow's migrations and VACUUM keep.
inline constexpr std::int64_t kApplicationId = 0x56414C4E;

/// The tables, indexes and alembic_version of that revision. The names of its constraints bind: MLflow's later
/// migrations drop them by name (docs/formats/mlflow-db.md).
extern const char* const kCreateTables;

/// What of a database's schema our SQL depends on.
struct SqliteSchema {
  std::string revision;        ///< alembic_version
  bool has_workspace = false;  ///< experiments and registry tables have the column `workspace` (MLflow 3.10 and later)
  std::int64_t cookie = -1;    ///< PRAGMA schema_version when it was read: changes with any table

  /// "" or a condition to append to WHERE: Valence lives in MLflow's default workspace.
  const char* InWorkspace() const { return has_workspace ? " AND workspace = 'default'" : ""; }
};

/// Reads and checks the schema: every column that we read or write is there, and every other column of tables that we
/// insert into may be left out. Error: kFailedPrecondition, saying what to do.
Result<SqliteSchema> ReadSchema(SqliteDatabase& database);

}  // namespace valence::tracking
