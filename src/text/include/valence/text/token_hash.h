// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// The hash behind HashToken(), inline for the loops that hash every token of a text.
namespace valence::text::internal {

inline constexpr std::uint64_t kHashKey0 = 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio
inline constexpr std::uint64_t kHashKey1 = 0xD1B54A32D192ED03u;  // two odd constants of equal bit density
inline constexpr std::uint64_t kHashKey2 = 0x8CB92BA72F3D8DD7u;

/// Both halves of the 128-bit product, folded: every input bit reaches every output bit.
inline std::uint64_t MultiplyMix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t LoadLittleEndian(const char* p) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hashes are stored in files: add a byte swap here");
  std::uint64_t value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

/// kByteMasks[n]: ones over the first n of 16 bytes, as two little-endian words. A table, because the length of a
/// text's next word cannot be predicted, and of a comparison with 8 the compiler makes a branch.
inline constexpr auto kByteMasks = [] {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  std::array<std::array<std::uint64_t, 2>, 17> masks{};
  for (std::size_t n = 1; n <= 16; ++n) masks[n] = {kAll >> (64 - 8 * std::min<std::size_t>(n, 8)), 0};
  for (std::size_t n = 9; n <= 16; ++n) masks[n][1] = kAll >> (64 - 8 * (n - 8));
  return masks;
}();

/// Mixes all but the last 1 to 16 bytes of [*p, *p + *n) into a state, and moves past them.
inline std::uint64_t AbsorbWholeBlocks(const char** p, std::size_t* n) {
  std::uint64_t state = kHashKey0 ^ *n;
  for (; *n > 16; *p += 16, *n -= 16) {
    state = MultiplyMix(LoadLittleEndian(*p) ^ kHashKey1, LoadLittleEndian(*p + 8) ^ state);
  }
  return state;
}

/// Mixes the last n <= 16 bytes, given as two words padded with zeros.
inline std::uint64_t AbsorbWords(std::uint64_t state, std::uint64_t low, std::uint64_t high) {
  return MultiplyMix(MultiplyMix(low ^ kHashKey1, high ^ state), kHashKey2);
}

/// The same; p has 16 readable bytes.
inline std::uint64_t AbsorbTail(std::uint64_t state, const char* p, std::size_t n) {
  return AbsorbWords(state, LoadLittleEndian(p) & kByteMasks[n][0], LoadLittleEndian(p + 8) & kByteMasks[n][1]);
}

/// The hash of n <= 16 bytes, given as two words padded with zeros.
inline std::uint64_t HashWords(std::uint64_t low, std::uint64_t high, std::size_t n) {
  return AbsorbWords(kHashKey0 ^ n, low, high);
}

/// The hash of p[0, n). Reads (and ignores) up to 16 bytes past the end: for buffers with that much slack.
inline std::uint64_t HashPadded(const char* p, std::size_t n) {
  const std::uint64_t state = AbsorbWholeBlocks(&p, &n);
  return AbsorbTail(state, p, n);
}

/// The same for bytes without slack.
inline std::uint64_t HashBytes(std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t n = bytes.size();
  const std::uint64_t state = AbsorbWholeBlocks(&p, &n);
  char tail[16] = {};
  if (n > 0) std::memcpy(tail, p, n);
  return AbsorbTail(state, tail, n);
}

}  // namespace valence::text::internal
