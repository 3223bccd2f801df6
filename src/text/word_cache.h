// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "valence/text/token_hash.h"

namespace valence::text {

/// What word steps made of the words seen lately: a direct-mapped table of fixed size (1 MiB), so that the frequent
/// words of a language cost one probe. Exact: keys are compared byte by byte. One per thread; the entries of different
/// lists of steps live side by side, told apart by `owner`.
class WordCache {
 public:
  static constexpr std::size_t kReadable = 16;  ///< bytes that may be read from a result's start, however short

  struct Answer {
    bool found = false;
    bool is_kept = false;   ///< otherwise the word is dropped, and the result empty
    std::string_view word;  ///< lives until the next Put
  };

  /// `word` has kReadable readable bytes.
  Answer Get(std::uint32_t owner, std::string_view word, std::uint64_t hash) const {
    const Entry& e = entries_[hash & kMask];
    const bool found = e.hash == hash && e.owner == owner && e.key_length == word.size() && SameBytes(e, word);
    return {found, e.is_kept, {e.bytes + e.result_offset, e.result_length}};
  }

  /// Starts to load what Get will look at.
  void Prefetch(std::uint64_t hash) const { __builtin_prefetch(&entries_[hash & kMask]); }

  /// Long words are not kept.
  void Put(std::uint32_t owner, std::string_view word, std::uint64_t hash, std::optional<std::string_view> result) {
    const std::string_view kept = result.value_or("");
    const bool is_prefix = word.starts_with(kept);  // a stem, a lemma, the word itself: needs no room of its own
    const std::size_t offset = is_prefix ? 0 : word.size();
    if (word.empty() || std::max(word.size(), offset + kept.size()) > kRoom) return;
    Entry& e = entries_[hash & kMask];
    e.hash = hash;
    e.owner = owner;
    e.key_length = static_cast<std::uint8_t>(word.size());
    e.result_offset = static_cast<std::uint8_t>(offset);
    e.result_length = static_cast<std::uint8_t>(kept.size());
    e.is_kept = result.has_value();
    std::memcpy(e.bytes, word.data(), word.size());
    if (!is_prefix) std::memcpy(e.bytes + offset, kept.data(), kept.size());
  }

 private:
  static constexpr std::size_t kEntries = 16384;
  static constexpr std::size_t kMask = kEntries - 1;
  static constexpr std::size_t kRoom = 48;

  struct alignas(64) Entry {
    std::uint64_t hash = 0;
    std::uint32_t owner = 0;
    std::uint8_t key_length = 0;  // 0: empty, since no word is
    std::uint8_t result_offset = 0;
    std::uint8_t result_length = 0;
    bool is_kept = false;
    char bytes[kRoom] = {};
  };
  static_assert(sizeof(Entry) == 64);

  // Words are short: two loads compare most of them without a branch on their length.
  static bool SameBytes(const Entry& e, std::string_view word) {
    using internal::LoadLittleEndian;
    const std::size_t n = word.size();
    const std::uint64_t low = LoadLittleEndian(e.bytes) ^ LoadLittleEndian(word.data());
    const std::uint64_t high = LoadLittleEndian(e.bytes + 8) ^ LoadLittleEndian(word.data() + 8);
    const auto& mask = internal::kByteMasks[std::min<std::size_t>(n, 16)];
    if (((low & mask[0]) | (high & mask[1])) != 0) return false;
    return n <= 16 || std::memcmp(e.bytes + 16, word.data() + 16, n - 16) == 0;
  }

  // One entry more, so that kReadable bytes follow every result.
  std::unique_ptr<Entry[]> entries_ = std::make_unique<Entry[]>(kEntries + 1);
};

}  // namespace valence::text
