// SPDX-License-Identifier: Apache-2.0
#include "streams.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace valence::parquet_tool {

Error FromArrow(const arrow::Status& status, const std::string& what) {
  const std::string message = fmt::format("{}: {}", what, status.message());
  // The streams below say "cancelled"; Arrow calls a file that is not Parquet, or CSV that is none, "invalid".
  if (status.IsCancelled()) return Unavailable(message);
  if (status.IsNotImplemented() || status.IsTypeError()) return InvalidArgument(message);
  return DataCorrupt(message);
}

arrow::Status StandardOutput::Write(const void* data, std::int64_t size) {
  auto rest = std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
  while (!rest.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return arrow::Status::Cancelled("standard output: ", std::system_category().message(errno));
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  written_ += size;
  return arrow::Status::OK();
}

arrow::Status StandardOutput::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

arrow::Status AtomicOutput::Write(const void* data, std::int64_t size) {
  const Status written = file_.Append(std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size)));
  return written ? arrow::Status::OK() : arrow::Status::Cancelled(written.error().message);
}

arrow::Status AtomicOutput::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

}  // namespace valence::parquet_tool
