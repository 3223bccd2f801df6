// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/curves.h"

#include <cmath>
#include <limits>

#include "score_table.h"
#include "valence/base/numbers.h"

namespace valence::evaluation {
namespace {

constexpr std::size_t kMostPoints = 1000;

using Rows = std::vector<std::vector<double>>;

/// Evenly spaced rows, both ends kept.
Rows Thin(Rows rows) {
  if (rows.size() <= kMostPoints) return rows;
  Rows kept;
  kept.reserve(kMostPoints);
  for (std::size_t k = 0; k < kMostPoints; ++k) {
    kept.push_back(std::move(rows[k * (rows.size() - 1) / (kMostPoints - 1)]));
  }
  return kept;
}

/// Documents at or above a threshold.
struct Above {
  std::uint64_t positives = 0, negatives = 0;
  double threshold = std::numeric_limits<double>::infinity();
};

/// Counts after each group of equal scores, from the greatest score down; the first entry is before any document.
std::vector<Above> CountsByThreshold(const Scored& scored, const Ranking& ranking, std::size_t positive) {
  std::vector<Above> counts(1);
  Above now;
  for (std::size_t rank = 0; rank < ranking.order.size(); ++rank) {
    (ranking.is_positive[rank] != 0 ? now.positives : now.negatives) += 1;
    if (ranking.ends_group[rank] == 0) continue;
    now.threshold = scored.probabilities[ranking.order[rank] * scored.classes() + positive];
    counts.push_back(now);
  }
  return counts;
}

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// sklearn roc_curve(drop_intermediate=False), thinned: false and true positive rate, threshold.
Rows RocRows(const std::vector<Above>& counts) {
  const Above& all = counts.back();
  Rows rows;
  for (const Above& above : counts) {
    rows.push_back({Share(above.negatives, all.negatives), Share(above.positives, all.positives), above.threshold});
  }
  return Thin(std::move(rows));
}

/// sklearn precision_recall_curve, by falling recall; the last point (1, 0) belongs to no threshold.
Rows PrecisionRecallRows(const std::vector<Above>& counts) {
  const Above& all = counts.back();
  Rows rows;
  for (std::size_t k = counts.size() - 1; k > 0; --k) {
    const Above& above = counts[k];
    rows.push_back({Share(above.positives, above.positives + above.negatives), Share(above.positives, all.positives),
                    above.threshold});
  }
  rows.push_back({1.0, 0.0, counts.front().threshold});
  return Thin(std::move(rows));
}

/// sklearn calibration_curve(n_bins=15, strategy="uniform") with counts; empty bins have no row.
template <class Probability, class Happened>
Curve Calibration(std::size_t documents, const Probability& probability, const Happened& happened) {
  struct Bin {
    double probabilities = 0;
    std::uint64_t happened = 0, count = 0;
  };
  std::vector<Bin> bins(kCalibrationBins);
  for (std::size_t i = 0; i < documents; ++i) {
    Bin& bin = bins[CalibrationBin(probability(i))];
    bin.probabilities += probability(i);
    bin.happened += happened(i) ? 1u : 0u;
    ++bin.count;
  }
  Curve curve{"calibration", {"bin_low", "bin_high", "mean_probability", "observed_share", "count"}, {}};
  for (std::size_t b = 0; b < kCalibrationBins; ++b) {
    if (bins[b].count == 0) continue;
    const auto count = static_cast<double>(bins[b].count);
    const auto edge = [](std::size_t k) { return static_cast<double>(k) / static_cast<double>(kCalibrationBins); };
    curve.rows.push_back(
        {edge(b), edge(b + 1), bins[b].probabilities / count, Share(bins[b].happened, bins[b].count), count});
  }
  return curve;
}

/// What predicting the positive class from `threshold` up would give, for thresholds 0.00 to 1.00.
Curve ThresholdSweep(const std::vector<Above>& counts) {
  constexpr int kSteps = 100;
  const Above& all = counts.back();
  Curve curve{"thresholds", {"threshold", "precision", "recall", "f1", "accuracy"}, {}};
  std::size_t k = counts.size() - 1;
  for (int step = 0; step <= kSteps; ++step) {
    const double threshold = static_cast<double>(step) / kSteps;
    while (k > 0 && counts[k].threshold < threshold) --k;
    const std::uint64_t hits = counts[k].positives;
    const std::uint64_t predicted = hits + counts[k].negatives;
    const std::uint64_t right = hits + (all.negatives - counts[k].negatives);
    curve.rows.push_back({threshold, Share(hits, predicted), Share(hits, all.positives),
                          Share(2 * hits, predicted + all.positives), Share(right, all.positives + all.negatives)});
  }
  return curve;
}

std::vector<Curve> BinaryCurves(const Scored& scored, const ScoreTable& table) {
  const std::vector<Above> counts = CountsByThreshold(scored, table.rankings.front(), 1);
  const auto positive = [&](std::size_t i) { return scored.probabilities[2 * i + 1]; };
  std::vector<Curve> curves;
  curves.push_back({"roc", {"fpr", "tpr", "threshold"}, RocRows(counts)});
  curves.push_back({"precision_recall", {"precision", "recall", "threshold"}, PrecisionRecallRows(counts)});
  curves.push_back(Calibration(scored.size(), positive, [&](std::size_t i) { return scored.truth[i] == 1; }));
  curves.push_back(ThresholdSweep(counts));
  return curves;
}

std::vector<Curve> MulticlassCurves(const Scored& scored, const ScoreTable& table) {
  Curve roc{"roc", {"fpr", "tpr", "threshold", "class"}, {}};
  for (std::size_t c = 0; c < scored.classes(); ++c) {
    for (std::vector<double>& row : RocRows(CountsByThreshold(scored, table.rankings[c], c))) {
      row.push_back(static_cast<double>(c));
      roc.rows.push_back(std::move(row));
    }
  }
  const auto winning = [&](std::size_t i) {
    return scored.probabilities[i * scored.classes() + static_cast<std::size_t>(scored.predicted[i])];
  };
  std::vector<Curve> curves;
  curves.push_back(std::move(roc));
  curves.push_back(
      Calibration(scored.size(), winning, [&](std::size_t i) { return scored.truth[i] == scored.predicted[i]; }));
  return curves;
}

}  // namespace

std::string Curve::ToCsv() const {
  std::string csv;
  const auto append_line = [&csv](const auto& fields, const auto& text) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i != 0) csv += ',';
      csv += text(fields[i]);
    }
    csv += '\n';
  };
  append_line(columns, [](const std::string& column) { return column; });
  for (const std::vector<double>& row : rows) append_line(row, FormatDouble);
  return csv;
}

std::vector<Curve> ComputeCurves(const Scored& scored) {
  if (!Validate(scored).has_value()) return {};
  const ScoreTable table = MakeScoreTable(scored);
  return scored.classes() == 2 ? BinaryCurves(scored, table) : MulticlassCurves(scored, table);
}

}  // namespace valence::evaluation
