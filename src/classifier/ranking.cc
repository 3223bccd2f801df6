// SPDX-License-Identifier: Apache-2.0
#include "ranking.h"

#include <algorithm>

#include "valence/base/avx512.h"

namespace valence::classifier {

void RankKeysPortably(const FewKeys& keys, std::size_t count, FewRanks* ranks) {
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t rank = 0;
    for (std::size_t k = 0; k < count; ++k) rank += keys[k] < keys[i] ? 1u : 0u;
    (*ranks)[i] = static_cast<std::uint8_t>(rank);
  }
}

void FindMaximaPortably(std::span<const double> values, std::size_t groups, double* maxima) {
  std::copy_n(values.begin(), groups, maxima);
  for (values = values.subspan(groups); values.size() >= groups; values = values.subspan(groups)) {
    for (std::size_t g = 0; g < groups; ++g) maxima[g] = std::max(maxima[g], values[g]);
  }
}

std::size_t CollectAtLeastPortably(std::span<const double> values, double least, std::uint32_t* indices) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    indices[found] = static_cast<std::uint32_t>(i);
    found += values[i] >= least ? 1u : 0u;
  }
  return found;
}

std::size_t FindNextPortably(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t value) {
  const auto at = std::find(values.begin() + static_cast<std::ptrdiff_t>(begin), values.end(), value);
  return static_cast<std::size_t>(at - values.begin());
}

#if defined(__x86_64__)
namespace {

constexpr std::size_t kLanes = 8;

VALENCE_AVX512 __mmask8 FirstLanes(std::size_t count) {
  return static_cast<__mmask8>(_bzhi_u32(0xFF, static_cast<unsigned>(std::min(count, kLanes))));
}

VALENCE_AVX512 void RankKeysByAvx512(const FewKeys& keys, std::size_t count, FewRanks* ranks) {
  for (std::size_t begin = 0; begin < count; begin += kLanes) {
    const __m512i eight = _mm512_loadu_si512(keys.data() + begin);
    __m512i rank = _mm512_setzero_si512();
    for (std::size_t k = 0; k < count; ++k) {
      const __m512i key = _mm512_set1_epi64(static_cast<long long>(keys[k]));
      rank = _mm512_mask_add_epi64(rank, _mm512_cmplt_epu64_mask(key, eight), rank, _mm512_set1_epi64(1));
    }
    _mm_storel_epi64(reinterpret_cast<__m128i*>(ranks->data() + begin), _mm512_cvtepi64_epi8(rank));
  }
}

VALENCE_AVX512 void FindMaximaByAvx512(std::span<const double> values, std::size_t groups, double* maxima) {
  for (std::size_t g = 0; g < groups; g += kLanes) {
    __m512d greatest = _mm512_loadu_pd(values.data() + g);
    for (std::size_t row = groups; row + groups <= values.size(); row += groups) {
      greatest = _mm512_max_pd(greatest, _mm512_loadu_pd(values.data() + row + g));
    }
    _mm512_storeu_pd(maxima + g, greatest);
  }
}

VALENCE_AVX512 std::size_t CollectAtLeastByAvx512(std::span<const double> values, double least,
                                                  std::uint32_t* indices) {
  const __m256i lanes = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
  std::size_t found = 0;
  for (std::size_t i = 0; i < values.size(); i += kLanes) {
    const __mmask8 there = FirstLanes(values.size() - i);
    const __m512d eight = _mm512_maskz_loadu_pd(there, values.data() + i);
    const __mmask8 enough = _mm512_mask_cmp_pd_mask(there, eight, _mm512_set1_pd(least), _CMP_GE_OQ);
    const __m256i index = _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(i)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(indices + found), _mm256_maskz_compress_epi32(enough, index));
    found += static_cast<std::size_t>(__builtin_popcount(enough));
  }
  return found;
}

VALENCE_AVX512 std::size_t FindNextByAvx512(std::span<const std::uint32_t> values, std::size_t begin,
                                            std::uint32_t value) {
  const __m512i sought = _mm512_set1_epi32(static_cast<int>(value));
  for (std::size_t i = begin; i < values.size(); i += 2 * kLanes) {
    const auto there =
        static_cast<__mmask16>(_bzhi_u32(0xFFFF, static_cast<unsigned>(std::min(values.size() - i, 2 * kLanes))));
    const __mmask16 equal = _mm512_mask_cmpeq_epi32_mask(there, sought, _mm512_maskz_loadu_epi32(there, &values[i]));
    if (equal != 0) return i + _tzcnt_u32(equal);
  }
  return values.size();
}

}  // namespace

void RankKeys(const FewKeys& keys, std::size_t count, FewRanks* ranks) {
  HasAvx512() ? RankKeysByAvx512(keys, count, ranks) : RankKeysPortably(keys, count, ranks);
}

void FindMaxima(std::span<const double> values, std::size_t groups, double* maxima) {
  HasAvx512() ? FindMaximaByAvx512(values, groups, maxima) : FindMaximaPortably(values, groups, maxima);
}

std::size_t CollectAtLeast(std::span<const double> values, double least, std::uint32_t* indices) {
  return HasAvx512() ? CollectAtLeastByAvx512(values, least, indices) : CollectAtLeastPortably(values, least, indices);
}

std::size_t FindNext(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t value) {
  return HasAvx512() ? FindNextByAvx512(values, begin, value) : FindNextPortably(values, begin, value);
}
#else
void RankKeys(const FewKeys& keys, std::size_t count, FewRanks* ranks) { RankKeysPortably(keys, count, ranks); }
void FindMaxima(std::span<const double> values, std::size_t groups, double* maxima) {
  FindMaximaPortably(values, groups, maxima);
}
std::size_t CollectAtLeast(std::span<const double> values, double least, std::uint32_t* indices) {
  return CollectAtLeastPortably(values, least, indices);
}
std::size_t FindNext(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t value) {
  return FindNextPortably(values, begin, value);
}
#endif

}  // namespace valence::classifier
