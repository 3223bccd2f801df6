// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hash.h"

namespace valence::features::internal {

/// Number of a token in a TokenTable, or of an n-gram in an NgramTrie.
using Id = std::uint32_t;
/// No token: unknown or pruned, or a border that no n-gram crosses.
inline constexpr Id kNoId = 0xFFFFFFFF;

/// Distinct tokens, numbered 0, 1, 2, ... in the order they were first interned. Their bytes lie in one arena. Reading
/// is thread-safe.
class TokenTable {
 public:
  TokenTable();

  /// The token's number, given to it now if it is new. Requires fewer than 2^32 - 1 tokens.
  Id Intern(std::string_view token) { return Intern(token, HashBytes(token)); }
  /// The token's number, or kNoId.
  Id Find(std::string_view token) const { return Find(token, HashBytes(token)); }

  /// The same with the token's HashBytes() given, and a way to fetch the memory they will read while there is other
  /// work to do.
  Id Intern(std::string_view token, std::uint64_t hash);
  Id Find(std::string_view token, std::uint64_t hash) const { return slots_[FindSlot(token, hash)].id; }
  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

  std::size_t size() const { return offsets_.size() - 1; }
  std::string_view Token(Id id) const {
    return std::string_view(bytes_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;  // upper half of the token's hash: spares most comparisons of bytes
    Id id = kNoId;
  };
  bool Is(Id id, std::string_view token) const {
    const std::uint64_t begin = offsets_[id];
    return offsets_[id + 1] - begin == token.size() && SameBytes(bytes_.data() + begin, token.data(), token.size());
  }
  std::size_t FindSlot(std::string_view token, std::uint64_t hash) const;
  void Grow();

  std::string bytes_;
  std::vector<std::uint64_t> offsets_{0};
  std::vector<Slot> slots_;
  std::size_t mask_;
};

/// Calls visit(token, HashBytes(token)) for each token in order, and has the table's memory fetched a few tokens ahead:
/// a table of words does not fit the fast caches.
template <class Visit>
void ForEachHashed(const TokenTable& table, std::span<const std::string_view> tokens, Visit visit) {
  constexpr std::size_t kAhead = 8;
  std::array<std::uint64_t, kAhead> hashes;
  const auto fetch = [&](std::size_t i) {
    hashes[i % kAhead] = HashBytes(tokens[i]);
    table.Prefetch(hashes[i % kAhead]);
  };
  for (std::size_t i = 0; i < std::min(kAhead, tokens.size()); ++i) fetch(i);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::uint64_t hash = hashes[i % kAhead];
    if (i + kAhead < tokens.size()) fetch(i + kAhead);
    visit(tokens[i], hash);
  }
}

}  // namespace valence::features::internal
