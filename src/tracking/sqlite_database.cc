// SPDX-License-Identifier: Apache-2.0
#include "sqlite_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "sqlite_error.h"
#include "valence/base/check.h"
#include "valence/net/http_client.h"

namespace valence::tracking {
namespace {

constexpr std::chrono::milliseconds kLockWait{20'000};  // as MLflow waits

int OpenFlags(SqliteDatabase::Mode mode) {
  switch (mode) {
    case SqliteDatabase::Mode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case SqliteDatabase::Mode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    default:
      return SQLITE_OPEN_READONLY;
  }
}

std::string OpenName(const std::filesystem::path& path, SqliteDatabase::Mode mode) {
  if (mode != SqliteDatabase::Mode::kImmutable) return path.string();
  return "file://" + net::PercentEncode(path.string(), true) + "?immutable=1";
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : database_(other.database_), sql_(std::move(other.sql_)), statement_(std::exchange(other.statement_, nullptr)) {}

SqliteStatement::~SqliteStatement() {
  if (statement_ != nullptr) database_->TakeBack(std::move(sql_), statement_);
}

void SqliteStatement::Bind(int position, std::string_view text) {
  // A null pointer would bind NULL; "" is not NULL.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  const int code = ::sqlite3_bind_text64(statement_, position, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  VALENCE_CHECK(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM, "a value for each '?'");
}

void SqliteStatement::Bind(int position, std::int64_t value) {
  VALENCE_CHECK(::sqlite3_bind_int64(statement_, position, value) == SQLITE_OK, "a value for each '?'");
}

void SqliteStatement::Bind(int position, double value) {
  VALENCE_CHECK(::sqlite3_bind_double(statement_, position, value) == SQLITE_OK, "a value for each '?'");
}

void SqliteStatement::Bind(int position, OrNull value) {
  if (!value.text.empty()) return Bind(position, value.text);
  VALENCE_CHECK(::sqlite3_bind_null(statement_, position) == SQLITE_OK, "a value for each '?'");
}

Result<bool> SqliteStatement::Next() {
  const int code = ::sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->LastError();
}

std::string_view SqliteStatement::View(int column) const {
  const unsigned char* text = ::sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column))};
}

std::int64_t SqliteStatement::Int(int column) const { return ::sqlite3_column_int64(statement_, column); }
double SqliteStatement::Double(int column) const { return ::sqlite3_column_double(statement_, column); }
bool SqliteStatement::IsNull(int column) const { return ::sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::filesystem::path& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int flags = OpenFlags(mode) | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = ::sqlite3_open_v2(OpenName(path, mode).c_str(), &handle, flags, nullptr);
  if (code != SQLITE_OK) {
    Error error = SqliteError(path, code, handle);
    ::sqlite3_close(handle);
    return error;
  }
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(path, handle));
  database->SetLockWait(kLockWait);
  // The default cache of 2 MB makes a listing read the same pages again and again. KiB, taken as needed.
  VALENCE_RETURN_IF_ERROR(database->Script("PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536"));
  return database;
}

SqliteDatabase::~SqliteDatabase() {
  for (const auto& [sql, statement] : idle_) ::sqlite3_finalize(statement);
  ::sqlite3_close(handle_);
}

void SqliteDatabase::SetLockWait(std::chrono::milliseconds wait) {
  ::sqlite3_busy_timeout(handle_, static_cast<int>(wait.count()));
}

Result<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  if (const auto found = idle_.find(sql); found != idle_.end()) {
    auto node = idle_.extract(found);
    return SqliteStatement(this, std::move(node.key()), node.mapped());
  }
  sqlite3_stmt* statement = nullptr;
  const int code = ::sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
  if (code != SQLITE_OK) return LastError();
  return SqliteStatement(this, std::string(sql), statement);
}

void SqliteDatabase::TakeBack(std::string sql, sqlite3_stmt* statement) {
  ::sqlite3_reset(statement);
  ::sqlite3_clear_bindings(statement);
  idle_.emplace(std::move(sql), statement);
}

Status SqliteDatabase::Script(const char* sql) {
  if (::sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return LastError();
  return Ok();
}

std::int64_t SqliteDatabase::last_row_id() const { return ::sqlite3_last_insert_rowid(handle_); }
int SqliteDatabase::changed_rows() const { return ::sqlite3_changes(handle_); }

Status SqliteDatabase::CopyTo(const std::filesystem::path& to) {
  VALENCE_TRY(const auto copy, Open(to, Mode::kCreate));
  sqlite3_backup* backup = ::sqlite3_backup_init(copy->handle_, "main", handle_, "main");
  if (backup == nullptr) return copy->LastError();
  const int code = ::sqlite3_backup_step(backup, -1);
  ::sqlite3_backup_finish(backup);
  if (code == SQLITE_DONE) return Ok();
  return SqliteError(to, code, nullptr);
}

Error SqliteDatabase::LastError() const { return SqliteError(path_, ::sqlite3_extended_errcode(handle_), handle_); }

}  // namespace valence::tracking
