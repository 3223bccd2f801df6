// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "link.h"
#include "sparse_kernel.h"
#include "valence/base/check.h"
#include "valence/model/logistic_regression.h"

namespace valence::model {
namespace {

// [rows, features] -> [features, rows], so that a feature's weights lie together.
std::vector<double> ByFeature(const LinearModel& model) {
  const auto rows = static_cast<std::size_t>(model.rows());
  const auto features = static_cast<std::size_t>(model.features);
  std::vector<double> weights(rows * features);
  for (std::size_t k = 0; k < rows; ++k) {
    for (std::size_t j = 0; j < features; ++j) weights[j * rows + k] = model.weights[k * features + j];
  }
  return weights;
}

}  // namespace

std::vector<double> Scores(const LinearModel& model, const linalg::CsrMatrix& x) {
  VALENCE_CHECK(x.cols == model.features, "scores need a matrix with the model's features");
  const auto rows = static_cast<std::size_t>(model.rows());
  std::vector<double> scores(static_cast<std::size_t>(x.rows) * rows);
  SparseKernel({x.indptr, x.indices, x.values}).Multiply(rows == 1 ? model.weights : ByFeature(model), rows, scores);
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += model.intercepts[i % rows];
  return scores;
}

void Probabilities(std::span<const double> scores, std::span<double> out) {
  if (scores.size() == 1) {
    out[0] = Sigmoid(-scores[0]);
    out[1] = Sigmoid(scores[0]);
    return;
  }
  Softmax(scores, out);
}

}  // namespace valence::model
