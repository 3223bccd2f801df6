// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "bigram_table.h"
#include "valence/base/avx512.h"

namespace valence::classifier {

void BigramTable::SeekPortably(std::span<const Node> nodes, KeyBlock* keys) const {
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    const Key key = KeyOf(nodes[i], nodes[i + 1]);
    Prefetch(key);
    keys->lines[i] = key.line;
    keys->checks[i] = key.check;
  }
}

// These write each candidate and go on from it only if it is there: a store is cheaper than a branch that cannot be
// predicted.

std::size_t BigramTable::TakePortably(const KeyBlock* keys, Range range, Place flag, Place* places,
                                      std::uint32_t* begins) const {
  std::size_t found = 0;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const KeyBlock& block = keys[i / kBlock];
    const Search search = Find({block.lines[i % kBlock], block.checks[i % kBlock]});
    places[found] = search.place | flag;
    if (begins != nullptr) begins[found] = static_cast<std::uint32_t>(i);
    found += search.found ? 1u : 0u;
  }
  return found;
}

#if defined(__x86_64__)
namespace {

/// Of eight pairs, in 32 bits each.
struct EightHomes {
  __m256i lines;
  __m256i checks;
};

VALENCE_AVX512 __m512i Join(__m256i lower, __m256i upper) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(lower), upper, 1);
}

}  // namespace

/// All of them at once, as far as arithmetic goes.
VALENCE_AVX512 void BigramTable::SeekByAvx512(std::span<const Node> nodes, KeyBlock* keys) const {
  const __m512i line_count = _mm512_set1_epi64(static_cast<long long>(lines_.size()));
  const auto homes_of = [&](__m256i prefixes, __m256i tokens) VALENCE_AVX512 -> EightHomes {
    const __m512i upper = _mm512_slli_epi64(_mm512_cvtepu32_epi64(prefixes), 64 - kPairBits + 20);
    const __m512i lower = _mm512_slli_epi64(_mm512_cvtepu32_epi64(tokens), 64 - kPairBits);
    const __m512i mixed =
        _mm512_mullo_epi64(_mm512_or_si512(upper, lower), _mm512_set1_epi64(static_cast<long long>(kPairFactor)));
    const __m512i line = _mm512_srli_epi64(_mm512_mul_epu32(_mm512_srli_epi64(mixed, 32), line_count), 32);
    return {_mm512_cvtepi64_epi32(line), _mm512_cvtepi64_epi32(_mm512_srli_epi64(mixed, kCheckShift))};
  };
  const auto valid = static_cast<__mmask16>(_bzhi_u32(0xFFFF, static_cast<unsigned>(nodes.size() - 1)));
  const __m512i prefixes = _mm512_maskz_loadu_epi32(valid, nodes.data());
  const __m512i tokens = _mm512_maskz_loadu_epi32(valid, nodes.data() + 1);
  const EightHomes a = homes_of(_mm512_castsi512_si256(prefixes), _mm512_castsi512_si256(tokens));
  const EightHomes b = homes_of(_mm512_extracti64x4_epi64(prefixes, 1), _mm512_extracti64x4_epi64(tokens, 1));
  const __m512i lines = Join(a.lines, b.lines);
  const __m512i checks = _mm512_or_si512(Join(a.checks, b.checks), _mm512_set1_epi32(1));
  const __m512i again = _mm512_mullo_epi32(checks, _mm512_set1_epi32(static_cast<int>(kCheckFactor)));
  const __m512i part = _mm512_srli_epi32(lines, kPartBits);
  const __m512i groups = _mm512_add_epi32(_mm512_slli_epi32(part, kGroupBits), _mm512_srli_epi32(again, kGroupShift));
  alignas(64) std::array<std::uint32_t, kBlock> group;
  _mm512_store_si512(group.data(), groups);
  _mm512_store_si512(keys->lines.data(), lines);
  _mm512_store_si512(keys->checks.data(), checks);
  const Line* const table = lines_.data();
  const std::uint8_t* const seeds = seeds_.data();
  for (std::size_t k = 0; k < kBlock; ++k) {
    keys->lines[k] = Displaced(keys->lines[k], seeds[group[k]]);
    __builtin_prefetch(&table[keys->lines[k]]);
  }
}

/// With one comparison for a line.
VALENCE_AVX512 std::size_t BigramTable::TakeByAvx512(const KeyBlock* keys, Range range, Place flag, Place* places,
                                                     std::uint32_t* begins) const {
  const Line* const table = lines_.data();
  std::size_t found = 0;
  for (std::size_t begin = range.begin; begin < range.end; begin += kBlock) {
    const KeyBlock& block = keys[begin / kBlock];
    for (std::size_t i = begin; i < std::min(range.end, begin + kBlock); ++i) {
      const std::uint32_t line = block.lines[i - begin];
      const __m128i check = _mm_set1_epi32(static_cast<int>(block.checks[i - begin]));
      const __m128i checks = _mm_load_si128(reinterpret_cast<const __m128i*>(&table[line].checks));
      const std::uint32_t equal = _mm_cmpeq_epi32_mask(check, checks);
      places[found] = (PlaceAt(line, 0) + _tzcnt_u32(equal)) | flag;
      if (begins != nullptr) begins[found] = static_cast<std::uint32_t>(i);
      found += equal != 0 ? 1 : 0;
    }
  }
  return found;
}
#endif

void BigramTable::Seek(std::span<const Node> nodes, KeyBlock* keys) const {
#if defined(__x86_64__)
  if (HasAvx512()) return SeekByAvx512(nodes, keys);
#endif
  SeekPortably(nodes, keys);
}

std::size_t BigramTable::Take(const KeyBlock* keys, Range range, Place flag, Place* places,
                              std::uint32_t* begins) const {
#if defined(__x86_64__)
  if (HasAvx512()) return TakeByAvx512(keys, range, flag, places, begins);
#endif
  return TakePortably(keys, range, flag, places, begins);
}

}  // namespace valence::classifier
