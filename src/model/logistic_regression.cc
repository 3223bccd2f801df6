// SPDX-License-Identifier: Apache-2.0
#include "valence/model/logistic_regression.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <utility>

#include "newton.h"
#include "objective.h"
#include "sample_weights.h"

namespace valence::model {
namespace {

Status CheckValues(const linalg::CsrMatrix& x) {
  for (std::int64_t row = 0; row < x.rows; ++row) {
    for (const double value : x.RowValues(row)) {
      if (!std::isfinite(value)) {
        return InvalidArgument(fmt::format("training data: row {} holds {}, expected finite numbers", row, value));
      }
    }
  }
  return Ok();
}

Status CheckLabels(std::span<const std::int32_t> y, const std::vector<std::string>& labels) {
  if (labels.size() < 2) {
    return InvalidArgument(fmt::format("training data: {} label(s), expected at least two", labels.size()));
  }
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] < 0 || static_cast<std::size_t>(y[i]) >= labels.size()) {
      return InvalidArgument(
          fmt::format("training data: row {} has class {}, expected 0 to {}", i, y[i], labels.size() - 1));
    }
  }
  return Ok();
}

Status CheckConfig(const TrainConfig& config) {
  if (!std::isfinite(config.c) || config.c <= 0) {
    return InvalidArgument(fmt::format("train.C: {}, expected a number above 0", config.c));
  }
  if (std::isnan(config.tol) || config.tol < 0) {
    return InvalidArgument(fmt::format("train.tol: {}, expected a number of at least 0", config.tol));
  }
  if (config.max_iter < 1) {
    return InvalidArgument(fmt::format("train.max_iter: {}, expected at least 1", config.max_iter));
  }
  if (config.on_no_convergence != "error" && config.on_no_convergence != "warn") {
    return InvalidArgument(
        fmt::format("train.on_no_convergence: '{}', expected error or warn", config.on_no_convergence));
  }
  return Ok();
}

Status CheckInput(const linalg::CsrMatrix& x, std::span<const std::int32_t> y, const std::vector<std::string>& labels,
                  const TrainConfig& config) {
  VALENCE_RETURN_IF_ERROR(CheckConfig(config));
  if (static_cast<std::size_t>(x.rows) != y.size()) {
    return InvalidArgument(fmt::format("training data: {} rows of features but {} labels", x.rows, y.size()));
  }
  if (x.rows == 0) return InvalidArgument("training data: no documents");
  VALENCE_RETURN_IF_ERROR(CheckLabels(y, labels));
  VALENCE_RETURN_IF_ERROR(x.Validate());
  return CheckValues(x);
}

// From the solver's layout, [features by rank, rows], to the model's.
LinearModel MakeModel(const NewtonResult& fit, std::span<const std::int32_t> column_rank, std::size_t classes) {
  LinearModel model{.features = static_cast<std::int64_t>(column_rank.size()),
                    .classes = static_cast<std::int64_t>(classes),
                    .weights = {},
                    .intercepts = fit.intercepts};
  const auto rows = static_cast<std::size_t>(model.rows());
  const std::size_t columns = column_rank.size();
  model.weights.resize(rows * columns);
  for (std::size_t j = 0; j < columns; ++j) {
    const auto rank = static_cast<std::size_t>(column_rank[j]);
    for (std::size_t k = 0; k < rows; ++k) model.weights[k * columns + j] = fit.weights[rank * rows + k];
  }
  if (rows > 1) {
    const double mean =
        std::accumulate(model.intercepts.begin(), model.intercepts.end(), 0.0) / static_cast<double>(rows);
    for (double& intercept : model.intercepts) intercept -= mean;
  }
  return model;
}

std::string NotConverged(const Certificate& c, const TrainConfig& config) {
  return fmt::format(
      "training did not converge in {} Newton steps: largest slope of the mean loss {:.3g} (train.tol {:.3g}), duality "
      "gap {:.3g} of the objective; raise train.max_iter or train.tol, or lower train.C",
      c.iterations, c.gradient_max, config.tol, c.relative_gap);
}

}  // namespace

Result<FitResult> FitLogisticRegression(const linalg::CsrMatrix& x, std::span<const std::int32_t> y,
                                        const std::vector<std::string>& labels, const TrainConfig& config,
                                        Progress& progress) {
  VALENCE_RETURN_IF_ERROR(CheckInput(x, y, labels, config));
  VALENCE_TRY(const std::vector<double> class_weights, ClassWeights(y, labels, config));
  Objective objective(x, y, class_weights, config.fit_intercept);
  NewtonResult fit = MinimizeByNewton(objective, {.tol = config.tol, .max_iter = config.max_iter}, progress);

  FitResult result{.model = MakeModel(fit, objective.column_rank(), labels.size()),
                   .certificate = std::move(fit.certificate),
                   .warning = {}};
  if (!result.certificate.converged) {
    result.warning = NotConverged(result.certificate, config);
    if (config.on_no_convergence == "error") return FailedPrecondition(std::move(result.warning));
  }
  return result;
}

}  // namespace valence::model
