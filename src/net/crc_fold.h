// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace valence::net::internal {

/// Multipliers of one fold by 512 bits, for the first and the second 64 bits of a lane: x^575 and x^511 modulo the
/// check's polynomial, as reflected 64-bit numbers.
struct CrcFold {
  std::uint64_t first;
  std::uint64_t second;
};

constexpr std::size_t kFoldBytes = 64;

/// Whether this machine multiplies without carries (PCLMULQDQ).
bool CanFold();

/// Replaces `size` bytes (a positive multiple of 64), whose first ones are combined with the running check `crc`, by 64
/// bytes of the same remainder. Requires CanFold().
std::array<char, kFoldBytes> FoldBlocks(const CrcFold& fold, std::uint64_t crc, const char* bytes, std::size_t size);

}  // namespace valence::net::internal
