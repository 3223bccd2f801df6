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

bool BigramTable::PutInto(std::size_t line, const Bigram& bigram) {
  auto& checks = lines_[line].checks;
  const auto k = static_cast<std::size_t>(std::find(checks.begin(), checks.end(), 0u) - checks.begin());
  if (k == kPerLine) return false;
  checks[k] = KeyOf(bigram.prefix, bigram.token).check;
  lines_[line].cells[k] = bigram.cell;
  nodes_[PlaceAt(line, k)] = bigram.node;
  return true;
}

void BigramTable::PutAnywhere(const Bigram& bigram) {
  std::size_t line = LineOf(bigram);
  while (!PutInto(line, bigram)) {
    if (lines_[line].next == 0) lines_[line].next = static_cast<std::uint32_t>(next_overflow_++);
    line = lines_[line].next;
  }
}

std::vector<BigramTable::Bigram> BigramTable::FillPart(std::span<const Bigram> bigrams) {
  std::vector<Bigram> others;
  for (std::size_t i = 0; i < bigrams.size(); ++i) {
    const std::size_t later = LineOf(bigrams[std::min(i + kAhead, bigrams.size() - 1)]);
    __builtin_prefetch(&lines_[later], 1);
    __builtin_prefetch(&nodes_[PlaceAt(later, 0)], 1);
    if (!PutInto(LineOf(bigrams[i]), bigrams[i])) others.push_back(bigrams[i]);
  }
  return others;
}

}  // namespace valence::classifier
