// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/evaluation/metrics.h"
#include "valence/pipeline/candidates.h"
#include "valence/pipeline/stages.h"

/// Judging settings on training documents alone, as scikit-learn's cross_validate and GridSearchCV do.
namespace valence::pipeline {

/// A metric over the folds: numpy's mean and (population) standard deviation.
struct FoldSpread {
  double mean = 0, deviation = 0;
};

/// How a candidate did.
struct CandidateResult {
  std::vector<evaluation::Metrics> folds = {};  ///< in fold order; empty if it failed
  std::vector<std::int32_t> predicted = {};     ///< class of each training document, by the model that has not seen it
  std::string failure = {};                     ///< why it could not be trained, for people; "" if it could
  /// Chance that its errors and the best candidate's differ as much as they do though both are equally good: McNemar's
  /// exact test on all documents. 1 for the best.
  double p_value = 1;
  double seconds = 0;                         ///< its fits and scoring, and its share of the features
  std::int64_t start_time = 0, end_time = 0;  ///< milliseconds since 1970

  bool failed() const { return !failure.empty(); }
  FoldSpread Spread(std::string_view metric) const;
};

/// All candidates on the same folds.
struct CrossValidation {
  CrossValidationConfig config = {};
  std::vector<Candidate> candidates = {};
  std::vector<CandidateResult> results = {};  ///< of the candidate at the same place
  std::vector<std::size_t> ranking = {};      ///< best first; those that failed are not in it
  std::size_t documents = 0;
  std::string train_sha256 = {};  ///< of the documents' file

  std::size_t best() const { return ranking.front(); }
  /// All but times, which differ from run to run: metric, folds, seed, documents, best, candidates (name, parameters,
  /// metrics with mean, sd and folds, p_value, error).
  Json ToJson() const;
};

/// Trains each candidate on every fold's complement of data/raw/train.csv and judges it on the fold. Steps and features
/// are learned from the complement too, and made once for candidates that share them. Equal input, equal figures, at
/// any thread count. A candidate that cannot be trained is a result. Errors: kNotFound (run 'valence ingest' first), as
/// data::StratifiedFolds, and kFailedPrecondition if every candidate failed.
Result<CrossValidation> CrossValidate(const CrossValidationConfig& config, std::vector<Candidate> candidates,
                                      const Layout& layout, Progress& progress);

}  // namespace valence::pipeline
