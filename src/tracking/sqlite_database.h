// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "valence/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace valence::tracking {

/// Binds NULL for "".
struct OrNull {
  std::string_view text;
};

/// A prepared statement on loan from its database: bound, stepped, and given back at the end of its life.
class SqliteStatement {
 public:
  SqliteStatement(class SqliteDatabase* database, std::string sql, sqlite3_stmt* statement)
      : database_(database), sql_(std::move(sql)), statement_(statement) {}
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&&) = delete;
  ~SqliteStatement();

  /// Positions count from 1. Text must live until the last Next().
  void Bind(int position, std::string_view text);
  void Bind(int position, std::int64_t value);
  void Bind(int position, double value);
  void Bind(int position, OrNull value);
  /// False after the last row.
  Result<bool> Next();

  /// Columns of the current row count from 0; NULL is "" and 0. A view lives until the next Next().
  std::string_view View(int column) const;
  std::string Text(int column) const { return std::string(View(column)); }
  std::int64_t Int(int column) const;
  double Double(int column) const;
  bool IsNull(int column) const;

 private:
  SqliteDatabase* database_;
  std::string sql_;
  sqlite3_stmt* statement_;
};

/// A connection to one SQLite file: foreign keys on, waits 20 s for a lock, keeps prepared statements. SQLite's return
/// codes become errors here: kUnavailable (locked, disk full, not writable, I/O), kFailedPrecondition (not a database,
/// damaged, tables that are not as expected), kConflict (a constraint). Not thread-safe; does not move (statements on
/// loan point to it).
class SqliteDatabase {
 public:
  enum class Mode {
    kCreate,     ///< makes the file if it is absent
    kReadWrite,  ///< kUnavailable if it is absent
    kReadOnly,
    kImmutable,  ///< read only, without locks and WAL files: for folders where nothing can be written
  };
  static Result<std::unique_ptr<SqliteDatabase>> Open(const std::filesystem::path& path, Mode mode);
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  ~SqliteDatabase();

  const std::filesystem::path& path() const { return path_; }
  /// How long to wait for another program's lock, in place of 20 s.
  void SetLockWait(std::chrono::milliseconds wait);

  /// Runs one statement and drops its rows. Values are bound in order: text, integers, doubles, OrNull.
  template <class... Values>
  Status Run(std::string_view sql, const Values&... values) {
    return Query(
        sql, [](const SqliteStatement&) {}, values...);
  }

  /// Calls `on_row(row)` for each row.
  template <class OnRow, class... Values>
  Status Query(std::string_view sql, OnRow on_row, const Values&... values) {
    VALENCE_TRY(SqliteStatement statement, Prepare(sql));
    int position = 0;
    (statement.Bind(++position, values), ...);
    for (;;) {
      VALENCE_TRY(const bool more, statement.Next());
      if (!more) return Ok();
      on_row(statement);
    }
  }

  /// The first column of the first row as an integer; 0 if there is none.
  template <class... Values>
  Result<std::int64_t> Int(std::string_view sql, const Values&... values) {
    std::int64_t value = 0;
    VALENCE_RETURN_IF_ERROR(Query(
        sql, [&](const SqliteStatement& row) { value = row.Int(0); }, values...));
    return value;
  }

  Result<SqliteStatement> Prepare(std::string_view sql);
  /// Several statements in one text, without values.
  Status Script(const char* sql);
  std::int64_t last_row_id() const;
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  int changed_rows() const;

  /// Copies all of it, as of now, into the new file `to` (SQLite's online backup).
  Status CopyTo(const std::filesystem::path& to);

 private:
  friend class SqliteStatement;
  SqliteDatabase(std::filesystem::path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  Error LastError() const;
  void TakeBack(std::string sql, sqlite3_stmt* statement);

  std::filesystem::path path_;
  sqlite3* handle_;
  std::multimap<std::string, sqlite3_stmt*, std::less<>> idle_;
};

}  // namespace valence::tracking
