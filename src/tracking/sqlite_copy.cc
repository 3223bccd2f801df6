// SPDX-License-Identifier: Apache-2.0
#include "sqlite_copy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "random_id.h"

namespace valence::tracking {
namespace {

/// Removes a file and what SQLite may have put beside it.
class Temporary {
 public:
  explicit Temporary(const std::filesystem::path& beside) : path_(beside) {
    path_ += fmt::format(".tmp.{}.{}", ::getpid(), NewUuidHex().substr(16));
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"})
      std::filesystem::remove(path_.string() + suffix, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Status CopyOnce(SqliteDatabase& database, const std::filesystem::path& copy) {
  std::error_code error;
  if (std::filesystem::exists(copy, error)) return Ok();
  const Temporary temporary(copy);
  const Status copied = database.CopyTo(temporary.path());  // SQLite syncs it
  if (!copied.has_value()) return Error(copied.error()).With("copying it before the first write");
  // link(2) and not rename(2): another process' copy, made before its first write, must not be replaced by a later one.
  if (::link(temporary.path().c_str(), copy.c_str()) == 0 || errno == EEXIST) return Ok();
  // File systems without hard links.
  if (::rename(temporary.path().c_str(), copy.c_str()) == 0) return Ok();
  return Unavailable(fmt::format("{}: cannot make the copy before the first write: {}", copy.string(),
                                 std::generic_category().message(errno)));
}

}  // namespace valence::tracking
