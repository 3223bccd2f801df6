// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "big_array.h"
#include "token_key.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {

/// The bigrams of a model with one row of weights: the exact pair of tokens to the bigram's cell (factor and weight),
/// in one cache line, because for most words of a text this line is the one thing that no cache holds. A pair's 40 bits
/// are mixed one to one; their upper bits say which line, so that 31 of the lower ones, compared, say that it is the
/// pair (Cleary 1984, "Compact hash tables using bidirectional linear probing"). The three bigrams of a line are
/// compared without a branch: whether a text's next bigram is a feature cannot be predicted. A line that is full goes
/// on in another one of its own. Filled once, then read by all threads.
class BigramTable {
 public:
  /// A bigram's place; its cell never moves.
  using Place = std::uint32_t;
  /// Tokens must have nodes below this.
  static constexpr Node kMaxToken = (Node{1} << 20) - 1;
  static constexpr std::size_t kMaxCapacity = std::size_t{1} << 28;

  BigramTable() = default;
  /// Room for `capacity` bigrams.
  explicit BigramTable(std::size_t capacity)
      : home_lines_(std::max(capacity + 1, kFewestLines)),
        lines_(home_lines_ + capacity / kPerLine + 1),
        nodes_(lines_.size() * kPlacesPerLine),
        free_(capacity),
        next_overflow_(home_lines_) {}

  /// Where a pair is sought.
  struct Key {
    std::uint32_t line;
    std::uint32_t check;
  };
  /// Tokens may be kUnknown, which is in no bigram.
  Key KeyOf(Node prefix, Node token) const {
    const std::uint64_t mixed = Mix(prefix, token);
    return {static_cast<std::uint32_t>(LineOf(mixed)), static_cast<std::uint32_t>(mixed >> kCheckShift) | 1};
  }
  void Prefetch(const Key& key) const { __builtin_prefetch(&lines_[key.line]); }

  struct Search {
    Place place;  ///< of the bigram if found; otherwise of any
    bool found;
  };
  Search Find(const Key& key) const {
    const Line& line = lines_[key.line];
    const Search search = SearchLine(key.line, key.check);
    if (!search.found && line.next != 0) [[unlikely]] {
      return Find({line.next, key.check});
    }
    return search;
  }
  Search Find(Node prefix, Node token) const { return Find(KeyOf(prefix, token)); }

  struct Bigram {
    Node prefix;
    Node token;
    Node node;
    std::array<double, 2> cell;
  };

  /// Adds a bigram unless it is there; returns its node.
  Node Insert(const Bigram& bigram);

  /// Adds `count` different bigrams, get(0) to get(count - 1), to an empty table. All threads call get; the same table
  /// at any number of them. Faster than as many Inserts: it goes part by part of the table, each of which stays in the
  /// cache.
  template <class Get>
  void Fill(std::size_t count, const Get& get);

  const double* CellAt(Place place) const {
    return lines_[place / kPlacesPerLine].cells[place % kPlacesPerLine].data();
  }
  Node NodeAt(Place place) const { return nodes_[place]; }

 private:
  static constexpr std::size_t kPerLine = 3;
  static constexpr std::size_t kPlacesPerLine = 4;  // one stays unused, so that places divide by shifts
  struct Line {
    std::array<std::array<double, 2>, kPerLine> cells;
    std::array<std::uint32_t, kPerLine> checks;  // odd; 0 where there is no bigram yet
    std::uint32_t next;                          // the line that goes on, if this one is full; or 0
  };
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");

  static constexpr int kPairBits = 40;
  static constexpr int kCheckShift = 64 - kPairBits - 1;  // leaves a bit that KeyOf sets
  // The pairs of one line are then less than 2^31 apart.
  static constexpr std::size_t kFewestLines = std::size_t{1} << (kPairBits - 31);

  // A pair's bits times 2^40 / golden ratio, modulo 2^40, in the upper 40 bits. An odd factor loses nothing. With
  // kUnknown for a token the result is one that no pair of tokens below kMaxToken has.
  static std::uint64_t Mix(Node prefix, Node token) {
    return ((std::uint64_t{prefix} << 20 | token) << (64 - kPairBits)) * 0x9E3779B97F;
  }
  // The second product's upper half spreads it evenly over any number of lines.
  std::size_t LineOf(std::uint64_t mixed) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(Wide{mixed} * home_lines_ >> 64);
  }
  std::size_t LineOf(const Bigram& b) const { return LineOf(Mix(b.prefix, b.token)); }

  static Place PlaceAt(std::size_t line, std::size_t k) { return static_cast<Place>(line * kPlacesPerLine + k); }

  static constexpr std::size_t kChunks = 16;
  static constexpr std::size_t kPartLines = 4096;  // 256 KB: stays in the second-level cache while it is filled
  static constexpr std::size_t kAhead = 16;

  void Take(std::size_t count);
  // Adds those of `bigrams` for which their own lines have room; returns the others.
  std::vector<Bigram> FillPart(std::span<const Bigram> bigrams);

  // Puts a bigram that is not there into this line. False if that is full.
  bool PutInto(std::size_t line, const Bigram& bigram);
  void PutAnywhere(const Bigram& bigram);

  Search SearchLine(std::size_t i, std::uint32_t check) const {
    const auto& checks = lines_[i].checks;
    const std::size_t second = checks[1] == check ? 1 : 0;
    const std::size_t third = checks[2] == check ? 1 : 0;
    const std::size_t first = checks[0] == check ? 1 : 0;
    return {PlaceAt(i, second + 2 * third), (first | second | third) != 0};
  }

  std::size_t home_lines_ = 0;  // then come the lines that full ones go on in
  BigArray<Line> lines_;
  BigArray<Node> nodes_;  // by place; apart, because only explanations and longer n-grams ask
  std::size_t free_ = 0;
  std::size_t next_overflow_ = 0;
};

template <class Get>
void BigramTable::Fill(std::size_t count, const Get& get) {
  Take(count);
  const std::size_t parts = home_lines_ / kPartLines + 1;
  const auto part_of = [](std::size_t line) { return line / kPartLines; };
  const auto for_each = [&](const auto& visit) {
    linalg::ParallelFor(count, kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) visit(chunk, get(i));
    });
  };

  // Counting sort by part, of the bigrams themselves: reading them by the parts' order would miss every cache.
  std::vector<std::uint32_t> next(kChunks * parts);  // by chunk, then part
  for_each([&](std::size_t chunk, const Bigram& b) { ++next[chunk * parts + part_of(LineOf(b))]; });
  std::vector<std::size_t> begins{0};
  std::uint32_t begin = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    for (std::size_t chunk = 0; chunk < kChunks; ++chunk) begin += std::exchange(next[chunk * parts + part], begin);
    begins.push_back(begin);
  }
  BigArray<Bigram> sorted(count);
  for_each([&](std::size_t chunk, const Bigram& b) { sorted[next[chunk * parts + part_of(LineOf(b))]++] = b; });

  // What goes on in other lines waits until all parts are filled.
  std::vector<std::vector<Bigram>> waiting(parts);
  linalg::ParallelFor(parts, kChunks, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t part = first; part < last; ++part) {
      const std::span members(sorted.data() + begins[part], begins[part + 1] - begins[part]);
      waiting[part] = FillPart(members);
    }
  });
  for (const auto& part : waiting) {
    for (const Bigram& bigram : part) PutAnywhere(bigram);
  }
}

}  // namespace valence::classifier
