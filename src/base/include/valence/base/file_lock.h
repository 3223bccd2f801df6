// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "valence/base/result.h"

namespace valence {

/// Held by one process at a time, until it is destroyed or the process ends, however it ends. The file stays: its
/// removal would let two holders in. Not for network file systems without flock(2).
class FileLock {
 public:
  /// Does not wait. Errors: kConflict if another holds it, kNotFound or kUnavailable if the file cannot be made.
  static Result<FileLock> TryTake(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace valence
