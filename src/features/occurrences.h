// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "analyzer.h"
#include "valence/features/vectorizer.h"
#include "vocabulary_index.h"

namespace valence::features::internal {

/// Vectorizer::FindOccurrences for a vocabulary: n-grams that have a column.
std::vector<Vectorizer::Occurrence> FindIndexedOccurrences(const Analyzer& analyzer, const VocabularyIndex& index,
                                                           std::string_view document);

/// The same for hashing, where every n-gram has a column.
std::vector<Vectorizer::Occurrence> FindHashedOccurrences(const Analyzer& analyzer, std::int64_t n_features,
                                                          std::string_view document);

}  // namespace valence::features::internal
