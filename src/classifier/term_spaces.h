// SPDX-License-Identifier: Apache-2.0
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstdint>

namespace valence::classifier {

/// The spaces among 16 bytes: bit k for byte k. One step where SSE2 is the baseline (x86-64).
inline std::uint32_t SpacesIn16(const char* bytes) {
#ifdef __SSE2__
  const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(' '))));
#else
  std::uint32_t spaces = 0;
  for (int k = 0; k < 16; ++k) spaces |= std::uint32_t{bytes[k] == ' '} << k;
  return spaces;
#endif
}

}  // namespace valence::classifier
