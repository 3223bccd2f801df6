// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "valence/base/result.h"
#include "valence/evaluation/metrics.h"

namespace valence::evaluation {

/// Two models on the same documents, and whether the difference of their errors can be chance.
struct McNemar {
  std::uint64_t only_first = 0;   ///< documents that only the first model gets right
  std::uint64_t only_second = 0;  ///< documents that only the second model gets right
  /// Exact two-sided p-value: the chance of a split at least this uneven if both were equally good (binomial, p = 1/2).
  /// 1 if the models never differ.
  double p_value = 1;
};

/// McNemar's exact test (McNemar 1947; scipy.stats.binomtest(min, n, 0.5)), within 1e-9 relative. Error:
/// kInvalidArgument if the two do not hold the same documents' truths over the same labels.
Result<McNemar> McNemarTest(const Scored& first, const Scored& second);

/// The same of each document's class by truth and by the two models: three of one length.
McNemar McNemarTest(std::span<const std::int32_t> truth, std::span<const std::int32_t> first,
                    std::span<const std::int32_t> second);

/// The p-value from the two counts.
double McNemarPValue(std::uint64_t only_first, std::uint64_t only_second);

}  // namespace valence::evaluation
