// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace valence::model {

/// A sparse matrix as CsrMatrix has it, but borrowed, and with the columns of a row in any order.
struct SparseView {
  std::span<const std::int64_t> indptr;
  std::span<const std::int32_t> indices;
  std::span<const double> values;

  std::size_t rows() const { return indptr.size() - 1; }
};

/// Products of one sparse matrix [rows, cols] with dense ones of `k` columns (row-major, so that the k values of a
/// feature or document lie together). Every output row is one sum in a fixed order: same bytes at any thread count.
/// The matrix must outlive the kernel. Thread-safe.
class SparseKernel {
 public:
  explicit SparseKernel(SparseView m);

  /// out [rows, k] = m . in [cols, k].
  void Multiply(std::span<const double> in, std::size_t k, std::span<double> out) const;
  /// The same with every entry of m squared.
  void MultiplySquared(std::span<const double> in, std::size_t k, std::span<double> out) const;

 private:
  template <class RowRange>
  void ForRows(const RowRange& rows) const;

  SparseView m_;
  std::vector<std::size_t> first_row_;  // of runs of rows with about equally many entries
};

}  // namespace valence::model
