// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>

namespace valence::data::internal {

inline bool IsSpecial(char c, char separator) { return c == separator || c == '"' || c == '\r' || c == '\n'; }

/// The first separator, quote, CR or LF in [p, end), or `end`. 16 bytes a step where SSE2 is the baseline (x86-64).
inline const char* FindSpecial(const char* p, const char* end, char separator) {
#ifdef __SSE2__
  const __m128i separators = _mm_set1_epi8(separator);
  const __m128i quotes = _mm_set1_epi8('"');
  const __m128i crs = _mm_set1_epi8('\r');
  const __m128i lfs = _mm_set1_epi8('\n');
  for (; end - p >= 16; p += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, separators), _mm_cmpeq_epi8(block, quotes)),
                                      _mm_or_si128(_mm_cmpeq_epi8(block, crs), _mm_cmpeq_epi8(block, lfs)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return p + std::countr_zero(mask);
  }
#endif
  while (p != end && !IsSpecial(*p, separator)) ++p;
  return p;
}

}  // namespace valence::data::internal
