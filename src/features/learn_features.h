// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "analyzer.h"
#include "count_rows.h"
#include "valence/base/progress.h"
#include "valence/features/vectorizer.h"

namespace valence::features::internal {

/// A vocabulary and the documents' counts of its terms.
struct LearnedFeatures {
  Vocabulary vocabulary;
  CountRows rows;
};

/// CountVectorizer.fit_transform without a fixed vocabulary. Errors: kInvalidArgument where it raises ValueError.
Result<LearnedFeatures> LearnFeatures(const VectorizerConfig& config, const Analyzer& analyzer,
                                      std::span<const std::string_view> documents, Progress& progress);

}  // namespace valence::features::internal
