// SPDX-License-Identifier: Apache-2.0
#include "file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <system_error>

namespace valence::internal {

Error SystemError(const std::filesystem::path& path, std::string_view action, int error_number) {
  const ErrorCode code =
      error_number == ENOENT || error_number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return {code, fmt::format("{}: cannot {}: {}", path.string(), action,
                            std::error_code(error_number, std::generic_category()).message())};
}

Result<FileDescriptor> OpenForReading(const std::filesystem::path& path) {
  const int fd = RetryIfInterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd < 0) return SystemError(path, "open", errno);
  return FileDescriptor(fd);
}

}  // namespace valence::internal
