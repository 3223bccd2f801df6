// SPDX-License-Identifier: Apache-2.0
#include "sqlite_file.h"

#include <fmt/format.h>

#include <chrono>
#include <system_error>

#include "local_artifacts.h"
#include "sqlite_copy.h"

namespace valence::tracking {
namespace {

using Mode = SqliteDatabase::Mode;

/// Whether a reader of this WAL database would miss what another program has not yet moved out of its WAL.
bool HasWal(const std::filesystem::path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path.string() + "-wal", error);
  return !error && bytes > 0;
}

}  // namespace

SqliteFile::SqliteFile(const std::filesystem::path& path, const SqliteOptions& options)
    : name_(path), read_only_(options.read_only) {
  std::error_code ignored;  // only if there is no working directory; then the relative path has to do
  path_ = std::filesystem::absolute(path, ignored).lexically_normal();
  folder_ = path_.parent_path();
  artifacts_ = options.artifacts.empty() ? folder_ / "mlruns"
                                         : std::filesystem::absolute(options.artifacts, ignored).lexically_normal();
}

Result<std::shared_ptr<SqliteFile>> SqliteFile::Open(const std::filesystem::path& path, const SqliteOptions& options) {
  std::shared_ptr<SqliteFile> file(new SqliteFile(path, options));
  std::error_code error;
  const bool exists = std::filesystem::exists(file->path_, error);
  if (error) return Unavailable(fmt::format("{}: {}", path.string(), error.message()));
  if (!exists && (!options.create || options.read_only))
    return NotFound(fmt::format("{}: no such database; a run makes it", path.string()));
  VALENCE_RETURN_IF_ERROR(file->OpenExisting());
  VALENCE_TRY(const std::int64_t tables, file->database_->Int("SELECT count(*) FROM sqlite_master"));
  if (tables == 0 && options.create && !options.read_only) VALENCE_RETURN_IF_ERROR(file->Create());
  VALENCE_RETURN_IF_ERROR(file->Read([] { return Ok(); }));
  return file;
}

Status SqliteFile::OpenExisting() {
  std::error_code ignored;
  if (!read_only_) std::filesystem::create_directories(folder_, ignored);  // SQLite says why, if it cannot
  Status opened = OpenAs(read_only_ ? Mode::kReadOnly : Mode::kCreate);
  // A WAL database needs its -shm file even for reading; where none can be made, the file alone is all there is.
  if (read_only_ && !opened.has_value() && opened.error().code == ErrorCode::kUnavailable && !HasWal(path_))
    opened = OpenAs(Mode::kImmutable);
  return opened;
}

Status SqliteFile::OpenAs(SqliteDatabase::Mode mode) {
  VALENCE_TRY(database_, SqliteDatabase::Open(path_, mode));
  return ReadMark();
}

Status SqliteFile::ReadMark() {
  VALENCE_TRY(const std::int64_t mark, database_->Int("PRAGMA application_id"));
  may_write_ = mark == kApplicationId;
  return Ok();
}

Status SqliteFile::Create() {
  // Outside a transaction, as SQLite wants it; where it cannot be (network file systems), the default mode serves.
  (void)database_->Run("PRAGMA journal_mode = WAL");
  VALENCE_RETURN_IF_ERROR(database_->Run("BEGIN IMMEDIATE"));
  VALENCE_RETURN_IF_ERROR(End(FillNewFile()));
  return ReadMark();
}

Status SqliteFile::FillNewFile() {
  VALENCE_TRY(const std::int64_t tables, database_->Int("SELECT count(*) FROM sqlite_master"));
  if (tables > 0) return Ok();  // another process was faster
  VALENCE_RETURN_IF_ERROR(database_->Script(kCreateTables));
  VALENCE_RETURN_IF_ERROR(database_->Run(fmt::format("PRAGMA application_id = {}", kApplicationId)));
  const std::int64_t now = NowMilliseconds();
  return database_->Run(
      "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, "
      "last_update_time) VALUES (0, 'Default', ?, 'active', ?, ?)",
      FileUri(artifacts_ / "0"), now, now);
}

Status SqliteFile::Begin(const char* statement) {
  VALENCE_RETURN_IF_ERROR(database_->Run(statement));
  Status understood = CheckSchema();
  if (!understood.has_value()) (void)database_->Run("ROLLBACK");
  return understood;
}

Status SqliteFile::CheckSchema() {
  VALENCE_TRY(const std::int64_t cookie, database_->Int("PRAGMA schema_version"));
  if (cookie == schema_.cookie) return Ok();
  VALENCE_TRY(schema_, ReadSchema(*database_));
  return Ok();
}

Status SqliteFile::CheckWritable() const {
  if (read_only_) return FailedPrecondition(fmt::format("{}: opened for reading only", name_.string()));
  return Ok();
}

Status SqliteFile::PrepareToWrite() {
  VALENCE_RETURN_IF_ERROR(CheckWritable());
  if (may_write_) return Ok();
  VALENCE_RETURN_IF_ERROR(CopyOnce(*database_, path_.string() + ".before-valence"));
  may_write_ = true;
  return Ok();
}

}  // namespace valence::tracking
