// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "token_table.h"
#include "valence/base/avx512.h"

namespace valence::classifier {

void TokenTable::FindAllPortably(const text::TokenBuffer& surface, Node* nodes) const {
  const std::span<const text::SurfaceToken> tokens = surface.tokens();
  const char* const bytes = surface.bytes.data();
  std::array<std::uint64_t, kAhead> firsts, seconds, hashes;  // of the next tokens' keys, as rings
  const auto look_ahead = [&](std::size_t i) {
    const char* const at = bytes + tokens[i].offset;
    const TokenKey key = LoadKey(at, tokens[i].length);
    const std::uint64_t hash = HashOf(key, at);
    Prefetch(hash);
    firsts[i % kAhead] = key.first;
    seconds[i % kAhead] = key.second;
    hashes[i % kAhead] = hash;
  };
  for (std::size_t i = 0; i < std::min(tokens.size(), kAhead); ++i) look_ahead(i);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t at = i % kAhead;
    nodes[i] = Find({firsts[at], seconds[at], tokens[i].length}, bytes + tokens[i].offset, hashes[at]);
    if (i + kAhead < tokens.size()) look_ahead(i + kAhead);
  }
}

#if defined(__x86_64__)
/// The same with a key in one register: it is cut out by one load, and compared with a whole line by one instruction.
VALENCE_AVX512 void TokenTable::FindAllByAvx512(const text::TokenBuffer& surface, Node* nodes) const {
  const std::span<const text::SurfaceToken> tokens = surface.tokens();
  const char* const bytes = surface.bytes.data();
  struct alignas(32) Ahead {  // as a slot
    __m128i key;
    std::uint32_t length;
    std::uint32_t unused;
    const Line* line;
  };
  static_assert(sizeof(Ahead) == sizeof(Slot) && offsetof(Ahead, length) == offsetof(Slot, key.length));
  constexpr __mmask16 kCompared = 0x1F1F;  // key and length, in 32 bits each, of both slots
  std::array<Ahead, kAhead> ring;          // of the next tokens
  const auto hash_of = [](__m128i key, const char* at, std::uint32_t length) VALENCE_AVX512 {
    if (length > kKeyBytes) [[unlikely]]
      return text::internal::HashPadded(at, length);
    return text::internal::HashWords(static_cast<std::uint64_t>(_mm_cvtsi128_si64(key)),
                                     static_cast<std::uint64_t>(_mm_extract_epi64(key, 1)), length);
  };
  const auto look_ahead = [&](std::size_t i) VALENCE_AVX512 {
    const char* const at = bytes + tokens[i].offset;
    const std::uint32_t length = tokens[i].length;
    const __m128i key = _mm_maskz_loadu_epi8(static_cast<__mmask16>(_bzhi_u32(0xFFFF, length)), at);
    const Line* const line = &lines_[LineOf(hash_of(key, at, length))];
    __builtin_prefetch(line);
    Ahead& ahead = ring[i % kAhead];
    ahead.key = key;
    ahead.length = length;
    ahead.line = line;
  };
  for (std::size_t i = 0; i < std::min(tokens.size(), kAhead); ++i) look_ahead(i);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Ahead& now = ring[i % kAhead];
    const __m512i key = _mm512_broadcast_i64x4(_mm256_load_si256(reinterpret_cast<const __m256i*>(&now)));
    const std::uint32_t differences = _mm512_mask_cmpneq_epi32_mask(kCompared, key, _mm512_load_si512(now.line));
    const std::uint32_t first = differences & 0xFF;
    const std::uint32_t second = differences >> 8;
    const Node if_unknown = Node{0} - (std::min(first, second) != 0 ? 1u : 0u);
    nodes[i] = now.line->slots[second == 0 ? 1 : 0].node | if_unknown;
    if (MayBeElsewhere(if_unknown, now.length)) [[unlikely]]
      nodes[i] = FindSlowly(surface.Bytes(tokens[i]), surface.Hash(tokens[i]));
    if (i + kAhead < tokens.size()) look_ahead(i + kAhead);
  }
}
#endif

void TokenTable::FindAll(const text::TokenBuffer& surface, Node* nodes) const {
#if defined(__x86_64__)
  if (HasAvx512()) return FindAllByAvx512(surface, nodes);
#endif
  FindAllPortably(surface, nodes);
}

}  // namespace valence::classifier
