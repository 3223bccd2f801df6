// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

/// Hashes that only place things in tables: nothing that is written anywhere depends on them.
namespace valence::features::internal {

__extension__ using Uint128 = unsigned __int128;

/// Both halves of the 128-bit product, folded.
inline std::uint64_t MixHash(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = Uint128{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kHashSeed = 0x9E3779B97F4A7C15u;
inline constexpr std::uint64_t kHashStep = 0xD6E8FEB86659FD93u;

template <class T>
std::uint64_t LoadAs(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

inline std::uint64_t HashBytes(std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t n = bytes.size();
  std::uint64_t h = kHashSeed ^ n;
  for (; n > 8; p += 8, n -= 8) h = MixHash(h ^ LoadAs<std::uint64_t>(p), kHashStep);
  if (n >= 4) {
    h ^= LoadAs<std::uint32_t>(p) | LoadAs<std::uint32_t>(p + n - 4) << 32;
  } else if (n > 0) {
    h ^= LoadAs<std::uint8_t>(p) | LoadAs<std::uint8_t>(p + n / 2) << 8 | LoadAs<std::uint8_t>(p + n - 1) << 16;
  }
  return MixHash(h, kHashStep);
}

/// Whether two byte strings of the same size are equal. Inline, since most tokens are short.
inline bool SameBytes(const char* a, const char* b, std::size_t n) {
  if (n > 16) return std::memcmp(a, b, n) == 0;
  if (n >= 8) {
    return LoadAs<std::uint64_t>(a) == LoadAs<std::uint64_t>(b) &&
           LoadAs<std::uint64_t>(a + n - 8) == LoadAs<std::uint64_t>(b + n - 8);
  }
  if (n >= 4) {
    return LoadAs<std::uint32_t>(a) == LoadAs<std::uint32_t>(b) &&
           LoadAs<std::uint32_t>(a + n - 4) == LoadAs<std::uint32_t>(b + n - 4);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

inline std::uint64_t HashKey(std::uint64_t key) { return MixHash(key ^ kHashSeed, kHashStep); }

}  // namespace valence::features::internal
