// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace valence::net::internal {

/// The cyclic redundancy checks that S3 keeps of objects. Thread-safe.
class Crc {
 public:
  /// "crc32" (ISO-HDLC), "crc32c" (Castagnoli) or "crc64nvme"; nothing for another name.
  static std::optional<Crc> OfName(std::string_view name);

  /// The check of bytes already checked and `bytes` after them; begin with 0.
  std::uint64_t Update(std::uint64_t crc, std::string_view bytes) const;
  /// The check of two strings, one after the other, from those of each; `second_bytes` is the second's length.
  std::uint64_t Combine(std::uint64_t first, std::uint64_t second, std::uint64_t second_bytes) const;
  /// As in x-amz-checksum-*: base64 of the big-endian bytes.
  std::string ToBase64(std::uint64_t crc) const;

 private:
  struct Tables;
  explicit Crc(const Tables* tables) : tables_(tables) {}
  const Tables* tables_;
};

}  // namespace valence::net::internal
