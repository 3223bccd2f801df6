// SPDX-License-Identifier: Apache-2.0
#include "bigram_table.h"

#include "valence/base/check.h"

namespace valence::classifier {

void BigramTable::Take(std::size_t count) {
  VALENCE_CHECK(count <= free_, "a bigram table was made too small");
  free_ -= count;
}

Node BigramTable::Insert(const Bigram& bigram) {
  const Search search = Find(bigram.prefix, bigram.token);
  if (search.found) return NodeAt(search.place);
  Take(1);
  PutAnywhere(bigram);
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

std::vector<BigramTable::Bigram> BigramTable::FillPart(std::span<const Bigram> bigrams, std::size_t end) {
  std::vector<Bigram> others;
  for (std::size_t i = 0; i < bigrams.size(); ++i) {
    const Bigram& later = bigrams[std::min(i + kAhead, bigrams.size() - 1)];
    const std::size_t later_line = LineOf(later.prefix, later.token);
    __builtin_prefetch(&lines_[later_line], 1);
    __builtin_prefetch(&nodes_[PlaceAt(later_line, 0)], 1);
    if (!PutInto(LineOf(bigrams[i].prefix, bigrams[i].token), end, bigrams[i])) others.push_back(bigrams[i]);
  }
  return others;
}

}  // namespace valence::classifier
