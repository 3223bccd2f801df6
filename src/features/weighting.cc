// SPDX-License-Identifier: Apache-2.0
#include "weighting.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace valence::features::internal {
namespace {

enum class Norm { kNone, kL1, kL2 };

Norm NormOf(const VectorizerConfig& config) {
  if (config.vectorizer == "count" || config.norm == "none") return Norm::kNone;
  return config.norm == "l1" ? Norm::kL1 : Norm::kL2;
}

// scikit-learn's normalize(): summed from the left, and a row of zeros stays as it is.
void Normalize(Norm norm, std::span<double> row) {
  double sum = 0;
  for (const double x : row) sum += norm == Norm::kL1 ? std::fabs(x) : x * x;
  if (norm == Norm::kNone || sum == 0) return;
  if (norm == Norm::kL2) sum = std::sqrt(sum);
  for (double& x : row) x /= sum;
}

// 1 + ln(tf), kept for the few counts that nearly all are.
class SublinearCounts {
 public:
  SublinearCounts() {
    for (std::size_t i = 0; i < known_.size(); ++i) known_[i] = Compute(static_cast<double>(i));
  }
  double operator()(std::int32_t count) const {
    const auto i = static_cast<std::uint32_t>(count);
    return i < known_.size() ? known_[i] : Compute(count);
  }

 private:
  static double Compute(double count) { return std::log(count) + 1.0; }
  std::array<double, 64> known_{};
};

// What a count is before normalisation.
class Weigher {
 public:
  Weigher(const VectorizerConfig& config, const std::vector<double>& weighting)
      : sublinear_(config.vectorizer == "tfidf" && config.sublinear_tf), weighting_(weighting) {}

  double operator()(const Count& c) const {
    const double tf = sublinear_ ? sublinear_counts_(c.count) : c.count;
    return weighting_.empty() ? tf : tf * weighting_[static_cast<std::size_t>(c.column)];
  }

 private:
  bool sublinear_;
  SublinearCounts sublinear_counts_;
  const std::vector<double>& weighting_;
};

Status CheckLabels(std::size_t rows, std::span<const std::int32_t> labels) {
  if (labels.size() != rows) return InvalidArgument("featurize.vectorizer: nb needs the label of every document");
  const bool two = std::all_of(labels.begin(), labels.end(), [](std::int32_t y) { return y == 0 || y == 1; });
  const auto positive = std::count(labels.begin(), labels.end(), 1);
  if (two && positive > 0 && positive < std::ssize(labels)) return Ok();
  return InvalidArgument("featurize.vectorizer: nb needs exactly two classes, and documents of both");
}

// Of the documents of one class: a + what `rows` counts of each column, and how many documents there are.
struct ClassCounts {
  std::vector<double> smoothed;
  double documents = 0;
};

ClassCounts CountClass(const VectorizerConfig& config, const CountRows& rows, std::span<const std::int32_t> labels,
                       std::int32_t label) {
  const bool by_document = config.nb_counts == "documents";
  ClassCounts counts{std::vector<double>(rows.cols, config.nb_alpha), 0};
  for (const CountChunk& chunk : rows.chunks) {
    for (std::size_t i = 0; i < chunk.ends.size(); ++i) {
      if (labels[chunk.first_row + i] != label) continue;
      ++counts.documents;
      for (const Count& c : chunk.Row(i)) {
        counts.smoothed[static_cast<std::size_t>(c.column)] += by_document ? 1 : c.count;
      }
    }
  }
  return counts;
}

std::vector<double> Probabilities(const VectorizerConfig& config, ClassCounts counts) {
  double total = config.nb_alpha + counts.documents;
  if (config.nb_counts != "documents") {
    total = 0;
    for (const double count : counts.smoothed) total += count;
  }
  for (double& count : counts.smoothed) count /= total;
  return std::move(counts.smoothed);
}

linalg::CsrMatrix EmptyLike(const CountRows& rows) {
  linalg::CsrMatrix matrix;
  matrix.rows = static_cast<std::int64_t>(rows.rows);
  matrix.cols = static_cast<std::int64_t>(rows.cols);
  matrix.indptr.reserve(rows.rows + 1);
  std::int64_t before = 0;
  for (const CountChunk& chunk : rows.chunks) {
    for (const std::uint64_t end : chunk.ends) matrix.indptr.push_back(before + static_cast<std::int64_t>(end));
    before = matrix.indptr.back();
  }
  matrix.indices.resize(static_cast<std::size_t>(before));
  matrix.values.resize(static_cast<std::size_t>(before));
  return matrix;
}

}  // namespace

std::vector<double> InverseDocumentFrequencies(const CountRows& rows, bool smooth) {
  const double more = smooth ? 1 : 0;
  const double documents = static_cast<double>(rows.rows) + more;
  std::vector<double> idf = DocumentFrequencies(rows);
  for (double& df : idf) df = std::log(documents / (df + more)) + 1.0;
  return idf;
}

Result<std::vector<double>> LogCountRatios(const VectorizerConfig& config, const CountRows& rows,
                                           std::span<const std::int32_t> labels) {
  VALENCE_RETURN_IF_ERROR(CheckLabels(rows.rows, labels));
  const std::vector<double> p = Probabilities(config, CountClass(config, rows, labels, 1));
  const std::vector<double> q = Probabilities(config, CountClass(config, rows, labels, 0));
  std::vector<double> ratios(rows.cols);
  std::transform(p.begin(), p.end(), q.begin(), ratios.begin(), [](double a, double b) { return std::log(a / b); });
  return ratios;
}

linalg::CsrMatrix WeighRows(const VectorizerConfig& config, const std::vector<double>& weighting,
                            const CountRows& rows) {
  const Norm norm = NormOf(config);
  const Weigher weigh(config, weighting);
  linalg::CsrMatrix matrix = EmptyLike(rows);
  linalg::ParallelFor(rows.chunks.size(), rows.chunks.size(), [&](std::size_t c, std::size_t, std::size_t) {
    const CountChunk& chunk = rows.chunks[c];
    for (std::size_t i = 0; i < chunk.ends.size(); ++i) {
      const std::span<const Count> counts = chunk.Row(i);
      const auto first = static_cast<std::size_t>(matrix.indptr[chunk.first_row + i]);
      const std::span<double> values = std::span(matrix.values).subspan(first, counts.size());
      for (std::size_t j = 0; j < counts.size(); ++j) {
        matrix.indices[first + j] = counts[j].column;
        values[j] = weigh(counts[j]);
      }
      Normalize(norm, values);
    }
  });
  return matrix;
}

}  // namespace valence::features::internal
