// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "metric_fields.h"
#include "score_table.h"
#include "valence/linalg/parallel.h"
#include "valence/linalg/rng.h"

namespace valence::evaluation {
namespace {

using Scalars = std::array<double, kMetricFields.size()>;

/// How often each document is drawn: RandomState(seed).randint(0, n, n) counted.
void CountDraws(std::uint32_t seed, std::vector<std::uint32_t>* counts) {
  std::fill(counts->begin(), counts->end(), 0u);
  linalg::RandomState random(seed);
  const std::size_t n = counts->size();
  for (std::size_t draw = 0; draw < n; ++draw) ++(*counts)[random.Interval(n - 1)];
}

Scalars ScalarsOf(const Metrics& metrics) {
  Scalars scalars{};
  for (std::size_t f = 0; f < kMetricFields.size(); ++f) scalars[f] = metrics.*kMetricFields[f].value;
  return scalars;
}

/// numpy.percentile(sorted, 100 * share) with linear interpolation.
double Quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
}

Interval PercentileInterval(std::vector<double> values) {
  std::erase_if(values, [](double v) { return std::isnan(v); });  // a resample without one of the classes has no AUC
  if (values.empty()) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan};
  }
  std::sort(values.begin(), values.end());
  return {Quantile(values, 0.025), Quantile(values, 0.975)};
}

}  // namespace

std::map<std::string, Interval> BootstrapIntervals(const Scored& scored, std::int64_t resamples, std::uint32_t seed) {
  if (resamples < 1 || !Validate(scored).has_value()) return {};
  const ScoreTable table = MakeScoreTable(scored);
  const auto n = static_cast<std::size_t>(resamples);
  std::vector<Scalars> drawn(n);
  linalg::ParallelFor(n, std::min<std::size_t>(n, 64), [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> counts(table.documents);
    for (std::size_t r = begin; r < end; ++r) {
      CountDraws(seed + static_cast<std::uint32_t>(r), &counts);
      drawn[r] = ScalarsOf(WeightedMetrics(table, counts));
    }
  });

  std::map<std::string, Interval> intervals;
  for (std::size_t f = 0; f < kMetricFields.size(); ++f) {
    std::vector<double> values(n);
    for (std::size_t r = 0; r < n; ++r) values[r] = drawn[r][f];
    intervals.emplace(kMetricFields[f].name, PercentileInterval(std::move(values)));
  }
  return intervals;
}

}  // namespace valence::evaluation
