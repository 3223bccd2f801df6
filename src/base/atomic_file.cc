// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cstdio>
#include <random>
#include <system_error>

#include "file_descriptor.h"
#include "file_ops.h"
#include "valence/base/check.h"
#include "valence/base/files.h"

namespace valence {

namespace internal {

FileOps& CurrentFileOps() {
  static FileOps ops = {::write, ::pwrite, ::fsync, ::rename};
  return ops;
}

}  // namespace internal

namespace {

using internal::CurrentFileOps;

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr int kNameAttempts = 8;

// As the AtomicFile contract says, whatever the cause: nothing was looked up here.
Error WriteError(const std::filesystem::path& path, std::string_view action, int error_number) {
  Error error = internal::SystemError(path, action, error_number);
  error.code = ErrorCode::kUnavailable;
  return error;
}

std::filesystem::path FolderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path TemporaryName(const std::filesystem::path& path) {
  std::random_device random;
  std::filesystem::path name = path;
  name += fmt::format(".tmp.{}.{:08x}{:08x}", ::getpid(), random(), random());
  return name;
}

// write(2) may take less than it is given; the rest follows until all is written or a call fails.
template <class WriteSome>
bool WriteAll(std::string_view bytes, WriteSome write_some) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = RetryIfInterrupted([&] { return write_some(bytes.substr(done), done); });
    if (wrote < 0) return false;
    if (wrote == 0) {
      errno = ENOSPC;
      return false;
    }
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

// Makes a rename last: POSIX keeps names in the folder, so the folder is what must reach the disk.
Status SyncFolder(const std::filesystem::path& folder) {
  const FileDescriptor file(
      RetryIfInterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (file.get() < 0) return WriteError(folder, "open", errno);
  const int result = RetryIfInterrupted([&] { return CurrentFileOps().fsync(file.get()); });
  if (result != 0 && errno != EINVAL) return WriteError(folder, "fsync", errno);  // EINVAL: it has no such notion
  return Ok();
}

}  // namespace

Result<AtomicFile> AtomicFile::Create(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::create_directories(FolderOf(path), error);
  if (error) return WriteError(FolderOf(path), "make the folder", error.value());

  for (int attempt = 1;; ++attempt) {
    std::filesystem::path temporary = TemporaryName(path);
    const int fd = RetryIfInterrupted([&] {
      return ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    });
    if (fd >= 0) {
      // Tells RemoveStaleTemporaries() of other containers, where our process id means nothing, that we are alive.
      ::flock(fd, LOCK_EX | LOCK_NB);
      return AtomicFile(std::move(path), std::move(temporary), fd);
    }
    if (errno != EEXIST || attempt == kNameAttempts)
      return WriteError(path, "create a temporary file beside it", errno);
  }
}

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int fd)
    : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(std::exchange(other.size_, 0)),
      buffer_(std::move(other.buffer_)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  Discard();
  path_ = std::move(other.path_);
  temporary_ = std::move(other.temporary_);
  fd_ = std::exchange(other.fd_, -1);
  size_ = std::exchange(other.size_, 0);
  buffer_ = std::move(other.buffer_);
  return *this;
}

AtomicFile::~AtomicFile() { Discard(); }

void AtomicFile::Discard() {
  if (fd_ < 0) return;
  ::unlink(temporary_.c_str());
  ::close(std::exchange(fd_, -1));
}

Status AtomicFile::Flush() {
  if (fd_ < 0) return Unavailable(fmt::format("{}: cannot write: an earlier write failed", path_.string()));
  const auto write_some = [this](std::string_view rest, std::size_t) {
    return CurrentFileOps().write(fd_, rest.data(), rest.size());
  };
  if (!WriteAll(buffer_, write_some)) {
    Error error = WriteError(path_, "write", errno);
    Discard();
    return error;
  }
  buffer_.clear();
  return Ok();
}

Status AtomicFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBufferBytes - buffer_.size());
    buffer_.append(piece);
    size_ += piece.size();
    bytes.remove_prefix(piece.size());
    if (buffer_.size() == kBufferBytes) VALENCE_RETURN_IF_ERROR(Flush());
  }
  return Ok();
}

Status AtomicFile::WriteAt(std::uint64_t offset, std::string_view bytes) {
  VALENCE_CHECK(bytes.size() <= size_ && offset <= size_ - bytes.size(), "WriteAt() past the end");
  VALENCE_RETURN_IF_ERROR(Flush());
  const auto write_some = [&](std::string_view rest, std::size_t done) {
    return CurrentFileOps().pwrite(fd_, rest.data(), rest.size(), static_cast<off_t>(offset + done));
  };
  if (WriteAll(bytes, write_some)) return Ok();
  Error error = WriteError(path_, "write", errno);
  Discard();
  return error;
}

Status AtomicFile::Reserve(std::uint64_t size) {
  VALENCE_RETURN_IF_ERROR(Flush());
  if (size <= size_) return Ok();
  const int result = RetryIfInterrupted([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); });
  if (result != 0 || ::lseek(fd_, static_cast<off_t>(size), SEEK_SET) < 0) {
    Error error = WriteError(path_, "make room in", errno);
    Discard();
    return error;
  }
  size_ = size;
  return Ok();
}

Result<std::string> AtomicFile::ReadAt(std::uint64_t offset, std::size_t size) {
  VALENCE_RETURN_IF_ERROR(Flush());
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = RetryIfInterrupted(
        [&] { return ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done)); });
    if (got < 0) return WriteError(path_, "read back", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Status AtomicFile::Commit() {
  VALENCE_RETURN_IF_ERROR(Flush());
  std::string_view action = "fsync";
  int result = RetryIfInterrupted([this] { return CurrentFileOps().fsync(fd_); });
  if (result == 0) {
    action = "rename the temporary file to it";
    result = CurrentFileOps().rename(temporary_.c_str(), path_.c_str());
  }
  if (result != 0) {
    Error error = WriteError(path_, action, errno);
    Discard();
    return error;
  }
  ::close(std::exchange(fd_, -1));  // fsync has told all there is to know
  return SyncFolder(FolderOf(path_));
}

Status WriteFile(const std::filesystem::path& path, std::string_view bytes) {
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Append(bytes));
  return file.Commit();
}

}  // namespace valence
