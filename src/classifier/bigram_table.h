// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "big_array.h"
#include "token_key.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {

/// The bigrams of a model with one row of weights: the exact pair of tokens to the bigram's cell (factor and weight),
/// in one cache line, because for most words of a text this line is the one thing that no cache holds. The three
/// bigrams of a line are compared without a branch: whether a text's next bigram is a feature cannot be predicted.
/// Filled once, then read by all threads.
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
      : lines_(capacity + 1), nodes_(lines_.size() * kPlacesPerLine), free_(capacity) {}

  /// The line where a pair's search begins, for Prefetch and FindFrom. Tokens may be kUnknown, which is in no bigram.
  std::size_t LineOf(Node prefix, Node token) const { return Index(Key(prefix, token)); }
  void Prefetch(std::size_t line) const { __builtin_prefetch(&lines_[line]); }

  struct Search {
    Place place;  ///< of the bigram if found; otherwise of any
    bool found;
  };
  Search FindFrom(std::size_t line, Node prefix, Node token) const {
    const std::uint64_t key = Key(prefix, token);
    // In this order: that a line has overflowed is rare, that it has no match is not.
    if (lines_[line].used == kOverflowed) [[unlikely]] {
      return FindBeyond(line, key);
    }
    return SearchLine(line, key);
  }
  Search Find(Node prefix, Node token) const { return FindFrom(LineOf(prefix, token), prefix, token); }

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
    std::array<std::uint32_t, kPerLine> low;  // a key's 40 bits
    std::array<std::uint8_t, kPerLine> high;
    std::uint8_t used;  // or kOverflowed: full, and bigrams that belong here are in the lines after it
  };
  static constexpr std::uint8_t kOverflowed = kPerLine + 1;
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");

  // With kUnknown for a token the key is one that no pair of tokens below kMaxToken has.
  static std::uint64_t Key(Node prefix, Node token) { return std::uint64_t{prefix} << 20 | token; }

  // Fibonacci hashing; the second product's upper half spreads it evenly over any number of lines.
  std::size_t Index(std::uint64_t key) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(Wide{key * 0x9E3779B97F4A7C15} * lines_.size() >> 64);
  }
  std::size_t Next(std::size_t i) const { return i + 1 == lines_.size() ? 0 : i + 1; }

  static Place PlaceAt(std::size_t line, int k) {
    return static_cast<Place>(line * kPlacesPerLine + static_cast<std::size_t>(k));
  }

  static constexpr std::size_t kChunks = 16;
  static constexpr std::size_t kPartLines = 4096;  // 256 KB: stays in the second-level cache while it is filled
  static constexpr std::size_t kAhead = 16;

  void Take(std::size_t count);
  // Adds those of `bigrams` that fit into lines below `end`; returns the others.
  std::vector<Bigram> FillPart(std::span<const Bigram> bigrams, std::size_t end);

  // Puts a bigram that is not there into the first line from `i` on, below `end`, with room. False if there is none.
  bool PutInto(std::size_t i, std::size_t end, const Bigram& bigram);
  void PutAnywhere(const Bigram& bigram) {
    const std::size_t line = LineOf(bigram.prefix, bigram.token);
    if (!PutInto(line, lines_.size(), bigram)) PutInto(0, lines_.size(), bigram);
  }

  // Bit k: the line's bigram k has the key.
  static std::uint32_t Matches(const Line& line, std::uint64_t key) {
    std::uint32_t found = 0;
    for (std::size_t k = 0; k < kPerLine; ++k) {
      const bool equal = ((line.low[k] ^ static_cast<std::uint32_t>(key)) | (line.high[k] ^ (key >> 32))) == 0;
      found |= std::uint32_t{equal} << k;
    }
    return found & ((1u << line.used) - 1);  // places not used hold zeros, which are a key too
  }

  Search SearchLine(std::size_t i, std::uint64_t key) const {
    const std::uint32_t found = Matches(lines_[i], key);
    return {PlaceAt(i, std::countr_zero(found | 1u << (kPerLine - 1))), found != 0};
  }

  Search FindBeyond(std::size_t i, std::uint64_t key) const {
    for (;; i = Next(i)) {
      const Search search = SearchLine(i, key);
      if (search.found || lines_[i].used != kOverflowed) return search;
    }
  }

  BigArray<Line> lines_;
  BigArray<Node> nodes_;  // by place; apart, because only explanations and longer n-grams ask
  std::size_t free_ = 0;
};

template <class Get>
void BigramTable::Fill(std::size_t count, const Get& get) {
  Take(count);
  const std::size_t parts = lines_.size() / kPartLines + 1;
  const auto part_of = [](std::size_t line) { return line / kPartLines; };
  const auto for_each = [&](const auto& visit) {
    linalg::ParallelFor(count, kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) visit(chunk, get(i));
    });
  };

  // Counting sort by part, of the bigrams themselves: reading them by the parts' order would miss every cache.
  std::vector<std::uint32_t> next(kChunks * parts);  // by chunk, then part
  for_each([&](std::size_t chunk, const Bigram& b) { ++next[chunk * parts + part_of(LineOf(b.prefix, b.token))]; });
  std::vector<std::size_t> begins{0};
  std::uint32_t begin = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    for (std::size_t chunk = 0; chunk < kChunks; ++chunk) begin += std::exchange(next[chunk * parts + part], begin);
    begins.push_back(begin);
  }
  BigArray<Bigram> sorted(count);
  for_each([&](std::size_t chunk, const Bigram& b) {
    sorted[next[chunk * parts + part_of(LineOf(b.prefix, b.token))]++] = b;
  });

  // What does not fit below a part's end waits until all parts are filled.
  std::vector<std::vector<Bigram>> waiting(parts);
  linalg::ParallelFor(parts, kChunks, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t part = first; part < last; ++part) {
      const std::span members(sorted.data() + begins[part], begins[part + 1] - begins[part]);
      waiting[part] = FillPart(members, std::min((part + 1) * kPartLines, lines_.size()));
    }
  });
  for (const auto& part : waiting) {
    for (const Bigram& bigram : part) PutAnywhere(bigram);
  }
}

}  // namespace valence::classifier
