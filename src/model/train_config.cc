// SPDX-License-Identifier: Apache-2.0
#include "valence/model/logistic_regression.h"

namespace valence::model {

void TrainConfig::Describe(FieldVisitor& v) {
  v.Visit({"C", "Inverse of the regularisation strength, as in scikit-learn's LogisticRegression.", "> 0"}, c,
          AtLeast(1e-12));
  v.Visit({"class_weight",
           "Weight of each label's documents: none (1 each), balanced (inverse to how often the label "
           "occurs) or custom (class_weights)."},
          class_weight, {"none", "balanced", "custom"});
  v.Visit({"class_weights", "Label to weight, with class_weight custom; labels not named weigh 1.", "> 0 each"},
          class_weights);
  v.Visit({"fit_intercept", "Whether to fit an intercept; it is never penalised."}, fit_intercept);
  v.Visit({"tol",
           "The fit ends when the largest slope of the mean loss is at most this and the duality gap is at most "
           "1e-9 of the objective.",
           ">= 0"},
          tol, AtLeast(0));
  v.Visit({"max_iter", "Most Newton steps.", ">= 1"}, max_iter, AtLeast(1));
  v.Visit(
      {"on_no_convergence", "What to do if max_iter steps were not enough: error or warn, with the figure reached."},
      on_no_convergence, {"error", "warn"});
}

}  // namespace valence::model
