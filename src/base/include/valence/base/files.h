// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence {

/// A file that appears whole or not at all: bytes go to `<path>.tmp.<pid>.<random>` beside it; Commit() does
/// fsync, rename over `path`, fsync of the folder. Destroyed without Commit(), the temporary file is removed and what
/// was at `path` stays. Parent folders are made. Move-only, not thread-safe. Errors: kUnavailable with path and cause.
/// If only the last fsync fails, `path` is whole and new, but may be the old one again after a power cut.
class AtomicFile {
 public:
  static Result<AtomicFile> Create(std::filesystem::path path);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  /// Appends through a buffer. After an error the file can no longer be committed.
  Status Append(std::string_view bytes);
  /// Overwrites bytes already appended, at `offset` from the start (for headers known last). Requires that all of
  /// them are there: offset + bytes.size() <= size().
  Status WriteAt(std::uint64_t offset, std::string_view bytes);
  /// Makes the file at least `size` bytes long, zeros where nothing was written, for WriteAt in any order.
  Status Reserve(std::uint64_t size);
  /// Reads back up to `size` bytes from `offset`; fewer only at the end.
  Result<std::string> ReadAt(std::uint64_t offset, std::size_t size);
  Status Commit();

  /// Bytes appended or reserved so far.
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  AtomicFile(std::filesystem::path path, std::filesystem::path temporary, int fd);
  Status Flush();
  void Discard();

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::string buffer_;
};

/// Writes `bytes` to `path` as AtomicFile does.
Status WriteFile(const std::filesystem::path& path, std::string_view bytes);

/// Reads a whole file (also a pipe or /dev/stdin). Errors: kNotFound if absent, kResourceExhausted if over
/// `limit_bytes`, kUnavailable otherwise.
Result<std::string> ReadFile(const std::filesystem::path& path, std::uint64_t limit_bytes = std::uint64_t{1} << 40);

/// A read-only memory map of a file. Move-only; bytes() is valid for this object's lifetime and may be read by many
/// threads. An empty file gives an empty view.
class MappedFile {
 public:
  static Result<MappedFile> Open(const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Removes AtomicFile's leftovers of killed processes in `folder` (not recursive): files named `*.tmp.<pid>.<random>`
/// whose process is gone and which no process elsewhere (another container) holds. Missing folder: nothing to do.
void RemoveStaleTemporaries(const std::filesystem::path& folder);

}  // namespace valence
