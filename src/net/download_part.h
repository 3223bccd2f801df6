// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::net::internal {

/// A download in progress: bytes in `<path>.part`, and in `<path>.part.json` the URL's digest and the validator (ETag
/// or Last-Modified) they belong to. Locked against other processes while open. Move-only, not thread-safe. Errors:
/// kUnavailable with path and cause, kConflict if another process holds the lock.
class PartFile {
 public:
  /// Opens or makes the part of `path` for `url`. Bytes of another URL, or without a validator, are dropped.
  static Result<PartFile> Open(const std::filesystem::path& path, std::string_view url);
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  std::uint64_t size() const { return size_; }
  const std::string& validator() const { return validator_; }
  const std::filesystem::path& part_path() const { return part_; }

  /// Forgets all bytes, and remembers what validates the ones to come ("" if nothing does).
  Status Restart(std::string_view validator);
  Status Append(std::string_view bytes);
  /// Makes the bytes durable and moves them to `path`.
  Status Publish();
  /// Removes both files.
  void Remove();

 private:
  PartFile(std::filesystem::path path, std::string url_digest, int fd);
  std::filesystem::path path_;
  std::filesystem::path part_;
  std::filesystem::path state_;
  std::string url_digest_;
  std::string validator_;
  std::uint64_t size_ = 0;
  int fd_ = -1;
};

}  // namespace valence::net::internal
