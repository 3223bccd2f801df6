// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feature_counter.h"
#include "surface_memo.h"
#include "valence/classifier/classifier.h"
#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocessor.h"

namespace valence::classifier {

/// Where and what an occurrence is, as the explaining pass notes it.
struct FoundFeature {
  std::uint32_t first_token = 0;
  std::uint32_t tokens = 0;
  Node column = 0;
  std::uint32_t entry = 0;  ///< in FeatureCounter::entries()
};

/// Working memory of the compiled path, for one thread; grows to the largest text and stays.
struct ScoringMemory {
  text::TokenBuffer surface;
  std::vector<Node> nodes;              ///< of the tokens left after preprocessing
  std::vector<Node> prefixes;           ///< of the n-gram that starts at each token, as long as the last pass found
  std::vector<text::Span> spans;        ///< of the tokens, when explaining
  std::vector<Occurrence> occurrences;  ///< of features; the first `occurrence_count` are this text's
  std::size_t occurrence_count = 0;
  std::vector<FoundFeature> found;    ///< the same, when explaining
  std::vector<std::uint32_t> places;  ///< of the occurrences in the counter, when explaining
  FeatureCounter counter;
  SurfaceMemo memo;
  std::string mapped_bytes;
  std::vector<std::string_view> mapped;
  double length = 1;  ///< of the last document vector, which its values were divided by
};

struct Classifier::Scratch::Impl : ScoringMemory {};

}  // namespace valence::classifier
