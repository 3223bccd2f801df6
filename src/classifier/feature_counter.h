// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace valence::classifier {

/// Counts the features of one document, in the order of their first occurrence. Without a branch on whether a feature
/// is new, which cannot be predicted; in a table sized to the document, which stays in the first-level cache. For one
/// thread.
class FeatureCounter {
 public:
  struct Entry {
    std::uint32_t id = 0;  ///< any number that is the feature's own
    std::uint32_t count = 0;
  };

  /// Counts the features that occur in a document, given by their ids, in place of the last one's. places[i], unless
  /// nullptr, becomes the entry of occurrence i. Allocates only for the largest document so far.
  void Count(std::span<const std::uint32_t> occurrences, std::uint32_t* places) {
    Reserve(occurrences.size());
    // Local copies: the compiler cannot know that the writes below leave the members alone.
    const std::uint32_t first = first_;
    const std::size_t mask = mask_;
    const int shift = shift_;
    std::uint32_t* const slots = slots_.data();
    Entry* const entries = entries_.data();
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < occurrences.size(); ++i) {
      const std::uint32_t id = occurrences[i];
      std::size_t at = (id * 0x9E3779B1u) >> shift;
      Held held = Hold(slots[at] - first, size);
      while (((entries[held.place].id ^ id) & held.old_mask) != 0) [[unlikely]] {
          at = (at + 1) & mask;
          held = Hold(slots[at] - first, size);
        }
      slots[at] = first + held.place;
      entries[held.place] = {id, (entries[held.place].count & held.old_mask) + 1};
      size += 1 + held.old_mask;
      if (places != nullptr) places[i] = held.place;
    }
    size_ = size;
  }

  std::span<const Entry> entries() const { return {entries_.data(), size_}; }

 private:
  struct Held {
    std::uint32_t place;     // of the entry; a new feature's is the next free one, which may be read too
    std::uint32_t old_mask;  // all ones if this document has had the slot's feature before, else 0
  };
  // Arithmetic on the borrow: of `held < size` and std::min the compiler makes a branch that cannot be predicted.
  static Held Hold(std::uint32_t held, std::uint32_t size) {
    const auto old_mask = static_cast<std::uint32_t>((std::uint64_t{held} - size) >> 32);
    return {size ^ ((held ^ size) & old_mask), old_mask};
  }

  void Reserve(std::size_t occurrences) {
    const std::size_t slots = std::bit_ceil(4 * occurrences + 2);
    if (slots > slots_.size()) slots_.resize(slots);
    if (occurrences + 1 > entries_.size()) entries_.resize(occurrences + 1);
    first_ += size_;
    if (first_ > std::numeric_limits<std::uint32_t>::max() - 2 * occurrences) {
      std::fill(slots_.begin(), slots_.end(), 0);
      first_ = 1;
    }
    shift_ = 32 - std::countr_zero(slots);
    mask_ = slots - 1;
  }

  // An entry's place + first_. first_ grows by each document's size, so what earlier documents left is below it.
  std::vector<std::uint32_t> slots_;
  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::uint32_t first_ = 1;
  std::uint32_t size_ = 0;
};

}  // namespace valence::classifier
