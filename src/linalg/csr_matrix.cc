// SPDX-License-Identifier: Apache-2.0
#include "valence/linalg/csr_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "valence/linalg/parallel.h"

namespace valence::linalg {
namespace {

// Row pieces of Transpose. Each costs one counter per column, so few of them, and none for small matrices.
constexpr std::size_t kMaxPieces = 8;
constexpr std::int64_t kEntriesPerPiece = 1 << 16;
constexpr std::size_t kAhead = 16;

Error BadRow(std::int64_t row, std::string_view what) {
  return DataCorrupt(fmt::format("sparse matrix: row {}: {}", row, what));
}

Status ValidateShape(const CsrMatrix& m) {
  if (m.rows < 0 || m.cols < 0) {
    return DataCorrupt(fmt::format("sparse matrix: negative shape {} x {}", m.rows, m.cols));
  }
  if (m.indptr.size() != static_cast<std::size_t>(m.rows) + 1) {
    return DataCorrupt(
        fmt::format("sparse matrix: indptr has {} entries, expected rows + 1 = {}", m.indptr.size(), m.rows + 1));
  }
  if (m.values.size() != m.indices.size()) {
    return DataCorrupt(
        fmt::format("sparse matrix: {} values for {} column indices", m.values.size(), m.indices.size()));
  }
  if (m.indptr.front() != 0 || m.indptr.back() != m.nnz()) {
    return DataCorrupt(fmt::format("sparse matrix: indptr goes from {} to {}, expected from 0 to {}", m.indptr.front(),
                                   m.indptr.back(), m.nnz()));
  }
  return Ok();
}

Status ValidateRow(const CsrMatrix& m, std::int64_t row) {
  std::int64_t previous = -1;
  for (const std::int32_t column : m.RowIndices(row)) {
    if (column < 0 || column >= m.cols) {
      return BadRow(row, fmt::format("column {} is outside 0..{}", column, m.cols - 1));
    }
    if (column <= previous) {
      return BadRow(row, fmt::format("column {} after column {}, expected ascending and distinct", column, previous));
    }
    previous = column;
  }
  return Ok();
}

// First rows of `pieces` runs of rows with about equally many entries.
std::vector<std::int64_t> SplitByEntries(const CsrMatrix& m, std::size_t pieces) {
  std::vector<std::int64_t> first(pieces + 1, 0);
  for (std::size_t p = 1; p < pieces; ++p) {
    const std::int64_t target = m.nnz() / static_cast<std::int64_t>(pieces) * static_cast<std::int64_t>(p);
    first[p] = std::lower_bound(m.indptr.begin(), m.indptr.end() - 1, target) - m.indptr.begin();
  }
  first[pieces] = m.rows;
  return first;
}

// Entries per column within each piece; then, in place, where the piece's first entry of the column goes.
class Slots {
 public:
  Slots(const CsrMatrix& m, std::span<const std::int32_t> new_row, const std::vector<std::int64_t>& first)
      : m_(m), new_row_(new_row), first_(first), next_(first.size() - 1) {}

  void Count() {
    ParallelFor(next_.size(), next_.size(), [&](std::size_t piece, std::size_t, std::size_t) {
      std::vector<std::int64_t>& count = next_[piece];
      count.assign(static_cast<std::size_t>(m_.cols), 0);
      const auto entries = Entries(piece);
      for (std::size_t k = entries.first; k < entries.second; ++k) ++count[Row(m_.indices[k])];
    });
  }

  // Returns the transpose's indptr.
  std::vector<std::int64_t> Place() {
    std::vector<std::int64_t> indptr(static_cast<std::size_t>(m_.cols) + 1, 0);
    std::int64_t at = 0;
    for (std::size_t column = 0; column + 1 < indptr.size(); ++column) {
      for (auto& piece : next_) {
        const std::int64_t count = piece[column];
        piece[column] = at;
        at += count;
      }
      indptr[column + 1] = at;
    }
    return indptr;
  }

  void Scatter(CsrMatrix* t) {
    ParallelFor(next_.size(), next_.size(), [&](std::size_t piece, std::size_t, std::size_t) {
      std::vector<std::int64_t>& next = next_[piece];
      for (std::int64_t row = first_[piece]; row < first_[piece + 1]; ++row) {
        const auto columns = m_.RowIndices(row);
        const auto values = m_.RowValues(row);
        for (std::size_t k = 0; k < columns.size(); ++k) {
          // Slots are all over memory: have several on their way.
          if (k + kAhead < columns.size()) {
            const auto soon = static_cast<std::size_t>(next[Row(columns[k + kAhead])]);
            __builtin_prefetch(&t->indices[soon], 1);
            __builtin_prefetch(&t->values[soon], 1);
          }
          const auto slot = static_cast<std::size_t>(next[Row(columns[k])]++);
          t->indices[slot] = static_cast<std::int32_t>(row);
          t->values[slot] = values[k];
        }
      }
    });
  }

 private:
  // The transpose's row for a column of m.
  std::size_t Row(std::int32_t column) const {
    const auto j = static_cast<std::size_t>(column);
    return new_row_.empty() ? j : static_cast<std::size_t>(new_row_[j]);
  }
  std::pair<std::size_t, std::size_t> Entries(std::size_t piece) const {
    return {static_cast<std::size_t>(m_.indptr[static_cast<std::size_t>(first_[piece])]),
            static_cast<std::size_t>(m_.indptr[static_cast<std::size_t>(first_[piece + 1])])};
  }

  const CsrMatrix& m_;
  std::span<const std::int32_t> new_row_;  // empty: as the columns
  const std::vector<std::int64_t>& first_;
  std::vector<std::vector<std::int64_t>> next_;
};

}  // namespace

Status CsrMatrix::Validate() const {
  VALENCE_RETURN_IF_ERROR(ValidateShape(*this));
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    if (indptr[i + 1] < indptr[i] || indptr[i + 1] > nnz()) {
      return BadRow(row,
                    fmt::format("indptr goes from {} to {}, with {} entries in all", indptr[i], indptr[i + 1], nnz()));
    }
    VALENCE_RETURN_IF_ERROR(ValidateRow(*this, row));
  }
  return Ok();
}

CsrMatrix Transpose(const CsrMatrix& m) { return Transpose(m, {}); }

CsrMatrix Transpose(const CsrMatrix& m, std::span<const std::int32_t> new_row) {
  CsrMatrix t;
  t.rows = m.cols;
  t.cols = m.rows;
  t.indices.resize(m.indices.size());
  t.values.resize(m.values.size());
  // Every entry has one place whatever the pieces are, so their number may follow the machine.
  const auto wanted = static_cast<std::size_t>(m.nnz() / kEntriesPerPiece + 1);
  const std::size_t pieces = std::min({kMaxPieces, static_cast<std::size_t>(Threads()), wanted});
  const std::vector<std::int64_t> first = SplitByEntries(m, pieces);
  Slots slots(m, new_row, first);
  slots.Count();
  t.indptr = slots.Place();
  slots.Scatter(&t);
  return t;
}

}  // namespace valence::linalg
