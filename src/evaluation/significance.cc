// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/significance.h"

#include <algorithm>
#include <cmath>

namespace valence::evaluation {

double McNemarPValue(std::uint64_t only_first, std::uint64_t only_second) {
  const auto n = static_cast<double>(only_first + only_second);
  const std::uint64_t fewer = std::min(only_first, only_second);
  if (only_first == only_second) return 1;
  // P(X <= fewer), X ~ Binomial(n, 1/2), from its largest term downwards: each smaller term is the one before times
  // k / (n - k + 1), so that nothing overflows and what is left out at the end is far below a rounding error.
  const auto top = static_cast<double>(fewer);
  double term = 1, sum = 1;
  for (double k = top; k >= 1 && term > sum * 1e-18; --k) {
    term *= k / (n - k + 1);
    sum += term;
  }
  const double log_top = std::lgamma(n + 1) - std::lgamma(top + 1) - std::lgamma(n - top + 1) - n * std::log(2.0);
  return std::min(1.0, 2 * sum * std::exp(log_top));
}

Result<McNemar> McNemarTest(const Scored& first, const Scored& second) {
  if (first.labels != second.labels) return InvalidArgument("the two models do not have the same labels");
  if (first.truth != second.truth) return InvalidArgument("the two models were not scored on the same documents");
  return McNemarTest(first.truth, first.predicted, second.predicted);
}

McNemar McNemarTest(std::span<const std::int32_t> truth, std::span<const std::int32_t> first,
                    std::span<const std::int32_t> second) {
  McNemar test;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool first_right = first[i] == truth[i], second_right = second[i] == truth[i];
    test.only_first += first_right && !second_right;
    test.only_second += second_right && !first_right;
  }
  test.p_value = McNemarPValue(test.only_first, test.only_second);
  return test;
}

}  // namespace valence::evaluation
