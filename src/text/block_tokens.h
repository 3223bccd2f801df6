// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "valence/text/fused_tokenizer.h"

namespace valence::text {

/// Tokens that start and end inside a block of kBlockBytes bytes.
struct BlockTokens {
  std::uint64_t starts = 0;  ///< bit i: a token starts at byte i
  std::uint64_t ends = 0;    ///< bit i: a token ends before byte i; as many as starts, or one less
  std::uint32_t offset = 0;  ///< of the block in TokenBuffer::bytes
  std::uint32_t begin = 0;   ///< of the block in the original bytes
};

/// WriteBlockTokens may write so many, of which those after the block's tokens have no meaning.
inline constexpr std::size_t kBlockTokensRoom = 36;

/// Writes the tokens to out[0, kBlockTokensRoom) and returns how many they are: the number of ends.
using WriteBlockTokens = std::size_t (*)(const BlockTokens& tokens, SurfaceToken* out);

/// The fastest implementation that this processor can run (AVX-512, or plain C++). All give the same result.
WriteBlockTokens BestWriteBlockTokens();
std::size_t WriteBlockTokensPortably(const BlockTokens& tokens, SurfaceToken* out);

}  // namespace valence::text
