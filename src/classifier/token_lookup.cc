// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "token_table.h"
#include "valence/base/avx512.h"

namespace valence::classifier {

// Each token is looked at three times: where its slot is named, where its slot is, and whether it is the slot's token.
// Between these its lines of index and slots arrive.

void TokenTable::FindAllPortably(const text::TokenBuffer& surface, Node* nodes, const Progress& progress) const {
  const std::span<const text::SurfaceToken> tokens = surface.tokens();
  const char* const bytes = surface.bytes.data();
  std::array<std::uint64_t, kFarAhead> firsts, seconds, hashes;  // of the next tokens' keys, as rings
  const auto look_far_ahead = [&](std::size_t i) {
    if (i >= tokens.size()) return;
    const char* const at = bytes + tokens[i].offset;
    const TokenKey key = LoadKey(at, tokens[i].length);
    const std::uint64_t hash = HashOf(key, at);
    PrefetchPlace(hash);
    firsts[i % kFarAhead] = key.first;
    seconds[i % kFarAhead] = key.second;
    hashes[i % kFarAhead] = hash;
  };
  const auto look_ahead = [&](std::size_t i) {
    if (i < tokens.size()) PrefetchSlot(hashes[i % kFarAhead]);
  };
  for (std::size_t i = 0; i < kFarAhead; ++i) look_far_ahead(i);
  for (std::size_t i = 0; i < kAhead; ++i) look_ahead(i);
  for (std::size_t end = 0; end < tokens.size(); progress(end)) {
    const std::size_t begin = std::exchange(end, std::min(end + kBlock, tokens.size()));
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t at = i % kFarAhead;
      nodes[i] = Find({firsts[at], seconds[at], tokens[i].length}, bytes + tokens[i].offset, hashes[at]);
      look_ahead(i + kAhead);
      look_far_ahead(i + kFarAhead);
    }
  }
}

#if defined(__x86_64__)
/// The same with a key in one register: it is cut out by one load, and compared with a slot by one instruction.
VALENCE_AVX512 void TokenTable::FindAllByAvx512(const text::TokenBuffer& surface, Node* nodes,
                                                const Progress& progress) const {
  const std::span<const text::SurfaceToken> tokens = surface.tokens();
  const char* const bytes = surface.bytes.data();
  const std::uint32_t* const index = index_.data();
  const Slot* const slots = slots_.data();
  struct alignas(32) Ahead {  // as a slot
    __m128i key;
    std::uint32_t length;
    std::uint32_t place;  // in the index; then what it holds
    const Slot* slot;
  };
  static_assert(sizeof(Ahead) == sizeof(Slot) && offsetof(Ahead, length) == offsetof(Slot, key.length));
  constexpr __mmask8 kCompared = 0x1F;  // key and length, in 32 bits each
  std::array<Ahead, kFarAhead> ring;    // of the next tokens
  const auto look_far_ahead = [&](std::size_t i) VALENCE_AVX512 {
    if (i >= tokens.size()) return;
    const char* const at = bytes + tokens[i].offset;
    const std::uint32_t length = tokens[i].length;
    const __m128i key = _mm_maskz_loadu_epi8(static_cast<__mmask16>(_bzhi_u32(0xFFFF, length)), at);
    const TokenKey words{static_cast<std::uint64_t>(_mm_cvtsi128_si64(key)),
                         static_cast<std::uint64_t>(_mm_extract_epi64(key, 1)), length};
    const std::size_t place = PlaceOf(HashOf(words, at));
    __builtin_prefetch(&index[place]);
    Ahead& ahead = ring[i % kFarAhead];
    ahead.key = key;
    ahead.length = length;
    ahead.place = static_cast<std::uint32_t>(place);
  };
  const auto look_ahead = [&](std::size_t i) VALENCE_AVX512 {
    if (i >= tokens.size()) return;
    Ahead& ahead = ring[i % kFarAhead];
    ahead.place = index[ahead.place];
    ahead.slot = &slots[ahead.place & kSlotMask];
    __builtin_prefetch(ahead.slot);
  };
  for (std::size_t i = 0; i < kFarAhead; ++i) look_far_ahead(i);
  for (std::size_t i = 0; i < kAhead; ++i) look_ahead(i);
  for (std::size_t end = 0; end < tokens.size(); progress(end)) {
    const std::size_t begin = std::exchange(end, std::min(end + kBlock, tokens.size()));
    for (std::size_t i = begin; i < end; ++i) {
      const Ahead& now = ring[i % kFarAhead];
      const __m256i key = _mm256_load_si256(reinterpret_cast<const __m256i*>(&now));
      const __m256i slot = _mm256_load_si256(reinterpret_cast<const __m256i*>(now.slot));
      const Node if_unknown = Node{0} - (_mm256_mask_cmpneq_epi32_mask(kCompared, key, slot) != 0 ? 1u : 0u);
      nodes[i] = now.slot->node | if_unknown;
      if (MayBeElsewhere(if_unknown, now.place, now.length)) [[unlikely]]
        nodes[i] = FindSlowly(surface.Bytes(tokens[i]), surface.Hash(tokens[i]));
      look_ahead(i + kAhead);
      look_far_ahead(i + kFarAhead);
    }
  }
}
#endif

void TokenTable::FindAll(const text::TokenBuffer& surface, Node* nodes, const Progress& progress) const {
#if defined(__x86_64__)
  if (HasAvx512()) return FindAllByAvx512(surface, nodes, progress);
#endif
  FindAllPortably(surface, nodes, progress);
}

}  // namespace valence::classifier
