// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "valence/evaluation/metrics.h"
#include "valence/linalg/rng.h"

namespace valence::evaluation {

/// The example of scikit-learn's roc_auc_score, as two columns: small enough to work out by hand.
inline Scored FourDocuments() {
  return {.labels = {"negative", "positive"},
          .truth = {0, 0, 1, 1},
          .predicted = {0, 0, 0, 1},
          .probabilities = {0.9, 0.1, 0.6, 0.4, 0.65, 0.35, 0.2, 0.8},
          .text_bytes = {10, 20, 30, 40}};
}

/// A fair-looking binary classifier's answers, deterministic, with ties between scores (two decimals).
inline Scored ManyDocuments(std::size_t n) {
  linalg::RandomState random(7);
  Scored scored;
  scored.labels = {"negative", "positive"};
  for (std::size_t i = 0; i < n; ++i) {
    const double p = static_cast<double>(random.Interval(100)) / 100.0;
    const bool positive = random.NextDouble() < 0.15 + 0.7 * p;
    scored.truth.push_back(positive ? 1 : 0);
    scored.predicted.push_back(p > 0.5 ? 1 : 0);
    scored.probabilities.push_back(1.0 - p);
    scored.probabilities.push_back(p);
    scored.text_bytes.push_back(20 + random.Interval(3000));
  }
  return scored;
}

}  // namespace valence::evaluation
