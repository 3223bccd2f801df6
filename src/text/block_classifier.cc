// SPDX-License-Identifier: Apache-2.0
#include "block_classifier.h"

#include "valence/base/avx512.h"

namespace valence::text {

BlockMasks ClassifyBlockPortably(const ByteTable& table, const char* in, char* out) {
  BlockMasks masks;
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    const std::uint8_t mapped = table[static_cast<unsigned char>(in[i])];
    out[i] = static_cast<char>(mapped);
    masks.separators |= std::uint64_t{mapped == kSeparatorByte} << i;
    masks.rare |= std::uint64_t{mapped == kRareByte} << i;
  }
  return masks;
}

#if defined(__x86_64__)
namespace {

constexpr std::size_t kVectorBytes = 32;

struct HalfMasks {
  std::uint32_t separators;
  std::uint32_t rare;
};

// A look-up in 128 entries as eight shuffles of 16: byte ^ (16 h) is below 16 only for the bytes of row h, and the
// saturating addition sets bit 7, on which the shuffle gives 0, for all others.
__attribute__((target("avx2"))) HalfMasks ClassifyVector(const ByteTable& table, const char* in, char* out) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
  const __m256i saturate = _mm256_set1_epi8(0x70);
  __m256i mapped = _mm256_setzero_si256();
  for (int row = 0; row < 8; ++row) {
    const auto* entries = reinterpret_cast<const __m128i*>(table.data() + 16 * row);
    const __m256i values = _mm256_broadcastsi128_si256(_mm_loadu_si128(entries));
    const __m256i offset = _mm256_xor_si256(bytes, _mm256_set1_epi8(static_cast<char>(16 * row)));
    mapped = _mm256_or_si256(mapped, _mm256_shuffle_epi8(values, _mm256_adds_epu8(offset, saturate)));
  }
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), mapped);
  const __m256i is_separator = _mm256_cmpeq_epi8(mapped, _mm256_setzero_si256());
  return {static_cast<std::uint32_t>(_mm256_movemask_epi8(is_separator)),
          static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_or_si256(mapped, bytes)))};
}

__attribute__((target("avx2"))) BlockMasks ClassifyBlockAvx2(const ByteTable& table, const char* in, char* out) {
  const HalfMasks low = ClassifyVector(table, in, out);
  const HalfMasks high = ClassifyVector(table, in + kVectorBytes, out + kVectorBytes);
  return {low.separators | std::uint64_t{high.separators} << kVectorBytes,
          low.rare | std::uint64_t{high.rare} << kVectorBytes};
}

// The look-up in 128 entries is one instruction, which ignores bit 7.
VALENCE_AVX512 BlockMasks ClassifyBlockAvx512(const ByteTable& table, const char* in, char* out) {
  const __m512i bytes = _mm512_loadu_si512(in);
  const __m512i lower = _mm512_loadu_si512(table.data());
  const __m512i upper = _mm512_loadu_si512(table.data() + 64);
  const __m512i mapped = _mm512_permutex2var_epi8(lower, bytes, upper);
  _mm512_storeu_si512(out, mapped);
  return {_mm512_testn_epi8_mask(mapped, mapped), _mm512_movepi8_mask(_mm512_or_si512(mapped, bytes))};
}

ClassifyBlock Best() {
  if (HasAvx512()) return ClassifyBlockAvx512;
  return __builtin_cpu_supports("avx2") ? ClassifyBlockAvx2 : ClassifyBlockPortably;
}

}  // namespace

ClassifyBlock BestClassifyBlock() {
  static const ClassifyBlock best = Best();
  return best;
}
#else
ClassifyBlock BestClassifyBlock() { return ClassifyBlockPortably; }
#endif

}  // namespace valence::text
