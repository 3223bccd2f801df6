// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "valence/base/result.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::data {

/// Writes scipy.sparse.save_npz(compressed=False)'s file, byte for byte: CSR, indptr int64, indices int32, data
/// float64, fixed zip timestamps. Atomic. Parity: scipy 1.17.1 (tests/parity/data).
Status WriteNpz(const std::filesystem::path& path, const linalg::CsrMatrix& matrix);

/// Reads a CSR matrix as save_npz writes it, stored or deflated; indices and indptr of int32 or int64, data of float64,
/// float32, int64 or int32. The file is not trusted: sizes are checked against what is there, and the matrix against
/// CsrMatrix's invariants. Errors: kNotFound; kDataCorrupt naming file and member; kUnimplemented (not CSR, another
/// dtype).
Result<linalg::CsrMatrix> ReadNpz(const std::filesystem::path& path);

/// numpy.save of a one-dimensional array, byte for byte. Atomic.
Status WriteNpy(const std::filesystem::path& path, const std::vector<std::int32_t>& values);
Status WriteNpy(const std::filesystem::path& path, const std::vector<double>& values);
/// Reads a one-dimensional array of int32 or int64 (int32; values must fit), or of float64, float32 or integers
/// (double). Errors as ReadNpz's.
Result<std::vector<std::int32_t>> ReadNpyInt32(const std::filesystem::path& path);
Result<std::vector<double>> ReadNpyDouble(const std::filesystem::path& path);

}  // namespace valence::data
