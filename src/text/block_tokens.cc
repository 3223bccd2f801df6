// SPDX-License-Identifier: Apache-2.0
#include "block_tokens.h"

#include <bit>

#include "valence/base/avx512.h"

namespace valence::text {

std::size_t WriteBlockTokensPortably(const BlockTokens& tokens, SurfaceToken* out) {
  SurfaceToken* next = out;
  std::uint64_t starts = tokens.starts;
  for (std::uint64_t ends = tokens.ends; ends != 0; ends &= ends - 1, starts &= starts - 1) {
    const auto s = static_cast<std::uint32_t>(std::countr_zero(starts));
    const auto e = static_cast<std::uint32_t>(std::countr_zero(ends));
    *next++ = {tokens.offset + s, e - s, tokens.begin + s, tokens.begin + e};
  }
  return static_cast<std::size_t>(next - out);
}

#if defined(__x86_64__)
namespace {

static_assert(sizeof(SurfaceToken) == 16, "four tokens a vector");
constexpr std::size_t kPerVector = 4;
constexpr std::size_t kUsual = 16;  // tokens of a block: fewer are written as if they were so many, without a branch

// The bits' numbers, one a byte.
VALENCE_AVX512 __m512i Positions(std::uint64_t bits) {
  const __m512i all =
      _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40,
                      39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  return _mm512_maskz_compress_epi8(bits, all);
}

VALENCE_AVX512 std::size_t WriteBlockTokensAvx512(const BlockTokens& tokens, SurfaceToken* out) {
  const auto count = static_cast<std::size_t>(__builtin_popcountll(tokens.ends));
  const __m512i starts = Positions(tokens.starts);
  const __m512i ends = Positions(tokens.ends);
  // Of four tokens i, as they lie in memory: start, end, start, end; less nothing, start, nothing, nothing; plus where
  // the block is. From 64 on, indices mean `ends`.
  constexpr std::uint64_t kEachField = 0x1111111111111111;
  constexpr std::uint64_t kEachLength = 0x0010001000100010;
  constexpr int kEnd = 64;
  const __m512i fields = _mm512_set_epi32(kEnd + 3, 3, kEnd + 3, 3, kEnd + 2, 2, kEnd + 2, 2,  //
                                          kEnd + 1, 1, kEnd + 1, 1, kEnd, 0, kEnd, 0);
  const __m512i of_block = _mm512_set4_epi32(static_cast<int>(tokens.begin), static_cast<int>(tokens.begin), 0,
                                             static_cast<int>(tokens.offset));
  const auto write = [&](std::size_t i) VALENCE_AVX512 {
    const __m512i at = _mm512_add_epi32(fields, _mm512_set1_epi32(static_cast<int>(i)));
    const __m512i field = _mm512_maskz_permutex2var_epi8(kEachField, starts, at, ends);
    const __m512i start = _mm512_maskz_permutexvar_epi8(kEachLength, at, starts);
    _mm512_storeu_si512(out + i, _mm512_add_epi32(_mm512_sub_epi32(field, start), of_block));
  };
  for (std::size_t i = 0; i < kUsual; i += kPerVector) write(i);
  for (std::size_t i = kUsual; i < count; i += kPerVector) write(i);
  return count;
}

}  // namespace

WriteBlockTokens BestWriteBlockTokens() {
  static const WriteBlockTokens best = HasAvx512() ? WriteBlockTokensAvx512 : WriteBlockTokensPortably;
  return best;
}
#else
WriteBlockTokens BestWriteBlockTokens() { return WriteBlockTokensPortably; }
#endif

}  // namespace valence::text
