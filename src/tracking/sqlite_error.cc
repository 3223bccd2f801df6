// SPDX-License-Identifier: Apache-2.0
#include "sqlite_error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace valence::tracking {
namespace {

std::string SystemCause(sqlite3* handle) {
  const int number = handle == nullptr ? 0 : ::sqlite3_system_errno(handle);
  return number == 0 ? std::string() : fmt::format(" ({})", std::generic_category().message(number));
}

/// A full disk often shows first where SQLite makes its -wal or -shm file, as an I/O error.
bool IsFull(int code, sqlite3* handle) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  const int number = handle == nullptr ? 0 : ::sqlite3_system_errno(handle);
  return (code & 0xFF) == SQLITE_IOERR && (number == ENOSPC || number == EDQUOT);
}

}  // namespace

Error SqliteError(const std::filesystem::path& path, int code, sqlite3* handle) {
  const std::string where = path.string();
  const std::string words = handle == nullptr ? ::sqlite3_errstr(code) : ::sqlite3_errmsg(handle);
  if (IsFull(code, handle)) {
    return Unavailable(fmt::format("{}: no space left on its disk; free some and try again", where));
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Unavailable(
          fmt::format("{}: locked by another program, waited in vain; try again when it is done", where));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Unavailable(fmt::format("{}: cannot be written: make the file and its folder writable", where));
    case SQLITE_CANTOPEN:
      return Unavailable(
          fmt::format("{}: cannot be opened{}: its folder must exist and be writable", where, SystemCause(handle)));
    case SQLITE_IOERR:
      return Unavailable(fmt::format("{}: {}{}", where, words, SystemCause(handle)));
    case SQLITE_NOTADB:
      return FailedPrecondition(fmt::format("{}: not an SQLite database; move it away, or name another", where));
    case SQLITE_CORRUPT:
      return FailedPrecondition(fmt::format(
          "{}: damaged ({}); restore a copy, or save what is left with: sqlite3 {} .recover", where, words, where));
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, fmt::format("{}: {}", where, words)};
    case SQLITE_SCHEMA:
    case SQLITE_ERROR:
      return FailedPrecondition(fmt::format("{}: its tables are not as expected: {}", where, words));
    default:
      return Unavailable(fmt::format("{}: {}", where, words));
  }
}

}  // namespace valence::tracking
