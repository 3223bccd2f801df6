// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/features/vectorizer.h"

namespace valence::features {

/// A configuration that keeps everything: raw counts of words, no pruning.
inline VectorizerConfig CountWords() {
  VectorizerConfig config;
  config.vectorizer = "count";
  config.ngram_range = {1, 1};
  config.min_df = {false, 1};
  return config;
}

inline VectorizerConfig CountNgrams(std::string analyzer, std::int64_t low, std::int64_t high) {
  VectorizerConfig config = CountWords();
  config.analyzer = std::move(analyzer);
  config.ngram_range = {low, high};
  return config;
}

inline Result<FitOutput> Fit(const VectorizerConfig& config, const std::vector<std::string_view>& documents,
                             const std::vector<std::int32_t>& labels = {}) {
  return FitTransform(config, documents, labels, Progress::None());
}

inline std::vector<std::string> Terms(const Vocabulary& vocabulary) {
  std::vector<std::string> terms;
  for (std::int64_t column = 0; column < vocabulary.size(); ++column) terms.emplace_back(vocabulary.Term(column));
  return terms;
}

inline std::vector<std::vector<double>> Dense(const linalg::CsrMatrix& matrix) {
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < matrix.rows; ++i) {
    std::vector<double>& row = rows.emplace_back(static_cast<std::size_t>(matrix.cols));
    for (std::size_t j = 0; j < matrix.RowIndices(i).size(); ++j) {
      row[static_cast<std::size_t>(matrix.RowIndices(i)[j])] = matrix.RowValues(i)[j];
    }
  }
  return rows;
}

/// The example of scikit-learn's user guide, "6.2.3.3. Common Vectorizer usage".
inline const std::vector<std::string_view>& GuideCorpus() {
  static const std::vector<std::string_view> corpus = {
      "This is the first document.",
      "This document is the second document.",
      "And this is the third one.",
      "Is this the first document?",
  };
  return corpus;
}

}  // namespace valence::features
