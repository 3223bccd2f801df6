// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "big_array.h"
#include "token_key.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {

/// The bigrams of a model with one row of weights: the exact pair of tokens to the bigram's cell (factor and weight),
/// in one cache line of three, because for most words of a text this line is the one thing that no cache holds. A
/// pair's 40 bits are mixed one to one; their upper bits say which line, so that 31 of the lower ones, compared, say
/// that it is the pair (Cleary 1984, "Compact hash tables using bidirectional linear probing").
/// The table is small, for that is most of what a miss costs, and yet a pair is in its one line or nowhere: pairs go by
/// groups, and each group has a seed that moves its pairs to lines with room for all of them (Belazzougui, Botelho and
/// Dietzfelbinger 2009, "Hash, displace, and compress"). So nothing branches on what a text holds, which could not be
/// predicted. Filled once, then read by all threads.
class BigramTable {
 public:
  /// A bigram's place; its cell never moves.
  using Place = std::uint32_t;
  /// Tokens must have nodes below this.
  static constexpr Node kMaxToken = (Node{1} << 20) - 1;
  static constexpr std::size_t kMaxCapacity = std::size_t{1} << 28;

  struct Bigram {
    Node prefix;
    Node token;
    Node node;
    std::array<double, 2> cell;
  };

  /// Makes this the table of `count` different bigrams, get(0) to get(count - 1). All threads call get; the same table
  /// at any number of them. It goes part by part, each of which stays in the second-level cache. False if no seeds were
  /// found, which takes pairs that were made for that: then the table must not be used.
  template <class Get>
  [[nodiscard]] bool Fill(std::size_t count, const Get& get) {
    const auto lines = [count](double load) { return static_cast<std::size_t>(static_cast<double>(count) / load); };
    return FillLines(lines(kLoad), count, get) || FillLines(lines(kLoad / 2), count, get);
  }

  /// Where a pair is sought.
  struct Key {
    std::uint32_t line;
    std::uint32_t check;
  };
  /// Tokens may be kUnknown, which is in no bigram.
  Key KeyOf(Node prefix, Node token) const {
    const Home home = HomeOf(prefix, token);
    return {Displaced(home.line, seeds_[home.group]), home.check};
  }
  void Prefetch(const Key& key) const { __builtin_prefetch(&lines_[key.line]); }

  struct Search {
    Place place;  ///< of the bigram if found; otherwise of any
    bool found;
  };
  Search Find(const Key& key) const {
    const auto& checks = lines_[key.line].checks;
    const std::size_t second = checks[1] == key.check ? 1 : 0;
    const std::size_t third = checks[2] == key.check ? 1 : 0;
    const std::size_t first = checks[0] == key.check ? 1 : 0;
    return {PlaceAt(key.line, second + 2 * third), (first | second | third) != 0};
  }
  Search Find(Node prefix, Node token) const { return Find(KeyOf(prefix, token)); }

  /// Where 16 pairs are sought.
  static constexpr std::size_t kBlock = 16;
  struct alignas(64) KeyBlock {
    std::array<std::uint32_t, kBlock> lines;
    std::array<std::uint32_t, kBlock> checks;
  };
  /// Sets *keys to those of the pairs of neighbours in `nodes`, of which there are 2 to 17, and has their lines
  /// fetched.
  void Seek(std::span<const Node> nodes, KeyBlock* keys) const;
  void SeekPortably(std::span<const Node> nodes, KeyBlock* keys) const;
  /// Pairs of a text, by where they begin. The first one is the first of a block.
  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  /// Of the pairs in `range`, whose keys are in keys[0] (pairs 0 to 15), keys[1] and so on: writes the places that are
  /// found, or'ed with `flag`, and where their pairs begin if `begins` is not nullptr; returns how many. Both need room
  /// for one more than there are.
  std::size_t Take(const KeyBlock* keys, Range range, Place flag, Place* places, std::uint32_t* begins) const;
  std::size_t TakePortably(const KeyBlock* keys, Range range, Place flag, Place* places, std::uint32_t* begins) const;

  const double* CellAt(Place place) const { return cells() + 2 * std::size_t{place}; }
  /// A place's cell is at [2 * place]: a line has as many places as there would be cells.
  const double* cells() const {
    static_assert(kPlacesPerLine * sizeof(Cell) == sizeof(Line));
    return reinterpret_cast<const double*>(lines_.data());
  }
  Node NodeAt(Place place) const { return nodes_[place]; }
  void PrefetchNode(Place place) const { __builtin_prefetch(&nodes_[place]); }

 private:
  static constexpr std::size_t kPerLine = 3;
  static constexpr std::size_t kPlacesPerLine = 4;  // one stays unused, so that places divide by shifts
  using Cell = std::array<double, 2>;
  struct Line {
    std::array<Cell, kPerLine> cells;
    std::array<std::uint32_t, kPerLine> checks;  // odd; 0 where there is no bigram
    std::uint32_t unused;
  };
  static_assert(sizeof(Line) == 64, "a line of the table is a line of the cache");

  static constexpr double kLoad = 2.4;  // bigrams a line
  static constexpr int kPartBits = 10;
  static constexpr std::size_t kPartLines = std::size_t{1} << kPartBits;  // a pair's line is in its home's part
  static constexpr int kGroupBits = 9;
  static constexpr std::size_t kPartGroups = std::size_t{1} << kGroupBits;
  static constexpr std::size_t kMostBigrams = kPartLines * kPerLine;  // in a part

  static constexpr int kPairBits = 40;
  static constexpr int kCheckShift = 64 - kPairBits - 1;  // leaves a bit that HomeOf sets
  // Mixed pairs with the same check are 2^31 apart or more, so their homes are different lines. They have the same
  // group number, so those in one part have the same seed, and stay in different lines.
  static_assert(kPartLines >= std::size_t{1} << (kPairBits - 31));
  static constexpr std::uint64_t kPairFactor = 0x9E3779B97F;
  static constexpr std::uint32_t kCheckFactor = 0x9E3779B1;
  static constexpr int kGroupShift = 32 - kGroupBits;

  /// Where a pair would be without seeds, and the group whose seed moves it.
  struct Home {
    std::uint32_t line;
    std::uint32_t check;
    std::size_t group;
  };
  Home HomeOf(Node prefix, Node token) const {
    const std::uint64_t mixed = Mix(prefix, token);
    const auto line = static_cast<std::uint32_t>(LineOf(mixed));
    const std::uint32_t check = static_cast<std::uint32_t>(mixed >> kCheckShift) | 1;
    // Of the check alone, mixed once more: its upper bits would follow the line's, its lower ones the second token's.
    return {line, check, line / kPartLines * kPartGroups + ((check * kCheckFactor) >> kGroupShift)};
  }
  // One to one, and within the part.
  static std::uint32_t Displaced(std::uint32_t line, std::uint32_t seed) { return line ^ seed; }
  static_assert(kPartLines >= 256);

  // A pair's bits times 2^40 / golden ratio, modulo 2^40, in the upper 40 bits. An odd factor loses nothing. With
  // kUnknown for a token the result is one that no pair of tokens below kMaxToken has.
  static std::uint64_t Mix(Node prefix, Node token) {
    return ((std::uint64_t{prefix} << 20 | token) << (64 - kPairBits)) * kPairFactor;
  }
  // The second product's upper half spreads it evenly over any number of lines. 32 bits of the pair do: those of two
  // with the same check are 2^23 apart or more.
  std::size_t LineOf(std::uint64_t mixed) const { return (mixed >> 32) * lines_.size() >> 32; }
  void SeekByAvx512(std::span<const Node> nodes, KeyBlock* keys) const;
  std::size_t TakeByAvx512(const KeyBlock* keys, Range range, Place flag, Place* places, std::uint32_t* begins) const;
  static Place PlaceAt(std::size_t line, std::size_t k) { return static_cast<Place>(line * kPlacesPerLine + k); }

  static constexpr std::size_t kChunks = 16;

  template <class Get>
  bool FillLines(std::size_t lines, std::size_t count, const Get& get);
  void Clear(std::size_t parts);
  // Chooses the seeds of the part that these are all bigrams of, and puts them into it.
  bool FillPart(std::size_t part, std::span<const Bigram> bigrams);
  /// The homes of a part's bigrams, by group.
  struct Groups {
    std::array<std::uint16_t, kPartGroups + 1> begins{};
    std::array<std::uint32_t, kMostBigrams> homes;
    std::span<const std::uint32_t> Homes(std::size_t group) const {
      return {homes.data() + begins[group], std::size_t{begins[group + 1]} - begins[group]};
    }
  };
  Groups GroupsOf(std::size_t part, std::span<const Bigram> bigrams) const;
  // Sets one for each group, such that no line gets more bigrams than it has room for. False if there are none such.
  static bool ChooseSeeds(const Groups& groups, std::uint8_t* seeds);
  void Put(const Bigram& bigram);

  BigArray<Line> lines_;
  BigArray<Node> nodes_;             // by place; apart, because only explanations and longer n-grams ask
  std::vector<std::uint8_t> seeds_;  // by group
};

template <class Get>
bool BigramTable::FillLines(std::size_t lines, std::size_t count, const Get& get) {
  const std::size_t parts = lines / kPartLines + 1;
  Clear(parts);
  const auto part_of = [this](const Bigram& b) { return LineOf(Mix(b.prefix, b.token)) / kPartLines; };
  const auto for_each = [&](const auto& visit) {
    linalg::ParallelFor(count, kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) visit(chunk, get(i));
    });
  };

  // Counting sort by part, of the bigrams themselves: reading them by the parts' order would miss every cache.
  std::vector<std::uint32_t> next(kChunks * parts);  // by chunk, then part
  for_each([&](std::size_t chunk, const Bigram& b) { ++next[chunk * parts + part_of(b)]; });
  std::vector<std::size_t> begins{0};
  std::uint32_t begin = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    for (std::size_t chunk = 0; chunk < kChunks; ++chunk) begin += std::exchange(next[chunk * parts + part], begin);
    begins.push_back(begin);
  }
  BigArray<Bigram> sorted(count);
  for_each([&](std::size_t chunk, const Bigram& b) { sorted[next[chunk * parts + part_of(b)]++] = b; });

  std::atomic<bool> filled{true};
  linalg::ParallelFor(parts, kChunks, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t part = first; part < last && filled; ++part) {
      if (!FillPart(part, {sorted.data() + begins[part], begins[part + 1] - begins[part]})) filled = false;
    }
  });
  return filled;
}

}  // namespace valence::classifier
