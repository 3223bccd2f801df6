// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "valence/classifier/classifier.h"

namespace valence::serving {

/// A stretch of the text without white space, and what it adds to the score.
struct WordWeight {
  std::size_t begin = 0;
  std::size_t end = 0;
  double contribution = 0;
};

/// The words of `text` in order. A term of several words gives each an equal share. The sum over words is the sum over
/// attributions. web/page/page.js does the same.
std::vector<WordWeight> WeighWords(std::string_view text, const std::vector<classifier::Attribution>& attributions);

/// A feature and what all its occurrences add together.
struct TermWeight {
  std::string_view term;  ///< of the prediction
  std::int32_t times = 0;
  double contribution = 0;
};

/// The `limit` features that add most in either direction, the weightiest first.
std::vector<TermWeight> TopTerms(const classifier::Prediction& prediction, std::size_t limit);

/// How strongly to shade `contribution` when the text's strongest is `strongest`: 0 (not) to 5.
int ShadeLevel(double contribution, double strongest);

}  // namespace valence::serving
