// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "token_key.h"

namespace valence::classifier {

/// Counts the features of one document, in the order of their first occurrence. The table is sized to the document, so
/// that it stays in the first-level cache, and is emptied by a new epoch, not by writing to it. For one thread.
class FeatureCounter {
 public:
  struct Entry {
    Node column;
    std::uint32_t count;
  };

  /// Empties the counter and makes room for `occurrences`. Allocates only when that is the most so far.
  void Reset(std::size_t occurrences) {
    const std::size_t slots = std::bit_ceil(2 * occurrences + 2);
    if (slots > slots_.size()) {
      slots_.assign(slots, {});
      epoch_ = 0;
    }
    if (occurrences > entries_.size()) entries_.resize(occurrences);
    if (++epoch_ == 0) {  // after 2^32 documents, slots of the first ones would look current again
      slots_.assign(slots_.size(), {});
      epoch_ = 1;
    }
    shift_ = 32 - std::countr_zero(slots);
    mask_ = slots - 1;
    size_ = 0;
  }

  /// Counts one occurrence; returns its feature's place in entries().
  std::uint32_t Add(Node column) {
    for (std::size_t i = (column * 0x9E3779B1u) >> shift_;; i = (i + 1) & mask_) {
      Slot& slot = slots_[i];
      if (slot.epoch != epoch_) {
        slot = {column, epoch_, size_};
        entries_[size_] = {column, 1};
        return size_++;
      }
      if (slot.column == column) {
        ++entries_[slot.entry].count;
        return slot.entry;
      }
    }
  }

  std::span<const Entry> entries() const { return {entries_.data(), size_}; }

 private:
  struct Slot {
    Node column = 0;
    std::uint32_t epoch = 0;
    std::uint32_t entry = 0;
  };

  std::vector<Slot> slots_;
  std::vector<Entry> entries_;
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace valence::classifier
