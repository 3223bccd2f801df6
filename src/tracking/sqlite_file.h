// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "sqlite_database.h"
#include "sqlite_schema.h"
#include "valence/base/clock.h"
#include "valence/base/result.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

/// An MLflow database that both stores work on. All SQL runs inside Read or Write, which see to it that the schema is
/// one we understand at that moment (MLflow may migrate the file at any time) and that a file of somebody else's is
/// copied before we first write to it.
class SqliteFile {
 public:
  static Result<std::shared_ptr<SqliteFile>> Open(const std::filesystem::path& path, const SqliteOptions& options);

  SqliteDatabase& database() { return *database_; }
  const SqliteSchema& schema() const { return schema_; }
  /// Where new experiments keep artifacts; absolute.
  const std::filesystem::path& artifacts() const { return artifacts_; }
  /// The folder of the database; absolute.
  const std::filesystem::path& folder() const { return folder_; }
  /// As it was named: "sqlite:///mlflow.db".
  std::string uri() const { return "sqlite:///" + name_.generic_string(); }

  /// Error: kFailedPrecondition if it was opened for reading only.
  Status CheckWritable() const;

  /// Runs `body()` (giving a Result) in one transaction with one view of the data. Not to be nested.
  template <class Body>
  std::invoke_result_t<Body> Read(Body body) {
    VALENCE_RETURN_IF_ERROR(Begin("BEGIN"));
    return End(body());
  }

  /// The same, holding the write lock from the start (waiting up to 20 s for it); an error of `body` undoes all.
  template <class Body>
  std::invoke_result_t<Body> Write(Body body) {
    VALENCE_RETURN_IF_ERROR(PrepareToWrite());
    VALENCE_RETURN_IF_ERROR(Begin("BEGIN IMMEDIATE"));
    return End(body());
  }

 private:
  SqliteFile(const std::filesystem::path& path, const SqliteOptions& options);
  Status OpenExisting();
  Status OpenAs(SqliteDatabase::Mode mode);
  Status ReadMark();
  Status Create();
  Status FillNewFile();
  Status Begin(const char* statement);
  Status CheckSchema();
  Status PrepareToWrite();

  template <class R>
  R End(R result) {
    Status done = result.has_value() ? database_->Run("COMMIT") : Status(result.error());
    if (done.has_value()) return result;
    (void)database_->Run("ROLLBACK");  // SQLite may have rolled back already
    return std::move(done).error();
  }

  std::filesystem::path name_, path_, folder_, artifacts_;
  bool read_only_ = false;
  bool may_write_ = false;  ///< ours, or copied
  std::unique_ptr<SqliteDatabase> database_;
  SqliteSchema schema_;
};

}  // namespace valence::tracking
