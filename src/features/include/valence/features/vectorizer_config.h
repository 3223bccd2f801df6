// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "valence/base/config.h"

namespace valence::features {

/// Section `featurize` of params.yaml: scikit-learn's CountVectorizer / TfidfVectorizer / HashingVectorizer parameters
/// under their own names, and NB log-count-ratio weighting.
struct VectorizerConfig {
  std::string vectorizer = "tfidf";  ///< count, tfidf, hashing, nb
  std::string analyzer = "word";     ///< word, char, char_wb
  std::string token_pattern = R"((?u)\b\w\w+\b)";
  bool lowercase = true;  ///< Python's str.lower() on the whole text before tokenising, as scikit-learn
  std::pair<std::int64_t, std::int64_t> ngram_range{1, 2};
  CountOrShare min_df{false, 2};
  CountOrShare max_df{true, 1.0};
  std::int64_t max_features = 0;  ///< 0: no limit
  bool binary = false;
  std::string norm = "l2";  ///< l1, l2, none
  bool use_idf = true;
  bool smooth_idf = true;
  bool sublinear_tf = false;
  std::string vocabulary;  ///< path of a vocabulary.json or a one-term-a-line file to use instead of fitting; "" fits
  std::int64_t n_features = 1 << 20;      ///< hashing only
  bool alternate_sign = true;             ///< hashing only
  double nb_alpha = 1.0;                  ///< nb only: smoothing added to every count
  std::string nb_counts = "occurrences";  ///< nb only: occurrences (recipe R1) or documents (recipe R2)

  void Describe(FieldVisitor& v);
  bool operator==(const VectorizerConfig&) const = default;
};

}  // namespace valence::features
