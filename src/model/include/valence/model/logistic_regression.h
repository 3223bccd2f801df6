// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/linalg/csr_matrix.h"

namespace valence::model {

/// Section `train` of params.yaml; names and meanings are those of sklearn.linear_model.LogisticRegression (penalty
/// l2).
struct TrainConfig {
  double c = 10.0;                    ///< `C`; scikit-learn has 1.0, cross-validation on TF-IDF (1,2) says 10
  std::string class_weight = "none";  ///< none, balanced, or custom (class_weights)
  NumberMap class_weights = {};       ///< label -> weight, with class_weight custom
  bool fit_intercept = true;          ///< never penalised
  double tol = 1e-10;  ///< stop when max |gradient of the mean loss| is at most this and relative_gap at most 1e-9
  std::int64_t max_iter = 200;              ///< Newton iterations
  std::string on_no_convergence = "error";  ///< error, warn

  void Describe(FieldVisitor& v);
  bool operator==(const TrainConfig&) const = default;
};

/// A linear classifier. Binary: one row of weights, score > 0 is class 1. K >= 3 classes: K rows, softmax
/// (multinomial).
struct LinearModel {
  std::int64_t features = 0;
  std::int64_t classes = 0;             ///< 2 or more
  std::vector<double> weights = {};     ///< rows() * features, row-major
  std::vector<double> intercepts = {};  ///< rows()
  std::int64_t rows() const { return classes == 2 ? 1 : classes; }
};

/// Evidence of how close a fit is to the optimum, independent of the solver. Stored with the model.
struct Certificate {
  double objective = 0;  ///< 1/2 |w|^2 + C * sum of weighted log-losses, at the solution
  /// Objective minus a dual value, so objective - optimum is at most this, and the weights lie within sqrt(2 * this) of
  /// the optimal ones.
  double duality_gap = 0;
  double relative_gap = 0;      ///< duality_gap / objective
  double gradient_max = 0;      ///< max |gradient| of the mean loss objective, scikit-learn's stopping measure
  std::int64_t iterations = 0;  ///< Newton steps
  std::int64_t hessian_products = 0;
  bool converged = false;
  std::vector<double> loss_by_iteration;
};

struct FitResult {
  LinearModel model;
  Certificate certificate;
  std::string warning = {};  ///< for the user, with the figure reached, if not converged; else empty
};

/// Fits L2 logistic regression to its optimum by preconditioned Newton-CG in double precision. x: CSR [n, d]; y:
/// classes 0..classes-1 [n]. Deterministic at any thread count. Errors: kInvalidArgument (one class, sizes differ, a
/// value not finite, a weight for an unknown label), kDataCorrupt (not a CSR matrix), kFailedPrecondition if not
/// converged and on_no_convergence is `error`, with the figure reached. Cost: about 3 copies of x in memory, one of
/// them x itself; 30 to 150 Hessian products, each two passes over x. Parity: sklearn
/// LogisticRegression(solver="newton-cg", tol=1e-10): objective within 1e-9 relative, probabilities within 1e-6
/// (tests/parity/model).
Result<FitResult> FitLogisticRegression(const linalg::CsrMatrix& x, std::span<const std::int32_t> y,
                                        const std::vector<std::string>& labels, const TrainConfig& config,
                                        Progress& progress);

/// Scores [n * rows()] = x . weights + intercepts.
std::vector<double> Scores(const LinearModel& model, const linalg::CsrMatrix& x);

/// Class probabilities from one document's rows() scores (sigmoid or softmax, overflow-safe); out has `classes`
/// entries.
void Probabilities(std::span<const double> scores, std::span<double> out);

}  // namespace valence::model
