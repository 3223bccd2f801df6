// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "score_table.h"

namespace valence::evaluation {
namespace {

double Ratio(std::uint64_t numerator, std::uint64_t denominator) {  // scikit-learn's zero_division=0
  return denominator == 0 ? 0.0 : static_cast<double>(numerator) / static_cast<double>(denominator);
}

/// Confusion matrix and what follows from it (accuracy_score, precision_recall_fscore_support over all labels).
void FillFromCells(const ScoreTable& table, std::span<const std::uint32_t> weights, Metrics* m) {
  const std::size_t classes = table.classes;
  std::vector<std::uint64_t> cells(classes * classes);
  for (std::size_t i = 0; i < table.documents; ++i) cells[table.cell[i]] += weights[i];
  m->confusion_matrix.resize(classes);
  for (std::size_t t = 0; t < classes; ++t) {
    const auto row = cells.begin() + static_cast<std::ptrdiff_t>(t * classes);
    m->confusion_matrix[t].assign(row, row + static_cast<std::ptrdiff_t>(classes));
    for (const std::uint64_t count : m->confusion_matrix[t]) m->documents += count;
  }
  std::uint64_t right = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    const std::uint64_t hit = m->confusion_matrix[c][c];
    std::uint64_t predicted = 0;
    std::uint64_t support = 0;
    for (std::size_t other = 0; other < classes; ++other) {
      predicted += m->confusion_matrix[other][c];
      support += m->confusion_matrix[c][other];
    }
    right += hit;
    m->per_class.push_back({Ratio(hit, predicted), Ratio(hit, support), Ratio(2 * hit, support + predicted), support});
  }
  m->accuracy = Ratio(right, m->documents);
}

void FillAverages(Metrics* m) {
  const auto classes = static_cast<double>(m->per_class.size());
  for (const ClassMetrics& c : m->per_class) {
    const double share = Ratio(c.support, m->documents);
    m->precision_macro += c.precision / classes;
    m->recall_macro += c.recall / classes;
    m->f1_macro += c.f1 / classes;
    m->precision_weighted += c.precision * share;
    m->recall_weighted += c.recall * share;
    m->f1_weighted += c.f1 * share;
  }
}

void FillFromProbabilities(const ScoreTable& table, std::span<const std::uint32_t> weights, Metrics* m) {
  double log_loss = 0;
  double squared_error = 0;
  std::array<double, kCalibrationBins> gaps{};
  for (std::size_t i = 0; i < table.documents; ++i) {
    const double weight = weights[i];
    log_loss += weight * table.log_loss[i];
    squared_error += weight * table.squared_error[i];
    gaps[table.bin[i]] += weight * table.confidence_gap[i];
  }
  const auto n = static_cast<double>(m->documents);
  m->log_loss = log_loss / n;
  m->brier = squared_error / n;
  // Sum over bins of (count / n) * |accuracy - confidence|, the counts cancelled.
  for (const double gap : gaps) m->ece += std::abs(gap) / n;
}

struct Areas {
  double roc = 0, precision_recall = 0;
};

/// One pass over the ranks. ROC: the share of (positive, negative) pairs in the right order, ties half, which is the
/// trapezoid under roc_curve. Precision-recall: average_precision_score, sum of recall steps times precision.
Areas AreasUnder(const Ranking& ranking, std::span<const std::uint32_t> weights) {
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  std::uint64_t twice_ordered_pairs = 0;
  std::uint64_t group_positives = 0;
  std::uint64_t group_negatives = 0;
  double precision_sum = 0;
  for (std::size_t rank = 0; rank < ranking.order.size(); ++rank) {
    const std::uint64_t weight = weights[ranking.order[rank]];
    const std::uint64_t positive_weight = weight * ranking.is_positive[rank];
    group_positives += positive_weight;
    group_negatives += weight - positive_weight;
    if (!ranking.ends_group[rank]) continue;
    twice_ordered_pairs += group_negatives * (2 * positives + group_positives);
    positives += group_positives;
    negatives += group_negatives;
    if (group_positives != 0) {
      precision_sum += static_cast<double>(group_positives) * Ratio(positives, positives + negatives);
    }
    group_positives = group_negatives = 0;
  }
  if (positives == 0 || negatives == 0) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan};
  }
  const double pairs = static_cast<double>(positives) * static_cast<double>(negatives);
  return {static_cast<double>(twice_ordered_pairs) / 2.0 / pairs, precision_sum / static_cast<double>(positives)};
}

}  // namespace

Metrics WeightedMetrics(const ScoreTable& table, std::span<const std::uint32_t> weights) {
  Metrics m;
  FillFromCells(table, weights, &m);
  FillAverages(&m);
  FillFromProbabilities(table, weights, &m);
  for (const Ranking& ranking : table.rankings) {
    const Areas areas = AreasUnder(ranking, weights);
    m.roc_auc += areas.roc / static_cast<double>(table.rankings.size());
    m.pr_auc += areas.precision_recall / static_cast<double>(table.rankings.size());
  }
  return m;
}

}  // namespace valence::evaluation
