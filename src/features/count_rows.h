// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "valence/linalg/parallel.h"

namespace valence::features::internal {

/// How often a document has a column's n-gram. (With hashing, the sum of signs: it may be negative or 0.)
struct Count {
  std::int32_t column = 0;
  std::int32_t count = 0;
};

/// Counts of consecutive documents; each row's columns ascend.
struct CountChunk {
  std::size_t first_row = 0;
  std::vector<std::uint64_t> ends;  ///< of each row in counts
  std::vector<Count> counts;

  std::span<const Count> Row(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::span(counts).subspan(begin, ends[i] - begin);
  }
};

/// A sparse matrix of counts, in chunks of rows.
struct CountRows {
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<CountChunk> chunks;
};

/// Makes a matrix row by row: append_row(row, counts) of a `Worker` appends one row's counts. Chunks of rows run on all
/// threads, each with a Worker of its own that make_worker() gives.
template <class MakeWorker>
CountRows MakeCountRows(std::size_t rows, std::size_t cols, MakeWorker make_worker) {
  constexpr std::size_t kChunks = 64;
  CountRows result{rows, cols, std::vector<CountChunk>(kChunks)};
  linalg::ParallelFor(rows, kChunks, [&](std::size_t c, std::size_t begin, std::size_t end) {
    CountChunk& chunk = result.chunks[c];
    auto append_row = make_worker();
    chunk.first_row = begin;
    chunk.ends.reserve(end - begin);
    for (std::size_t row = begin; row < end; ++row) {
      append_row(row, &chunk.counts);
      chunk.ends.push_back(chunk.counts.size());
    }
  });
  return result;
}

/// Number of rows that have each column.
std::vector<double> DocumentFrequencies(const CountRows& rows);
/// Sum of each column's counts.
std::vector<double> TotalCounts(const CountRows& rows);
/// Every count becomes 1.
void MakeBinary(CountRows* rows);
/// Drops the columns with new_column < 0 and renames the others, whose new numbers must ascend, to 0 ... cols - 1.
void RenumberColumns(const std::vector<std::int32_t>& new_column, std::size_t cols, CountRows* rows);

}  // namespace valence::features::internal
