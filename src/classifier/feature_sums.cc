// SPDX-License-Identifier: Apache-2.0
#include "feature_sums.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "valence/base/avx512.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kTurns = 8;
using Sums = std::array<double, kTurns>;

double Total(const Sums& sums) {
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

template <bool kSizes>
FeatureSums AddUpByTurns(std::span<const CountedFeature> features, const OneRowCells& cells,
                         const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes) {
  Sums norms{}, scores{};
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto [id, count] = features[i];
    const double* const cell = cells[id];
    const double value = term_frequency(count) * cell[0];
    const double part = value * cell[1];
    norms[i % kTurns] += DocumentNorm::Share(norm, value);
    scores[i % kTurns] += part;
    if (kSizes) sizes[i] = std::fabs(part) * term_frequency.Share(count);
  }
  return {DocumentNorm(norm, Total(norms)), Total(scores)};
}

}  // namespace

FeatureSums AddUpFeaturesPortably(std::span<const CountedFeature> features, const OneRowCells& cells,
                                  const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes) {
  return sizes != nullptr ? AddUpByTurns<true>(features, cells, term_frequency, norm, sizes)
                          : AddUpByTurns<false>(features, cells, term_frequency, norm, sizes);
}

#if defined(__x86_64__)
namespace {

/// table(counts[i]): nearly all counts are below 8, and then the table's begin is in a register.
template <class Table>
VALENCE_AVX512 __m512d LookUp(__m512i counts, __m512d table_begin, const Table& table) {
  if (_mm512_cmpge_epu64_mask(counts, _mm512_set1_epi64(kTurns)) == 0) [[likely]] {
    return _mm512_permutexvar_pd(counts, table_begin);
  }
  std::array<std::uint64_t, kTurns> each;
  _mm512_storeu_si512(each.data(), counts);
  Sums found;
  for (std::size_t k = 0; k < kTurns; ++k) found[k] = table(static_cast<std::uint32_t>(each[k]));
  return _mm512_loadu_pd(found.data());
}

template <bool kSizes>
VALENCE_AVX512 FeatureSums AddUpByAvx512(std::span<const CountedFeature> features, const OneRowCells& cells,
                                         const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes) {
  static_assert(sizeof(CountedFeature) == 8);
  const auto share = [&](std::uint32_t count) { return term_frequency.Share(count); };
  Sums frequency_begin, share_begin;
  for (std::uint32_t k = 0; k < kTurns; ++k) frequency_begin[k] = term_frequency(k);
  for (std::uint32_t k = 0; k < kTurns; ++k) share_begin[k] = share(k);
  const __m512d frequencies = _mm512_loadu_pd(frequency_begin.data());
  const __m512d shares = _mm512_loadu_pd(share_begin.data());
  const __m512i apart = _mm512_set1_epi64(static_cast<long long>(reinterpret_cast<std::uintptr_t>(cells.places) -
                                                                 reinterpret_cast<std::uintptr_t>(cells.nodes)));
  __m512d norms = _mm512_setzero_pd();
  __m512d scores = _mm512_setzero_pd();
  for (std::size_t i = 0; i < features.size(); i += kTurns) {
    const auto there =
        static_cast<__mmask8>(_bzhi_u32(0xFF, static_cast<unsigned>(std::min(features.size() - i, kTurns))));
    const __m512i eight = _mm512_maskz_loadu_epi64(there, features.data() + i);
    const __m512i counts = _mm512_srli_epi64(eight, 32);
    const __mmask8 is_place = _mm512_test_epi64_mask(eight, _mm512_set1_epi64(kPlaceBit));
    const __m512i index = _mm512_and_si512(eight, _mm512_set1_epi64(kPlaceBit - 1));
    const __m512i bytes = _mm512_slli_epi64(index, 4);  // a cell has 16
    const __m512i at = _mm512_mask_add_epi64(bytes, is_place, bytes, apart);
    const __m512d factors = _mm512_mask_i64gather_pd(_mm512_setzero_pd(), there, at, cells.nodes, 1);
    const __m512d weights = _mm512_mask_i64gather_pd(_mm512_setzero_pd(), there, at, cells.nodes + 1, 1);
    const __m512d values = _mm512_mul_pd(LookUp(counts, frequencies, term_frequency), factors);
    const __m512d parts = _mm512_mul_pd(values, weights);
    const __m512d squares = _mm512_mul_pd(values, values);
    norms = _mm512_mask_add_pd(norms, there, norms, norm == DocumentNorm::Kind::kL1 ? _mm512_abs_pd(values) : squares);
    scores = _mm512_mask_add_pd(scores, there, scores, parts);
    if (kSizes) {
      _mm512_mask_storeu_pd(sizes + i, there, _mm512_mul_pd(_mm512_abs_pd(parts), LookUp(counts, shares, share)));
    }
  }
  Sums norm_sums, score_sums;
  _mm512_storeu_pd(norm_sums.data(), norms);
  _mm512_storeu_pd(score_sums.data(), scores);
  return {DocumentNorm(norm, Total(norm_sums)), Total(score_sums)};
}

}  // namespace
#endif

FeatureSums AddUpFeatures(std::span<const CountedFeature> features, const OneRowCells& cells,
                          const TermFrequency& term_frequency, DocumentNorm::Kind norm, double* sizes) {
#if defined(__x86_64__)
  if (HasAvx512()) {
    return sizes != nullptr ? AddUpByAvx512<true>(features, cells, term_frequency, norm, sizes)
                            : AddUpByAvx512<false>(features, cells, term_frequency, norm, sizes);
  }
#endif
  return AddUpFeaturesPortably(features, cells, term_frequency, norm, sizes);
}

}  // namespace valence::classifier
