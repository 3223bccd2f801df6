// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "count_rows.h"
#include "valence/base/result.h"
#include "valence/features/vectorizer_config.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::features::internal {

/// ln((n + s) / (df + s)) + 1 for each column, s = 1 if smooth. As TfidfTransformer.fit.
std::vector<double> InverseDocumentFrequencies(const CountRows& rows, bool smooth);

/// r = ln(p / q) for each column, class 1 over class 0; a = config.nb_alpha. nb_counts "occurrences" (recipe R1):
/// p_j is (a + occurrences of j in class 1) over the sum of all those; q the same in class 0. "documents" (R2):
/// p_j = (a + documents of class 1 with j) / (a + documents of class 1). Errors: kInvalidArgument unless there is a
/// label for each row and both classes, and only they, occur.
Result<std::vector<double>> LogCountRatios(const VectorizerConfig& config, const CountRows& rows,
                                           std::span<const std::int32_t> labels);

/// The matrix of values: counts, weighted and normalised as the configuration says. `weighting`: a factor for each
/// column, or empty. The same operations in the same order as TfidfTransformer.transform. All threads.
linalg::CsrMatrix WeighRows(const VectorizerConfig& config, const std::vector<double>& weighting,
                            const CountRows& rows);

}  // namespace valence::features::internal
