// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "valence/base/result.h"

namespace valence::linalg {

/// A sparse matrix in compressed sparse rows, as scipy.sparse.csr_matrix: row i holds entries
/// [indptr[i], indptr[i+1]) of `indices` (columns, ascending, distinct) and `values`. A value type.
struct CsrMatrix {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  std::vector<std::int64_t> indptr{0};  ///< rows + 1, ascending, from 0 to nnz
  std::vector<std::int32_t> indices;    ///< nnz
  std::vector<double> values;           ///< nnz

  std::int64_t nnz() const { return static_cast<std::int64_t>(indices.size()); }
  std::span<const std::int32_t> RowIndices(std::int64_t i) const {
    return std::span(indices).subspan(Begin(i), Length(i));
  }
  std::span<const double> RowValues(std::int64_t i) const { return std::span(values).subspan(Begin(i), Length(i)); }
  bool operator==(const CsrMatrix&) const = default;

  /// Checks every invariant above. Error: kDataCorrupt naming the row.
  Status Validate() const;

 private:
  std::size_t Begin(std::int64_t i) const { return static_cast<std::size_t>(indptr[static_cast<std::size_t>(i)]); }
  std::size_t Length(std::int64_t i) const {
    return static_cast<std::size_t>(indptr[static_cast<std::size_t>(i) + 1] - indptr[static_cast<std::size_t>(i)]);
  }
};

/// The transpose (rows become columns), entries of a row in ascending column order. O(nnz), deterministic.
CsrMatrix Transpose(const CsrMatrix& m);

/// The transpose with its rows renumbered: column j of m becomes row new_row[j]. `new_row` is a permutation of the
/// columns.
CsrMatrix Transpose(const CsrMatrix& m, std::span<const std::int32_t> new_row);

}  // namespace valence::linalg
