// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>

#include "file_descriptor.h"
#include "valence/base/files.h"

namespace valence {
namespace {

using internal::OpenForReading;
using internal::SystemError;

constexpr std::uint64_t kFirstBuffer = 64 << 10;

Result<struct stat> StatOf(const FileDescriptor& file, const std::filesystem::path& path) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return SystemError(path, "stat", errno);
  if (S_ISDIR(info.st_mode)) return SystemError(path, "read", EISDIR);
  return info;
}

}  // namespace

Result<std::string> ReadFile(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  VALENCE_TRY(const FileDescriptor file, OpenForReading(path));
  VALENCE_TRY(const struct stat info, StatOf(file, path));
  const auto too_big = [&] {
    return ResourceExhausted(fmt::format("{}: larger than the limit of {} bytes", path.string(), limit_bytes));
  };
  const auto expected = static_cast<std::uint64_t>(std::max<off_t>(info.st_size, 0));
  if (expected > limit_bytes) return too_big();

  // The size is a hint only: pipes and /proc say 0, and a file may grow meanwhile. One byte more sees the end at once.
  std::string bytes(std::max(expected + 1, S_ISREG(info.st_mode) && expected > 0 ? 0 : kFirstBuffer), '\0');
  std::size_t used = 0;
  while (true) {
    const ssize_t got =
        RetryIfInterrupted([&] { return ::read(file.get(), bytes.data() + used, bytes.size() - used); });
    if (got < 0) return SystemError(path, "read", errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > limit_bytes) return too_big();
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(used);
  return bytes;
}

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path) {
  VALENCE_TRY(const FileDescriptor file, OpenForReading(path));
  VALENCE_TRY(const struct stat info, StatOf(file, path));
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return MappedFile(nullptr, 0);  // mmap refuses empty maps
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) return SystemError(path, "map", errno);
  return MappedFile(static_cast<const char*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

}  // namespace valence
