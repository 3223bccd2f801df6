// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace valence::classifier {

/// A feature of a document, by its id, and how many times it occurs there.
struct CountedFeature {
  std::uint32_t id;
  std::uint32_t count;
};

/// Counts the features of one document, in the order of their first occurrence. Without a branch on whether a feature
/// is new, which cannot be predicted; in a table sized to the document, so small that it stays in the first-level
/// cache. For one thread.
class FeatureCounter {
 public:
  /// Counts the features that occur in a document, given by their ids, in place of the last one's. Allocates only for
  /// the largest document so far.
  void Count(std::span<const std::uint32_t> occurrences) { Run<false>(occurrences); }
  /// The same, setting firsts() too.
  void CountAndNote(std::span<const std::uint32_t> occurrences) {
    if (firsts_.size() < occurrences.size() + 2) firsts_.resize(occurrences.size() + 2);
    Run<true>(occurrences);
  }

  std::span<const CountedFeature> features() const { return {features_.data() + 1, size_}; }
  /// The first occurrence of each.
  std::span<const std::uint32_t> firsts() const { return {firsts_.data() + 1, size_}; }
  /// Where in features() one is that occurs in the document.
  std::size_t PlaceOf(std::uint32_t id) const {
    return (is_long_ ? Find(long_slots_, id) : Find(short_slots_, id)) - 1;
  }

 private:
  // A feature's place in features_, from 1 on; 0: none.
  using ShortSlots = std::vector<std::uint16_t>;
  using LongSlots = std::vector<std::uint32_t>;

  template <bool kNote>
  void Run(std::span<const std::uint32_t> occurrences) {
    if (features_.size() < occurrences.size() + 2) features_.resize(occurrences.size() + 2);
    is_long_ = occurrences.size() >= std::numeric_limits<std::uint16_t>::max();
    is_long_ ? RunWith<kNote>(&long_slots_, occurrences) : RunWith<kNote>(&short_slots_, occurrences);
  }

  template <bool kNote, class Slots>
  void RunWith(Slots* all_slots, std::span<const std::uint32_t> occurrences) {
    const std::size_t size = std::bit_ceil(8 * occurrences.size() + 2);
    if (size > all_slots->size()) all_slots->resize(size);
    slots_size_ = size;
    // Local copies: the compiler cannot know that the writes below leave the members alone.
    auto* const slots = all_slots->data();
    CountedFeature* const features = features_.data();
    std::uint32_t* const firsts = firsts_.data();
    std::fill_n(slots, size, 0);
    std::uint32_t next = 1;
    for (std::size_t i = 0; i < occurrences.size(); ++i) {
      const std::uint32_t id = occurrences[i];
      features[next] = {id, 0};  // where it is new; otherwise the next one overwrites this
      if (kNote) firsts[next] = static_cast<std::uint32_t>(i);
      std::size_t at = HomeOf(id, size);
      std::uint32_t slot = slots[at];
      std::uint32_t place = PlaceIn(slot, next);
      while (features[place].id != id) [[unlikely]] {
          at = (at + 1) & (size - 1);
          slot = slots[at];
          place = PlaceIn(slot, next);
        }
      slots[at] = static_cast<typename Slots::value_type>(place);
      ++features[place].count;
      next += slot == 0 ? 1 : 0;
    }
    size_ = next - 1;
  }

  template <class Slots>
  std::uint32_t Find(const Slots& slots, std::uint32_t id) const {
    std::size_t at = HomeOf(id, slots_size_);
    while (features_[slots[at]].id != id) at = (at + 1) & (slots_size_ - 1);
    return slots[at];
  }

  static std::size_t HomeOf(std::uint32_t id, std::size_t size) {
    return (id * 0x9E3779B1u) >> (32 - std::countr_zero(size));
  }

  // Arithmetic: of a conditional expression the compiler may make a branch that cannot be predicted.
  static std::uint32_t PlaceIn(std::uint32_t slot, std::uint32_t next) {
    const std::uint32_t is_empty = slot == 0 ? 1 : 0;
    return slot | (next & (0 - is_empty));
  }

  ShortSlots short_slots_;
  LongSlots long_slots_;                  // for documents with too many features
  std::vector<CountedFeature> features_;  // by place
  std::vector<std::uint32_t> firsts_;     // as large only if asked for
  std::size_t size_ = 0;
  std::size_t slots_size_ = 0;  // a power of 2
  bool is_long_ = false;        // which slots were used
};

}  // namespace valence::classifier
