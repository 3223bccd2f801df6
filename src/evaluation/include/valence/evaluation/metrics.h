// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"

namespace valence::evaluation {

/// Scored documents to judge. probabilities: row-major [n, classes]; truth and predicted: class per document.
struct Scored {
  std::vector<std::string> labels;  ///< class names; the last (index 1 of 2) is the positive class of a binary task
  std::vector<std::int32_t> truth;
  std::vector<std::int32_t> predicted;
  std::vector<double> probabilities;
  std::vector<std::uint64_t> text_bytes;  ///< length of each text, for slices

  std::size_t size() const { return truth.size(); }
  std::size_t classes() const { return labels.size(); }
};

struct ClassMetrics {
  double precision = 0, recall = 0, f1 = 0;
  std::uint64_t support = 0;
};

struct Interval {
  double low = 0, high = 0;
};

/// Every figure that metrics.json carries; names are the JSON keys. scikit-learn's definitions (zero_division=0 and
/// averages over all labels; roc_auc and pr_auc (average_precision_score) binary, or one-vs-rest macro), ece with 15
/// equal-width bins of the winning probability, brier = mean squared error of the positive probability (binary) or
/// summed over classes (multiclass). Parity within 1e-12: tests/parity/evaluation.
struct Metrics {
  std::uint64_t documents = 0;
  double accuracy = 0;
  double precision_macro = 0, recall_macro = 0, f1_macro = 0;
  double precision_weighted = 0, recall_weighted = 0, f1_weighted = 0;
  double roc_auc = 0, pr_auc = 0, log_loss = 0, brier = 0, ece = 0;
  std::vector<ClassMetrics> per_class;                       ///< in label order
  std::vector<std::vector<std::uint64_t>> confusion_matrix;  ///< [truth][predicted]
  std::map<std::string, Interval> intervals;                 ///< bootstrap 95 % of the scalar metrics, by name

  /// The scalar called `name` ("accuracy", ...). Error: kInvalidArgument listing the names.
  Result<double> Find(std::string_view name) const;
};

/// Names of the scalar metrics, in the order reports list them.
const std::vector<std::string_view>& MetricNames();

/// Whether a larger value of this scalar metric is a better one. `name` is one of MetricNames().
bool MoreIsBetter(std::string_view name);

/// Error: kInvalidArgument if sizes differ, there are no documents, a class or probability is out of range. AUCs are
/// NaN if a class has no documents.
Result<Metrics> ComputeMetrics(const Scored& scored);

/// Percentile bootstrap (2.5 and 97.5, numpy.percentile's linear interpolation) over documents. Resample i draws
/// RandomState(seed + i).randint(0, n, n), so that resamples run on all threads with the same result at any count.
/// Resamples in which a metric is undefined do not count for it. Empty for input that ComputeMetrics refuses.
std::map<std::string, Interval> BootstrapIntervals(const Scored& scored, std::int64_t resamples, std::uint32_t seed);

struct Slice {
  std::string name;  ///< such as "text_bytes < 500"
  Metrics metrics;
};
/// Quartiles of text length: four slices, fewer if equal lengths leave one empty, none without text_bytes.
std::vector<Slice> SlicesByLength(const Scored& scored);

/// metrics.json: the scalars, then per_class, labels, confusion_matrix and intervals. An undefined figure is null.
Json ToJson(const Metrics& metrics, const std::vector<std::string>& labels);

}  // namespace valence::evaluation
