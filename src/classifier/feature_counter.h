// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace valence::classifier {

/// Counts the features of one document, in the order of their first occurrence. Without a branch on whether a feature
/// is new, which cannot be predicted; in a table sized to the document, which stays in the first-level cache. For one
/// thread.
class FeatureCounter {
 public:
  /// Counts the features that occur in a document, given by their ids, in place of the last one's. Allocates only for
  /// the largest document so far.
  void Count(std::span<const std::uint32_t> occurrences) { Run<false>(occurrences, nullptr); }
  /// The same, setting lasts() too, and previous[i] to the occurrence before i of the same feature, if there is one.
  void CountAndChain(std::span<const std::uint32_t> occurrences, std::uint32_t* previous) {
    if (lasts_.size() < occurrences.size() + 2) lasts_.resize(occurrences.size() + 2);
    Run<true>(occurrences, previous);
  }

  std::span<const std::uint32_t> ids() const { return {ids_.data() + 1, size_}; }
  std::span<const std::uint32_t> counts() const { return {counts_.data() + 1, size_}; }
  /// The last occurrence of each.
  std::span<const std::uint32_t> lasts() const { return {lasts_.data() + 1, size_}; }

 private:
  template <bool kChain>
  void Run(std::span<const std::uint32_t> occurrences, std::uint32_t* previous) {
    Clear(occurrences.size());
    // Local copies: the compiler cannot know that the writes below leave the members alone.
    const std::size_t mask = mask_;
    const int shift = shift_;
    std::uint32_t* const slots = slots_.data();
    std::uint32_t* const ids = ids_.data();
    std::uint32_t* const counts = counts_.data();
    std::uint32_t* const lasts = lasts_.data();
    std::uint32_t next = 1;
    for (std::size_t i = 0; i < occurrences.size(); ++i) {
      const std::uint32_t id = occurrences[i];
      ids[next] = id;  // where it is new; otherwise the next one overwrites this
      std::size_t at = (id * 0x9E3779B1u) >> shift;
      std::uint32_t place = PlaceIn(slots[at], next);
      while (ids[place] != id) [[unlikely]] {
          at = (at + 1) & mask;
          place = PlaceIn(slots[at], next);
        }
      slots[at] = place;
      ++counts[place];
      next += place == next ? 1 : 0;
      if (kChain) previous[i] = std::exchange(lasts[place], static_cast<std::uint32_t>(i));
    }
    size_ = next - 1;
  }

  // Arithmetic: of a conditional expression the compiler may make a branch that cannot be predicted.
  static std::uint32_t PlaceIn(std::uint32_t slot, std::uint32_t next) {
    const std::uint32_t is_empty = slot == 0 ? 1 : 0;
    return slot | (next & (0 - is_empty));
  }

  void Clear(std::size_t occurrences) {
    const std::size_t slots = std::bit_ceil(4 * occurrences + 2);
    if (slots > slots_.size()) slots_.resize(slots);
    if (occurrences + 2 > ids_.size()) {
      ids_.resize(occurrences + 2);
      counts_.resize(occurrences + 2);
    }
    std::fill_n(slots_.begin(), slots, 0);
    std::fill_n(counts_.begin(), occurrences + 2, 0);
    shift_ = 32 - std::countr_zero(slots);
    mask_ = slots - 1;
  }

  std::vector<std::uint32_t> slots_;  // a feature's place, from 1 on; 0: none
  std::vector<std::uint32_t> ids_;    // by place
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> lasts_;  // as large only if asked for
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
};

}  // namespace valence::classifier
