// SPDX-License-Identifier: Apache-2.0
#include "crc_fold.h"

#include "valence/base/check.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace valence::net::internal {

#if defined(__x86_64__)

bool CanFold() { return __builtin_cpu_supports("pclmul") != 0; }

__attribute__((target("pclmul"))) std::array<char, kFoldBytes> FoldBlocks(const CrcFold& fold, std::uint64_t crc,
                                                                          const char* bytes, std::size_t size) {
  // A lane of 128 bits that lies 512 bits before another adds to it: its two halves, times the power of x that their
  // distance is. The product of two reflected numbers comes out one power too high; CrcFold allows for that.
  constexpr std::size_t kLanes = 4;
  const __m128i factors = _mm_set_epi64x(static_cast<long long>(fold.second), static_cast<long long>(fold.first));
  const auto load = [](const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
  __m128i lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = load(bytes + 16 * i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<long long>(crc)));
  for (std::size_t at = kFoldBytes; at < size; at += kFoldBytes) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const __m128i first = _mm_clmulepi64_si128(lanes[i], factors, 0x00);
      const __m128i second = _mm_clmulepi64_si128(lanes[i], factors, 0x11);
      lanes[i] = _mm_xor_si128(_mm_xor_si128(first, second), load(bytes + at + 16 * i));
    }
  }
  std::array<char, kFoldBytes> rest;
  for (std::size_t i = 0; i < kLanes; ++i) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(rest.data() + 16 * i), lanes[i]);
  }
  return rest;
}

#else

bool CanFold() { return false; }

std::array<char, kFoldBytes> FoldBlocks(const CrcFold&, std::uint64_t, const char*, std::size_t) {
  VALENCE_CHECK(false, "FoldBlocks without CanFold()");
}

#endif

}  // namespace valence::net::internal
