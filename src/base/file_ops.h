// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace valence::internal {

/// The system calls by which writing can fail. Tests put failing ones here; nothing else does.
struct FileOps {
  ssize_t (*write)(int fd, const void* bytes, std::size_t size);
  ssize_t (*pwrite)(int fd, const void* bytes, std::size_t size, off_t offset);
  int (*fsync)(int fd);
  int (*rename)(const char* from, const char* to);
};

/// The process-wide calls, the system's own at first. Replacing them is not thread-safe.
FileOps& CurrentFileOps();

/// Puts `ops` in place for this object's lifetime.
class ScopedFileOps {
 public:
  explicit ScopedFileOps(const FileOps& ops) : before_(CurrentFileOps()) { CurrentFileOps() = ops; }
  ~ScopedFileOps() { CurrentFileOps() = before_; }
  ScopedFileOps(const ScopedFileOps&) = delete;
  ScopedFileOps& operator=(const ScopedFileOps&) = delete;

 private:
  FileOps before_;
};

}  // namespace valence::internal
