// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/files.h"
#include "valence/base/result.h"

namespace valence::data::internal {

/// Writes a zip of stored members as Python's zipfile does under numpy.savez: a zip64 field in every local header,
/// 1980-01-01, mode 0600. Sizes and offsets over `zip64_above` go to zip64 fields of the directory, too (a parameter so
/// that tests need no 2 GiB file).
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile* file, std::uint64_t zip64_above = (std::uint64_t{1} << 31) - 1)
      : file_(file), zip64_above_(zip64_above) {}

  /// Adds a member whose content is the pieces, one after the other.
  Status Add(std::string_view name, const std::vector<std::string_view>& pieces);
  /// Writes the directory. Call once, last; then commit the file.
  Status Finish();

 private:
  struct Member {
    std::string name;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;
    std::uint32_t crc = 0;
  };
  void AppendDirectoryEntry(const Member& member, std::string* out) const;
  void AppendZip64End(std::uint64_t directory_offset, std::uint64_t directory_size, std::string* out) const;

  AtomicFile* file_;
  std::uint64_t zip64_above_;
  std::vector<Member> members_;
};

}  // namespace valence::data::internal
