// SPDX-License-Identifier: Apache-2.0
#include "score_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace valence::evaluation {
namespace {

Ranking RankBy(const Scored& scored, std::size_t wanted) {
  const std::size_t n = scored.size();
  const std::size_t classes = scored.classes();
  const auto score = [&](std::uint32_t i) { return scored.probabilities[i * classes + wanted]; };
  Ranking ranking;
  ranking.order.resize(n);
  std::iota(ranking.order.begin(), ranking.order.end(), 0u);
  std::sort(ranking.order.begin(), ranking.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const double left = score(a);
    const double right = score(b);
    return left != right ? left > right : a < b;
  });
  ranking.is_positive.resize(n);
  ranking.ends_group.resize(n);
  for (std::size_t rank = 0; rank < n; ++rank) {
    const std::uint32_t i = ranking.order[rank];
    ranking.is_positive[rank] = static_cast<std::size_t>(scored.truth[i]) == wanted;
    ranking.ends_group[rank] = rank + 1 == n || score(i) != score(ranking.order[rank + 1]);
  }
  return ranking;
}

double SquaredError(std::span<const double> row, std::size_t truth) {
  if (row.size() == 2) {  // sklearn brier_score_loss: the positive class only, which is half of the sum over both
    const double error = row[1] - (truth == 1 ? 1.0 : 0.0);
    return error * error;
  }
  double sum = 0;
  for (std::size_t c = 0; c < row.size(); ++c) {
    const double error = row[c] - (c == truth ? 1.0 : 0.0);
    sum += error * error;
  }
  return sum;
}

double LogLoss(double probability) {
  // sklearn/metrics/_classification.py log_loss: clipped to [eps, 1 - eps] of the dtype.
  constexpr double kEps = std::numeric_limits<double>::epsilon();
  return -std::log(std::clamp(probability, kEps, 1.0 - kEps));
}

}  // namespace

std::size_t CalibrationBin(double probability) {
  constexpr double kStep = 1.0 / static_cast<double>(kCalibrationBins);
  std::size_t bin = 0;
  while (bin + 1 < kCalibrationBins && probability > static_cast<double>(bin + 1) * kStep) ++bin;
  return bin;
}

Status Validate(const Scored& scored) {
  const std::size_t n = scored.size();
  const std::size_t classes = scored.classes();
  if (n == 0) return InvalidArgument("metrics: there are no documents to evaluate");
  if (n > std::numeric_limits<std::uint32_t>::max()) return InvalidArgument("metrics: more than 2^32 - 1 documents");
  if (classes < 2) return InvalidArgument(fmt::format("metrics: expected at least 2 labels, found {}", classes));
  if (scored.predicted.size() != n || scored.probabilities.size() != n * classes) {
    return InvalidArgument(fmt::format("metrics: {} documents, but {} predictions and {} probabilities (expected {})",
                                       n, scored.predicted.size(), scored.probabilities.size(), n * classes));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::int32_t value : {scored.truth[i], scored.predicted[i]}) {
      if (value < 0 || static_cast<std::size_t>(value) >= classes) {
        return InvalidArgument(
            fmt::format("metrics: document {} has class {}, expected 0 to {}", i, value, classes - 1));
      }
    }
  }
  for (std::size_t i = 0; i < scored.probabilities.size(); ++i) {
    const double p = scored.probabilities[i];
    if (!(p >= 0.0 && p <= 1.0)) {
      return InvalidArgument(fmt::format("metrics: document {} has probability {}, expected 0 to 1", i / classes, p));
    }
  }
  return Ok();
}

ScoreTable MakeScoreTable(const Scored& scored) {
  ScoreTable table;
  table.documents = scored.size();
  table.classes = scored.classes();
  table.cell.reserve(table.documents);
  table.bin.reserve(table.documents);
  table.confidence_gap.reserve(table.documents);
  table.log_loss.reserve(table.documents);
  table.squared_error.reserve(table.documents);
  for (std::size_t i = 0; i < table.documents; ++i) {
    const std::span<const double> row(&scored.probabilities[i * table.classes], table.classes);
    const auto truth = static_cast<std::size_t>(scored.truth[i]);
    const auto predicted = static_cast<std::size_t>(scored.predicted[i]);
    const double confidence = row[predicted];
    table.cell.push_back(static_cast<std::uint32_t>(truth * table.classes + predicted));
    table.bin.push_back(static_cast<std::uint8_t>(CalibrationBin(confidence)));
    table.confidence_gap.push_back((truth == predicted ? 1.0 : 0.0) - confidence);
    table.log_loss.push_back(LogLoss(row[truth]));
    table.squared_error.push_back(SquaredError(row, truth));
  }
  if (table.classes == 2) {
    table.rankings.push_back(RankBy(scored, 1));
  } else {
    for (std::size_t c = 0; c < table.classes; ++c) table.rankings.push_back(RankBy(scored, c));
  }
  return table;
}

}  // namespace valence::evaluation
