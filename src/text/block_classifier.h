// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace valence::text {

inline constexpr std::size_t kBlockBytes = 64;

/// What the scanner does with a byte: the byte that a token gets instead, or one of two codes.
using ByteTable = std::array<std::uint8_t, 256>;
inline constexpr std::uint8_t kSeparatorByte = 0;  ///< ends a token
inline constexpr std::uint8_t kRareByte = 0x80;    ///< needs a closer look; so do all bytes from 0x80 on

/// Bit i belongs to byte i of the block.
struct BlockMasks {
  std::uint64_t separators = 0;
  std::uint64_t rare = 0;  ///< these bits are set in `separators` or not, of no meaning
};

/// Maps kBlockBytes bytes at `in` through `table` to `out`. Requires table[b] == kRareByte for b >= 0x80, and less than
/// 0x80 or kRareByte otherwise.
using ClassifyBlock = BlockMasks (*)(const ByteTable& table, const char* in, char* out);

/// The fastest implementation that this processor can run (AVX-512, AVX2, or plain C++). All give the same result.
ClassifyBlock BestClassifyBlock();
BlockMasks ClassifyBlockPortably(const ByteTable& table, const char* in, char* out);

}  // namespace valence::text
