// SPDX-License-Identifier: Apache-2.0
#include "sparse_kernel.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "valence/linalg/parallel.h"

namespace valence::model {
namespace {

constexpr std::size_t kRuns = 128;

// Four sums side by side, since one would wait for each addition before the next.
double GatherDot(const double* values, const std::int32_t* columns, std::size_t n, const double* in) {
  double a = 0;
  double b = 0;
  double c = 0;
  double d = 0;
  std::size_t e = 0;
  for (; e + 4 <= n; e += 4) {
    a += values[e] * in[columns[e]];
    b += values[e + 1] * in[columns[e + 1]];
    c += values[e + 2] * in[columns[e + 2]];
    d += values[e + 3] * in[columns[e + 3]];
  }
  for (; e < n; ++e) a += values[e] * in[columns[e]];
  return (a + b) + (c + d);
}

// One output row of kColumns sums, held in registers.
template <std::size_t kColumns>
void GatherRows(const double* values, const std::int32_t* columns, std::size_t n, const double* in, double* out) {
  std::array<double, kColumns> sums{};
  for (std::size_t e = 0; e < n; ++e) {
    const double* const source = in + static_cast<std::size_t>(columns[e]) * kColumns;
    for (std::size_t c = 0; c < kColumns; ++c) sums[c] += values[e] * source[c];
  }
  std::copy(sums.begin(), sums.end(), out);
}

}  // namespace

SparseKernel::SparseKernel(SparseView m) : m_(m) {
  // A row costs about as much as eight entries, which matters where columns of a text matrix become rows.
  const auto cost = [&](std::size_t row) { return static_cast<std::size_t>(m.indptr[row]) + 8 * row; };
  const std::size_t rows = m.rows();
  const std::size_t runs = std::clamp<std::size_t>(cost(rows) / 2048, 1, kRuns);
  for (std::size_t run = 0, row = 0; run < runs; ++run) {
    first_row_.push_back(row);
    const std::size_t target = cost(rows) / runs * (run + 1);
    std::size_t low = row;
    std::size_t high = rows;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      (cost(middle) < target ? low : high) = cost(middle) < target ? middle + 1 : middle;
    }
    row = low;
  }
  first_row_.push_back(rows);
}

template <class RowRange>
void SparseKernel::ForRows(const RowRange& rows) const {
  const std::size_t runs = first_row_.size() - 1;
  linalg::ParallelFor(runs, runs, [&](std::size_t run, std::size_t, std::size_t) {
    for (std::size_t row = first_row_[run]; row < first_row_[run + 1]; ++row) {
      const auto begin = static_cast<std::size_t>(m_.indptr[row]);
      rows(row, begin, static_cast<std::size_t>(m_.indptr[row + 1]));
    }
  });
}

void SparseKernel::Multiply(std::span<const double> in, std::size_t k, std::span<double> out) const {
  const double* const values = m_.values.data();
  const std::int32_t* const columns = m_.indices.data();
  if (k == 1) {
    ForRows([&](std::size_t row, std::size_t begin, std::size_t end) {
      out[row] = GatherDot(values + begin, columns + begin, end - begin, in.data());
    });
    return;
  }
  if (k == 3) {  // negative, neutral, positive: the common case of several labels
    ForRows([&](std::size_t row, std::size_t begin, std::size_t end) {
      GatherRows<3>(values + begin, columns + begin, end - begin, in.data(), out.data() + row * 3);
    });
    return;
  }
  ForRows([&](std::size_t row, std::size_t begin, std::size_t end) {
    double* const sums = out.data() + row * k;
    std::fill_n(sums, k, 0.0);
    for (std::size_t e = begin; e < end; ++e) {
      const double* const source = in.data() + static_cast<std::size_t>(columns[e]) * k;
      for (std::size_t c = 0; c < k; ++c) sums[c] += values[e] * source[c];
    }
  });
}

void SparseKernel::MultiplySquared(std::span<const double> in, std::size_t k, std::span<double> out) const {
  ForRows([&](std::size_t row, std::size_t begin, std::size_t end) {
    double* const sums = out.data() + row * k;
    std::fill_n(sums, k, 0.0);
    for (std::size_t e = begin; e < end; ++e) {
      const double* const source = in.data() + static_cast<std::size_t>(m_.indices[e]) * k;
      const double square = m_.values[e] * m_.values[e];
      for (std::size_t c = 0; c < k; ++c) sums[c] += square * source[c];
    }
  });
}

}  // namespace valence::model
