// SPDX-License-Identifier: Apache-2.0
#include "count_rows.h"

namespace valence::features::internal {
namespace {

template <class Weigh>
std::vector<double> SumColumns(const CountRows& rows, Weigh weigh) {
  std::vector<double> sums(rows.cols);
  for (const CountChunk& chunk : rows.chunks) {
    for (const Count& c : chunk.counts) sums[static_cast<std::size_t>(c.column)] += weigh(c);
  }
  return sums;
}

}  // namespace

std::vector<double> DocumentFrequencies(const CountRows& rows) {
  return SumColumns(rows, [](const Count&) { return 1.0; });
}

std::vector<double> TotalCounts(const CountRows& rows) {
  return SumColumns(rows, [](const Count& c) { return c.count; });
}

void MakeBinary(CountRows* rows) {
  linalg::ParallelFor(rows->chunks.size(), rows->chunks.size(), [&](std::size_t c, std::size_t, std::size_t) {
    for (Count& count : rows->chunks[c].counts) count.count = 1;
  });
}

void RenumberColumns(const std::vector<std::int32_t>& new_column, std::size_t cols, CountRows* rows) {
  rows->cols = cols;
  linalg::ParallelFor(rows->chunks.size(), rows->chunks.size(), [&](std::size_t c, std::size_t, std::size_t) {
    CountChunk& chunk = rows->chunks[c];
    std::size_t kept = 0;
    std::size_t i = 0;
    for (std::uint64_t& end : chunk.ends) {
      for (; i < end; ++i) {
        const std::int32_t column = new_column[static_cast<std::size_t>(chunk.counts[i].column)];
        if (column >= 0) chunk.counts[kept++] = {column, chunk.counts[i].count};
      }
      end = kept;
    }
    chunk.counts.resize(kept);
  });
}

}  // namespace valence::features::internal
