// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "valence/text/token_hash.h"

namespace valence::classifier {

/// The node of an n-gram in the vocabulary's trie. A feature's node is its column; n-grams that are only prefixes of
/// features, and words that occur only inside n-grams, have nodes from features() on.
using Node = std::uint32_t;
inline constexpr Node kUnknown = 0xFFFFFFFF;  ///< in no feature
inline constexpr Node kDropped = 0xFFFFFFFE;  ///< a surface token that preprocessing removes, such as a stop word
inline constexpr Node kSeveral = 0xFFFFFFFD;  ///< a surface token that preprocessing makes several tokens of
inline constexpr Node kMaxNode = 0xFFFFFFF0;

inline constexpr std::size_t kKeyBytes = 16;

/// A token's first 16 bytes, zero-padded, and its length: equal keys are equal tokens up to 16 bytes, which nearly all
/// words are, so that one cache line decides.
struct TokenKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint32_t length = 0;

  /// 0 if equal. Without a branch: which part differs is anyone's guess.
  std::uint64_t Difference(const TokenKey& other) const {
    return (first ^ other.first) | (second ^ other.second) | (length ^ other.length);
  }
  bool operator==(const TokenKey& other) const { return Difference(other) == 0; }
};

/// The key of the `length` bytes at `bytes`, of which 16 must be readable whatever the length.
inline TokenKey LoadKey(const char* bytes, std::size_t length) {
  const auto& mask = text::internal::kByteMasks[length < kKeyBytes ? length : kKeyBytes];
  TokenKey key;
  std::memcpy(&key.first, bytes, 8);
  std::memcpy(&key.second, bytes + 8, 8);
  key.first &= mask[0];
  key.second &= mask[1];
  key.length = static_cast<std::uint32_t>(length);
  return key;
}

/// The same where nothing after the token may be read.
inline TokenKey CopyKey(std::string_view token) {
  std::array<char, kKeyBytes> padded{};
  std::memcpy(padded.data(), token.data(), token.size() < kKeyBytes ? token.size() : kKeyBytes);
  return LoadKey(padded.data(), token.size());
}

/// HashToken() of the bytes that LoadKey made `key` of.
inline std::uint64_t HashOf(const TokenKey& key, const char* bytes) {
  if (key.length > kKeyBytes) [[unlikely]]
    return text::internal::HashPadded(bytes, key.length);
  return text::internal::HashWords(key.first, key.second, key.length);
}

}  // namespace valence::classifier
