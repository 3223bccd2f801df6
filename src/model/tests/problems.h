// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "valence/linalg/csr_matrix.h"
#include "valence/linalg/rng.h"
#include "valence/model/logistic_regression.h"

/// Small training problems for the tests.
namespace valence::model {

struct Problem {
  linalg::CsrMatrix x;
  std::vector<std::int32_t> y;
  std::vector<std::string> labels;
};

/// Rows written out in full; zeros are not stored.
inline linalg::CsrMatrix Dense(const std::vector<std::vector<double>>& rows, std::int64_t cols) {
  linalg::CsrMatrix m;
  m.rows = static_cast<std::int64_t>(rows.size());
  m.cols = cols;
  for (const auto& row : rows) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == 0) continue;
      m.indices.push_back(static_cast<std::int32_t>(j));
      m.values.push_back(row[j]);
    }
    m.indptr.push_back(m.nnz());
  }
  return m;
}

inline std::vector<std::string> Labels(int classes) {
  std::vector<std::string> labels;
  for (int k = 0; k < classes; ++k) labels.push_back("label" + std::to_string(k));
  return labels;
}

/// Sparse random documents whose labels follow noisy random weights, as text does.
inline Problem RandomProblem(std::int64_t documents, std::int64_t features, int classes, std::uint32_t seed) {
  linalg::RandomState random(seed);
  std::vector<double> truth(static_cast<std::size_t>(features * classes));
  for (double& w : truth) w = 4 * random.NextDouble() - 2;
  Problem problem;
  problem.labels = Labels(classes);
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < documents; ++i) {
    std::vector<double> row(static_cast<std::size_t>(features), 0.0);
    std::vector<double> scores(static_cast<std::size_t>(classes), 0.0);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (random.NextDouble() > 0.3) continue;
      row[j] = random.NextDouble();
      for (std::size_t k = 0; k < scores.size(); ++k) scores[k] += row[j] * truth[j * scores.size() + k];
    }
    for (double& score : scores) score += random.NextDouble();
    std::size_t best = 0;
    for (std::size_t k = 1; k < scores.size(); ++k) best = scores[k] > scores[best] ? k : best;
    problem.y.push_back(static_cast<std::int32_t>(best));
    rows.push_back(row);
  }
  problem.x = Dense(rows, features);
  return problem;
}

/// The fit, or a failed test and an empty result.
inline FitResult Fit(const Problem& problem, const TrainConfig& config) {
  auto fit = FitLogisticRegression(problem.x, problem.y, problem.labels, config, Progress::None());
  EXPECT_TRUE(fit.has_value()) << (fit.has_value() ? "" : fit.error().message);
  return fit.has_value() ? *fit : FitResult{};
}

/// Probabilities [n, classes] of the problem's documents.
inline std::vector<double> ProbabilitiesOf(const LinearModel& model, const linalg::CsrMatrix& x) {
  const auto rows = static_cast<std::size_t>(model.rows());
  const auto classes = static_cast<std::size_t>(model.classes);
  const std::vector<double> scores = Scores(model, x);
  std::vector<double> out(static_cast<std::size_t>(x.rows) * classes);
  for (std::size_t i = 0; i < static_cast<std::size_t>(x.rows); ++i) {
    Probabilities(std::span(scores).subspan(i * rows, rows), std::span(out).subspan(i * classes, classes));
  }
  return out;
}

inline double LargestDifference(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

}  // namespace valence::model
