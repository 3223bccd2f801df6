// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "valence/base/result.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::data {

/// scipy.sparse.save_npz's layout (CSR, stored uncompressed; load_npz reads both). indptr is int64, indices int32, data
/// float64. Same matrix, same bytes (fixed zip timestamps). Reading takes stored and deflated members, int32 or int64
/// indices.
Status WriteNpz(const std::filesystem::path& path, const linalg::CsrMatrix& matrix);
Result<linalg::CsrMatrix> ReadNpz(const std::filesystem::path& path);

/// numpy.save of a one-dimensional array.
Status WriteNpy(const std::filesystem::path& path, const std::vector<std::int32_t>& values);
Status WriteNpy(const std::filesystem::path& path, const std::vector<double>& values);
Result<std::vector<std::int32_t>> ReadNpyInt32(const std::filesystem::path& path);
Result<std::vector<double>> ReadNpyDouble(const std::filesystem::path& path);

}  // namespace valence::data
