// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"

#include <algorithm>
#include <vector>

#include "valence/base/check.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {
namespace {

constexpr std::size_t kChunks = 16;
constexpr std::size_t kPartLines = 2048;  // 128 KB: a part stays in the second-level cache while it is filled

}  // namespace

Node BigramTable::Insert(const Bigram& bigram) {
  const Search search = Find(bigram.prefix, bigram.token);
  if (search.found) return NodeAt(search.place);
  VALENCE_CHECK(free_ > 0, "a bigram table was made too small");
  --free_;
  const std::size_t line = LineOf(bigram.prefix, bigram.token);
  if (!PutInto(line, lines_.size(), bigram)) PutInto(0, lines_.size(), bigram);
  return bigram.node;
}

bool BigramTable::PutInto(std::size_t i, std::size_t end, const Bigram& bigram) {
  for (; i < end && lines_[i].used >= kPerLine; ++i) lines_[i].used = kOverflowed;
  if (i == end) return false;
  const std::uint64_t key = Key(bigram.prefix, bigram.token);
  Line& line = lines_[i];
  line.cells[line.used] = bigram.cell;
  line.low[line.used] = static_cast<std::uint32_t>(key);
  line.high[line.used] = static_cast<std::uint8_t>(key >> 32);
  nodes_[PlaceAt(i, line.used)] = bigram.node;
  ++line.used;
  return true;
}

void BigramTable::Fill(std::size_t count, const std::function<Bigram(std::size_t)>& get) {
  VALENCE_CHECK(count <= free_, "a bigram table was made too small");
  free_ -= count;
  BigArray<std::uint32_t> lines(count);
  linalg::ParallelFor(count, kChunks, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Bigram bigram = get(i);
      lines[i] = static_cast<std::uint32_t>(LineOf(bigram.prefix, bigram.token));
    }
  });

  // Counting sort by part, of the bigrams themselves: reading them by the parts' order would miss every cache.
  const std::size_t parts = lines_.size() / kPartLines + 1;
  std::vector<std::size_t> begins(parts + 1);
  for (std::size_t i = 0; i < count; ++i) ++begins[lines[i] / kPartLines + 1];
  for (std::size_t p = 0; p < parts; ++p) begins[p + 1] += begins[p];
  BigArray<Bigram> sorted(count);
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t i = 0; i < count; ++i) sorted[next[lines[i] / kPartLines]++] = get(i);

  // What does not fit below a part's end waits until all parts are filled.
  std::vector<std::vector<Bigram>> waiting(parts);
  linalg::ParallelFor(parts, std::min(parts, kChunks), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t p = first; p < last; ++p) {
      const std::size_t end = std::min((p + 1) * kPartLines, lines_.size());
      for (std::size_t i = begins[p]; i < begins[p + 1]; ++i) {
        if (!PutInto(LineOf(sorted[i].prefix, sorted[i].token), end, sorted[i])) waiting[p].push_back(sorted[i]);
      }
    }
  });
  for (const auto& part : waiting) {
    for (const Bigram& bigram : part) {
      if (!PutInto(LineOf(bigram.prefix, bigram.token), lines_.size(), bigram)) PutInto(0, lines_.size(), bigram);
    }
  }
}

}  // namespace valence::classifier
