// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::data::internal {

/// Guards against archives made to exhaust us.
struct ArchiveLimits {
  std::uint64_t max_total_bytes = std::uint64_t{16} << 30;    ///< of everything unpacked
  std::uint64_t max_ratio = 500;                              ///< unpacked to packed bytes; text reaches 3 to 20,
  std::uint64_t ratio_from_bytes = std::uint64_t{256} << 20;  ///< looked at above this much unpacked
};

/// Streams the members of a .tar, .zip, or any of them or a single file within gzip, xz, zstd or bzip2 (libarchive).
/// Nothing is written to disk, so member names cannot escape a folder; they are only names. Move-only, not thread-safe.
/// Errors: kNotFound, kUnavailable (file), kDataCorrupt (archive; names archive and member), kResourceExhausted
/// (limits).
class ArchiveReader {
 public:
  static Result<ArchiveReader> Open(const std::filesystem::path& path, ArchiveLimits limits = {});
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) noexcept;
  ~ArchiveReader();

  /// Goes on to the next regular file; false at the end. What is unread of the current one is skipped.
  Result<bool> Next();
  /// Path of the current member; "" for a compressed single file.
  const std::string& name() const;
  /// The next bytes of the current member, valid until the next call; empty at its end.
  Result<std::string_view> ReadBlock();
  /// What is left of the current member, at most `limit` bytes; `*cut` tells that there was more.
  Result<std::string> ReadRest(std::uint64_t limit, bool* cut);

 private:
  struct Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::data::internal
