// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

#include "valence/base/result.h"

namespace valence::internal {

/// Owns a file descriptor. Move-only.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Calls `call` until a signal no longer interrupts it.
template <class Call>
auto RetryIfInterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// "<path>: cannot <action>: <the system's words for errno>".
Error SystemError(const std::filesystem::path& path, std::string_view action, int error_number);

/// Opens for reading. Errors: kNotFound, kUnavailable.
Result<FileDescriptor> OpenForReading(const std::filesystem::path& path);

}  // namespace valence::internal
